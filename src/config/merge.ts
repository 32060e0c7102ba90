import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Resource } from '#store/contract.ts';
import type { ConfigChange, Definition, Merge } from './contract.ts';
import { diffSpecs } from './diff.ts';
import { SCHEMAS } from './load.ts';
import { sameJson } from './same.ts';

type Kind = Resource['kind'];

/** Brings what the store has of one origin in line with what is defined now. @throws Fault CONFIG_CLASH naming both, when another origin holds a name. */
export const merge: Merge = (...given) => new Merger(...given).run();

/** Names of these must differ within their parent only. */
const NAMED_WITHIN_PARENT: readonly Kind[] = ['monitor'];

/** Existing resources by the ways in which they are looked for. */
class Holdings {
  readonly all: readonly Resource[];
  readonly #byId: ReadonlyMap<string, Resource>;
  readonly #byName: ReadonlyMap<string, readonly Resource[]>;
  readonly #byKey: ReadonlyMap<string, readonly Resource[]>;

  constructor(all: readonly Resource[]) {
    // What lives goes before what is retired: the same name may have been used again.
    this.all = all.toSorted((a, b) => Number(a.retiredAt !== undefined) - Number(b.retiredAt !== undefined));
    this.#byId = new Map(all.map((resource) => [resource.id, resource]));
    this.#byName = Map.groupBy(this.all, ({ kind, name }) => `${kind}/${name}`);
    this.#byKey = Map.groupBy(this.all, ({ kind, key }) => `${kind}/${key ?? ''}`);
  }

  byId(id: string | undefined): Resource | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  named(kind: Kind, name: string): readonly Resource[] {
    return this.#byName.get(`${kind}/${name}`) ?? [];
  }

  keyed(kind: Kind, key: string): readonly Resource[] {
    return this.#byKey.get(`${kind}/${key}`) ?? [];
  }
}

class Merger {
  readonly #holdings: Holdings;
  readonly #definitions: readonly Definition[];
  readonly #origin: 'file' | 'cli';
  readonly #make: Parameters<Merge>[3];
  /** By definition, the resource that it goes on with. */
  readonly #taken = new Map<Definition, Resource>();
  readonly #takenIds = new Set<string>();
  readonly #resources: Resource[] = [];
  readonly #changes: ConfigChange[] = [];
  readonly #places = new Map<string, NonNullable<Definition['place']>>();
  /** Ids of parents by kind and name, as they are after the merge. */
  readonly #parents = new Map<string, string>();

  constructor(...[existing, definitions, origin, make]: Parameters<Merge>) {
    this.#holdings = new Holdings(existing);
    this.#definitions = definitions;
    this.#origin = origin;
    this.#make = make;
  }

  run(): ReturnType<Merge> {
    const wanted = this.#definitions.filter((definition) => this.#mayStand(definition));
    for (const children of [false, true]) {
      const level = wanted.filter(({ kind }) => isChild(kind) === children);
      // Keys first: a thing that kept its `id:` must not lose its place to a new one that took its old name.
      for (const definition of level) if (definition.key !== undefined) this.#claim(definition);
      for (const definition of level) if (definition.key === undefined) this.#claim(definition);
      for (const definition of level) this.#settle(definition);
    }
    this.#retireTheRest();
    return { resources: this.#resources, changes: this.#changes, places: this.#places };
  }

  #mayStand(definition: Definition): boolean {
    const other = this.#holdings
      .named(definition.kind, definition.name)
      .find((resource) => this.#clashes(resource, definition));
    if (other === undefined) return true;
    if (definition.implicit === true) return false;
    const { place } = definition;
    throw new Fault(
      'CONFIG_CLASH',
      `${definition.kind} "${definition.name}" is defined twice: ${place === undefined ? WHERE[this.#origin] : `in ${place.file}:${place.line}`}, and ${WHERE[other.origin]}`,
      'give one of the two another name, or remove it',
    );
  }

  #clashes(resource: Resource, { kind, parent }: Definition): boolean {
    if (resource.origin === this.#origin || resource.retiredAt !== undefined) return false;
    return !NAMED_WITHIN_PARENT.includes(kind) || this.#holdings.byId(resource.parentId)?.name === parent;
  }

  #parentId({ kind, parent }: Definition): string | undefined {
    if (parent === undefined) return undefined;
    const above = parentKind(kind);
    const known = this.#parents.get(`${above}/${parent}`);
    return known ?? this.#holdings.named(above, parent).find(({ retiredAt }) => retiredAt === undefined)?.id;
  }

  #claim(definition: Definition): void {
    const { kind, key, name } = definition;
    const parentId = this.#parentId(definition);
    const free = ({ id, origin }: Resource): boolean => origin === this.#origin && !this.#takenIds.has(id);
    const named = this.#holdings
      .named(kind, name)
      .filter((resource) => free(resource) && resource.parentId === parentId);
    const found =
      key === undefined
        ? named[0]
        : (this.#holdings.keyed(kind, key).find(free) ?? named.find((resource) => resource.key === undefined));
    if (found === undefined) return;
    this.#taken.set(definition, found);
    this.#takenIds.add(found.id);
  }

  #settle(definition: Definition): void {
    const before = this.#taken.get(definition);
    const parentId = this.#parentId(definition);
    const identity = before ?? { id: this.#make.id(), num: this.#make.num(), createdAt: this.#make.now };
    const { kind, name, key, spec, position } = definition;
    const resource: Resource = {
      id: identity.id,
      num: identity.num,
      kind,
      name,
      origin: this.#origin,
      spec,
      position,
      createdAt: identity.createdAt,
      ...defined({ parentId, key }),
    };
    this.#parents.set(`${definition.kind}/${definition.name}`, resource.id);
    if (definition.place !== undefined) this.#places.set(resource.id, definition.place);
    this.#note(before, resource, definition);
    if (before === undefined || !sameJson(before, resource)) this.#resources.push(resource);
  }

  #note(before: Resource | undefined, after: Resource, { kind, name, parent }: Definition): void {
    const about = { kind, name, ...(parent === undefined ? {} : { parent }) };
    if (before === undefined || before.retiredAt !== undefined) {
      const details = before === undefined ? [] : ['it was here before: its history goes on'];
      this.#changes.push({ change: 'added', ...about, details });
      return;
    }
    const moved = before.parentId === after.parentId ? [] : [`moved to ${parent ?? ''}`];
    const isSame = sameJson(before.spec, after.spec);
    const details = [...moved, ...(isSame ? [] : diffSpecs(before.spec, after.spec, SCHEMAS.specs[kind]))];
    if (before.name !== name)
      this.#changes.push({ change: 'renamed', ...about, details: [`name: ${before.name} → ${name}`, ...details] });
    else if (details.length > 0) this.#changes.push({ change: 'changed', ...about, details });
  }

  #retireTheRest(): void {
    for (const resource of this.#holdings.all) {
      if (resource.origin !== this.#origin || resource.retiredAt !== undefined || this.#takenIds.has(resource.id))
        continue;
      const { kind, name } = resource;
      const parent = this.#holdings.byId(resource.parentId)?.name;
      this.#resources.push({ ...resource, retiredAt: this.#make.now });
      this.#changes.push({ change: 'retired', kind, name, ...(parent === undefined ? {} : { parent }), details: [] });
    }
  }
}

const WHERE = {
  file: 'in the configuration file',
  cli: 'on the command line',
  stored: 'through screens or API',
} as const;

const isChild = (kind: Kind): boolean => kind === 'monitor' || kind === 'channel';

const parentKind = (kind: Kind): Kind => (kind === 'monitor' ? 'service' : 'contact');
