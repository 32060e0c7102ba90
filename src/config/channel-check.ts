import type { ChannelKind } from '#alert/channel.ts';
import type { Json } from '#kernel/json.ts';
import { listed } from './references.ts';
import type { Mistake } from './document.ts';
import { withoutValues } from './parse.ts';
import type { Path } from './path.ts';
import type { Resolved } from './reference.ts';
import type { Schemas } from './schema.ts';

/** What a channel's kind finds wrong beyond its schema (a number that is none); undefined when it is right or no channel of a known kind. */
export const channelFault = (spec: Readonly<Record<string, unknown>>, schemas: Schemas): string | undefined => {
  const kind = schemas.seams.channels.find((candidate) => candidate.kind === spec['kind']);
  return kind?.validate?.(spec as Parameters<NonNullable<ChannelKind['validate']>>[0]);
};

const holds = (within: Path, path: Path): boolean => within.every((part, index) => path[index] === part);

/** Asks the kinds of a file's channels what is wrong with each that its schema finds right. */
export const checkChannels = (resolved: Resolved, schemas: Schemas): readonly Mistake[] => {
  const channels = listed(resolved.value, 'contacts').flatMap(({ item, path }) => listed(item, 'channels', path));
  const found = channels.flatMap(({ item, path }): readonly Mistake[] => {
    if (resolved.mistakes.some((mistake) => holds(path, mistake.path))) return [];
    const { name: _name, id: _id, ...spec } = item as Readonly<Record<string, Json>>;
    const read = schemas.specs.channel.safeParse(spec);
    if (!read.success) return [];
    const message = channelFault(read.data as Readonly<Record<string, unknown>>, schemas);
    return message === undefined ? [] : [{ path, at: 'value', message }];
  });
  return withoutValues(found, resolved);
};
