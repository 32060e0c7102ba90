import type { Json } from '#kernel/json.ts';
import type { MonitorKind } from '#monitor/kind.ts';
import type { ResourceKind } from '#store/contract.ts';
import type { Definition } from './contract.ts';
import { listed, type Listed } from './references.ts';
import type { Position } from './document.ts';
import { valueAt, type Path } from './path.ts';
import type { Seams } from './seams.ts';

/** What is needed to turn a file into definitions. */
export interface Sources {
  /** As written: references unresolved. */
  readonly written: Json;
  /** Names and ids are taken from here, so that they may hold references. */
  readonly resolved: Json;
  readonly timezone: string;
  readonly seams: Seams;
  readonly place: (path: Path) => Position & { readonly file: string };
}

const CHILDREN: Readonly<Record<string, string>> = { service: 'monitors', contact: 'channels' };
const SECTIONS: readonly (readonly [ResourceKind, string])[] = [
  ['service', 'services'],
  ['contact', 'contacts'],
  ['policy', 'policies'],
  ['watcher', 'watchers'],
  ['maintenance', 'maintenance'],
  ['host', 'hosts'],
  ['app', 'apps'],
];

/** Everything that the file defines, parents before their children, in the file's order. */
export const definitionsOf = (sources: Sources): readonly Definition[] => {
  const found: Definition[] = [];
  const add = (kind: ResourceKind, thing: Listed, spec: Record<string, Json>, parent?: string): string => {
    const known = valueAt(sources.resolved, thing.path) as unknown;
    const { name, id: key } = known as { readonly name: string; readonly id?: string };
    found.push({
      kind,
      ...(parent === undefined ? {} : { parent }),
      name,
      ...(key === undefined ? {} : { key }),
      spec,
      position: found.length,
      place: sources.place([...thing.path, 'name']),
    });
    return name;
  };
  for (const [kind, section] of SECTIONS)
    for (const thing of listed(sources.written, section)) {
      const children = CHILDREN[kind];
      const name = add(kind, thing, specOf(kind, thing.item, sources));
      if (children === undefined) continue;
      const childKind = kind === 'service' ? 'monitor' : 'channel';
      for (const child of listed(thing.item, children, thing.path))
        add(childKind, child, specOf(childKind, child.item, sources, thing.item), name);
    }
  return found;
};

/** The definition without its name, id and children; what it takes over from around it is written into it, since it is stored alone. */
const specOf = (
  kind: ResourceKind,
  item: Listed['item'],
  sources: Sources,
  parent?: Listed['item'],
): Record<string, Json> => {
  const left = ['name', 'id', CHILDREN[kind] ?? ''];
  const spec = Object.fromEntries(Object.entries(item).filter(([key]) => !left.includes(key)));
  return { ...spec, ...inheritedBy(kind, item, sources, parent) };
};

const kindOf = (item: Readonly<Record<string, Json>>, seams: Seams): MonitorKind | undefined =>
  seams.kinds.find((candidate) => candidate.kind === item['kind']);

type Item = Listed['item'];

const inheritedBy = (kind: ResourceKind, item: Item, sources: Sources, parent?: Item): Record<string, Json> => {
  const zone = { timezone: sources.timezone };
  if (kind === 'maintenance') return item['timezone'] === undefined ? zone : {};
  if (kind !== 'monitor') return {};
  const severity = item['severity'] === undefined ? parent?.['severity'] : undefined;
  return { ...(severity === undefined ? {} : { severity }), ...(needsZone(item, sources.seams) ? zone : {}) };
};

const needsZone = (item: Item, seams: Seams): boolean => {
  const kind = kindOf(item, seams);
  const knows = kind !== undefined && Object.hasOwn(kind.config.shape, 'timezone');
  return knows && item['schedule'] !== undefined && item['timezone'] === undefined;
};
