import type { Json } from '#kernel/json.ts';
import type { Mistake } from './document.ts';
import { isMapping, type Path } from './path.ts';
import { hostMistakes } from './cross-check-hosts.ts';
import { listed, names, reference, references, text, type Listed } from './references.ts';

type Line = (path: Path) => number;

const duplicates = (what: string, things: readonly Listed[], key: string, line: Line): readonly Mistake[] => {
  const first = new Map<string, Path>();
  return things.flatMap(({ item, path }) => {
    const value = text(item[key]);
    const before = value === undefined ? undefined : first.get(value);
    if (value !== undefined && before === undefined) first.set(value, path);
    if (before === undefined) return [];
    const word = key === 'name' ? 'is called' : `has the ${key}`;
    const message = `another ${what} ${word} "${value}" already`;
    return [{ path: [...path, key], at: 'value', message, hint: `the first stands in line ${line([...before, key])}` }];
  });
};

/** Things whose names and ids must differ, and the word for them. */
const namesOfTheirOwn = (root: Json, line: Line): readonly Mistake[] => {
  const services = listed(root, 'services');
  const channels = listed(root, 'contacts').flatMap(({ item, path }) => listed(item, 'channels', path));
  const monitors = services.flatMap(({ item, path }) => listed(item, 'monitors', path));
  const lists: readonly (readonly [string, readonly Listed[]])[] = [
    ['service', services],
    ['contact', listed(root, 'contacts')],
    ['channel', channels],
    ['policy', listed(root, 'policies')],
    ['watcher', listed(root, 'watchers')],
    ['host', listed(root, 'hosts')],
    ['app', listed(root, 'apps')],
    ['maintenance window', listed(root, 'maintenance')],
  ];
  return [
    ...lists.flatMap(([what, things]) => [
      ...duplicates(what, things, 'name', line),
      ...duplicates(what, things, 'id', line),
    ]),
    ...services.flatMap(({ item, path }) =>
      duplicates('monitor of this service', listed(item, 'monitors', path), 'name', line),
    ),
    ...duplicates('monitor', monitors, 'id', line),
    ...duplicates(
      'heartbeat',
      monitors.filter(({ item }) => item['kind'] === 'heartbeat'),
      'key',
      line,
    ),
  ];
};

const circles = (services: readonly Listed[]): readonly Mistake[] => {
  const needs = new Map(services.map(({ item }) => [text(item['name']) ?? '', item['dependsOn']]));
  const reaches = (next: Json | undefined, to: string, seen: Set<string>): boolean =>
    Array.isArray(next) &&
    (next as readonly Json[]).some((name) => {
      if (typeof name !== 'string' || seen.has(name)) return false;
      seen.add(name);
      return name === to || reaches(needs.get(name), to, seen);
    });
  return services.flatMap(({ item, path }) => {
    const name = text(item['name']);
    if (name === undefined || !reaches(item['dependsOn'], name, new Set())) return [];
    return [
      { path: [...path, 'dependsOn'], at: 'value' as const, message: `"${name}" depends on itself, in a circle` },
    ];
  });
};

const ordered = ({ item, path }: Listed): readonly Mistake[] =>
  isMapping(item['quiet']) && item['quiet']['from'] !== undefined && item['quiet']['from'] === item['quiet']['to']
    ? [
        {
          path: [...path, 'quiet', 'to'],
          at: 'value',
          message: 'quiet hours end when they begin',
          hint: 'leave "quiet" out for none',
        },
      ]
    : [];

/**
 * What no single section can see: names that are taken, and references to what is not there. Looks at whatever has the right shape and
 * leaves the rest to the schema, so that all mistakes are told at once. `moreChannels` exist without the file.
 */
export const crossCheck = (root: Json, line: Line, moreChannels: readonly string[]): readonly Mistake[] => {
  const services = listed(root, 'services');
  const contacts = listed(root, 'contacts');
  const serviceNames = names(services);
  const policyNames = names(listed(root, 'policies'));
  const channelNames = [
    ...names(contacts.flatMap(({ item, path }) => listed(item, 'channels', path))),
    ...moreChannels,
  ];
  const steps = listed(root, 'policies').flatMap(({ item, path }) => listed(item, 'steps', path));
  return [
    ...namesOfTheirOwn(root, line),
    ...contacts.flatMap(ordered),
    ...services.flatMap(({ item, path }) => [
      ...reference('policy', item['policy'], [...path, 'policy'], policyNames),
      ...references('service', item['dependsOn'], [...path, 'dependsOn'], serviceNames),
    ]),
    ...circles(services),
    ...steps.flatMap(({ item, path }) => references('channel', item['notify'], [...path, 'notify'], channelNames)),
    ...listed(root, 'maintenance').flatMap(({ item, path }) =>
      references('service', item['services'], [...path, 'services'], serviceNames),
    ),
    ...hostMistakes(root, serviceNames),
  ];
};
