import { Fault } from '../kernel/fault.ts';
import type { Json } from '../kernel/json.ts';
import type { Secrets } from '../auth/secrets.ts';
import type { Compiled } from '../config/contract.ts';
import type { Actor } from '../incident/incident.ts';
import type { MonitorKind, NameResolver } from '../monitor/kind.ts';
import type { Monitor } from '../monitor/model.ts';
import { isPrivate } from '../network/private-address.ts';
import type { Resource, ResourceKind } from '../store/contract.ts';
import type { Core } from './core.ts';
import type { Applied, Definitions } from './definitions.ts';
import { refuseInUse, refuseUnfitName, refuseUnknownNames } from './naming.ts';
import { sealedRow } from './sealing.ts';

/** What stands above a kind: a monitor belongs to a service, a channel to a contact. */
const PARENT: Readonly<Partial<Record<ResourceKind, ResourceKind>>> = { monitor: 'service', channel: 'contact' };

/** What is made, changed and removed through screens, API and command line. What the file defines is read-only here. */
export class Objects {
  readonly #core: Core;
  readonly #definitions: Definitions;
  readonly #secrets: Secrets;
  readonly #resolver: NameResolver;
  readonly #kindOf: (kind: string) => MonitorKind | undefined;
  readonly #apply: (applied: readonly Applied[]) => void;

  constructor(parts: {
    readonly core: Core;
    readonly definitions: Definitions;
    readonly secrets: Secrets;
    readonly resolver: NameResolver;
    readonly kindOf: (kind: string) => MonitorKind | undefined;
    readonly apply: (applied: readonly Applied[]) => void;
  }) {
    this.#core = parts.core;
    this.#definitions = parts.definitions;
    this.#secrets = parts.secrets;
    this.#resolver = parts.resolver;
    this.#kindOf = parts.kindOf;
    this.#apply = parts.apply;
  }

  /** Makes a new object. @throws Fault INPUT_INVALID, CONFLICT, NOT_FOUND (the parent), TARGET_PRIVATE */
  async create(
    kind: ResourceKind,
    input: { readonly name: string; readonly parent?: string; readonly spec: Json },
    actor: Actor,
    trusted: boolean,
  ): Promise<Resource> {
    const parentKind = PARENT[kind];
    if (parentKind !== undefined && input.parent === undefined)
      throw new Fault('INPUT_INVALID', `A ${kind} belongs to a ${parentKind}.`, `Name it as "parent".`);
    const parentId =
      parentKind === undefined || input.parent === undefined
        ? undefined
        : this.#core.registry.find(parentKind, input.parent).id;
    this.#refuseTakenName(kind, input.name, parentId);
    const resource: Resource = {
      id: this.#core.newId(),
      num: this.#definitions.nextNum(),
      kind,
      name: input.name,
      origin: 'stored',
      spec: unnamed(input.spec),
      position: this.#core.registry.all(kind).length + 1_000,
      createdAt: this.#core.clock.now(),
      ...(parentId === undefined ? {} : { parentId }),
    };
    return this.#put(resource, `${kind}.create`, actor, trusted);
  }

  /** Replaces an object's spec. @throws Fault READ_ONLY, INPUT_INVALID, CONFLICT, NOT_FOUND, TARGET_PRIVATE */
  async update(kind: ResourceKind, idOrName: string, spec: Json, actor: Actor, trusted: boolean): Promise<Resource> {
    const resource = this.#mine(kind, idOrName);
    const name = nameIn(spec) ?? resource.name;
    if (name !== resource.name) this.#refuseTakenName(kind, name, resource.parentId);
    return this.#put({ ...resource, name, spec: unnamed(spec) }, `${kind}.update`, actor, trusted);
  }

  /** Retires an object and what belongs to it; its history is kept. @throws Fault READ_ONLY, NOT_FOUND */
  async remove(kind: ResourceKind, idOrName: string, actor: Actor): Promise<void> {
    const resource = this.#mine(kind, idOrName);
    refuseInUse(resource, this.#core.registry);
    const children = this.#core.registry
      .resources()
      .filter(({ parentId, retiredAt }) => parentId === resource.id && retiredAt === undefined);
    const retiredAt = this.#core.clock.now();
    const retired = [...children, resource].map((one) => ({ ...one, retiredAt }));
    await this.#commit(retired, `${kind}.remove`, resource.name, actor);
    this.#apply(retired.map((one) => ({ resource: one })));
  }

  /** Compiles a monitor's spec that is not saved. @throws Fault INPUT_INVALID, TARGET_PRIVATE */
  async compileMonitor(spec: Json, trusted: boolean): Promise<Monitor> {
    const name = nameIn(spec) ?? 'try';
    const resource: Resource = {
      id: 'try',
      num: 0,
      kind: 'monitor',
      parentId: 'try',
      name,
      origin: 'stored',
      spec: unnamed(spec),
      position: 0,
      createdAt: 0,
      trusted,
    };
    const { compiled } = this.#definitions.compile(resource);
    if (compiled?.kind !== 'monitor') throw new Fault('INPUT_INVALID', 'This is no monitor.');
    await this.#refusePrivate(compiled, trusted);
    // who may name private targets may also reach them
    return trusted ? { ...compiled.value, origin: 'cli' } : compiled.value;
  }

  /** The object by id or name, if it was made here. @throws Fault READ_ONLY naming file and line */
  #mine(kind: ResourceKind, idOrName: string): Resource {
    const { registry } = this.#core;
    const resource = registry.resource(registry.find(kind, idOrName).id);
    if (resource === undefined) throw new Fault('NOT_FOUND', `There is no ${kind} "${idOrName}".`);
    if (resource.origin === 'stored') return resource;
    const place = registry.place(resource.id);
    const where = place === undefined ? 'the command line' : `${place.file}:${place.line}`;
    throw new Fault(
      'READ_ONLY',
      `The ${kind} "${resource.name}" is defined by ${where}.`,
      'Change it there; the file is read again when it changes.',
    );
  }

  /** Channel names are unique among all, other names within their parent. */
  #refuseTakenName(kind: ResourceKind, name: string, parentId: string | undefined): void {
    const taken = this.#core.registry
      .resources()
      .some(
        (one) =>
          one.kind === kind &&
          one.name === name &&
          one.retiredAt === undefined &&
          (kind === 'channel' || one.parentId === parentId),
      );
    if (taken) throw new Fault('CONFLICT', `There is a ${kind} "${name}" already.`, 'Choose another name.');
  }

  async #put(resource: Resource, action: string, actor: Actor, trusted: boolean): Promise<Resource> {
    refuseUnfitName(resource.name);
    const made: Resource = { ...resource, trusted };
    const applied = this.#definitions.compile(made);
    if (applied.compiled !== undefined) {
      await this.#refusePrivate(applied.compiled, trusted);
      refuseUnknownNames(applied.compiled, this.#core.registry);
    }
    await this.#commit([made], action, resource.name, actor);
    this.#apply([applied]);
    return made;
  }

  async #commit(resources: readonly Resource[], action: string, subject: string, actor: Actor): Promise<void> {
    const turn = this.#core.turn();
    for (const resource of resources) {
      turn.write(sealedRow(this.#secrets, resource));
      turn.event('resource', {
        id: resource.id,
        kind: resource.kind,
        name: resource.name,
        retired: resource.retiredAt !== undefined,
      });
    }
    turn.write({
      put: 'audit',
      entry: { id: this.#core.newId(), at: this.#core.clock.now(), actor: actor.name, via: actor.via, action, subject },
    });
    const saved = await turn.commit();
    if (!saved.saved)
      throw new Fault('STORE_UNAVAILABLE', `It could not be saved: ${saved.error}`, 'Free space on the disk of Dozor.');
  }

  /** DESIGN § 7: what is made through API or screens may not point into private networks, unless the configuration allows it. */
  async #refusePrivate(compiled: Compiled, trusted: boolean): Promise<void> {
    if (trusted || this.#core.settings().network.allowPrivate) return;
    for (const host of this.#hostsOf(compiled)) {
      const addresses = await this.#resolver.addresses(host, 0, AbortSignal.timeout(3_000)).catch(() => []);
      if (!addresses.some(isPrivate)) continue;
      throw new Fault(
        'TARGET_PRIVATE',
        `"${host}" leads to a private address.`,
        'Name the target in the configuration file, or set network.allowPrivate there.',
      );
    }
  }

  #hostsOf(compiled: Compiled): readonly string[] {
    if (compiled.kind === 'channel') return hostsIn(compiled.value.config);
    if (compiled.kind === 'watcher') return hostsIn(compiled.value);
    if (compiled.kind === 'app') return hostsIn({ health: compiled.value.health }).filter((host) => !isOwn(host));
    if (compiled.kind !== 'monitor') return [];
    const host = this.#kindOf(compiled.value.kind)?.target(compiled.value.config).host;
    return host === undefined ? [] : [host];
  }
}

/** An app's health is asked on its own host: there loopback is itself. */
const isOwn = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** The hosts of all addresses in a configuration: `url`, `apiRoot`, `smtp`, `proxy` and what a further channel may call its own. */
const hostsIn = (config: object): readonly string[] =>
  Object.values(config).flatMap((value: unknown) => {
    if (typeof value !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return [];
    const host = new URL(value).hostname.replace(/^\[|\]$/g, '');
    return host === '' ? [] : [host];
  });

const nameIn = (spec: Json): string | undefined => {
  const name = (spec as Readonly<Record<string, Json>> | null)?.['name'];
  return typeof name === 'string' ? name : undefined;
};

const unnamed = (spec: Json): Json => {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  const { name: _name, ...rest } = spec as Readonly<Record<string, Json>>;
  return rest;
};
