import { Fault } from '../kernel/fault.ts';
import type { Channel, Contact, Policy } from '../alert/model.ts';
import type { App, Compiled, Host, Watcher } from '../config/contract.ts';
import type { MaintenanceWindow, Monitor, Service } from '../monitor/model.ts';
import type { Resource, ResourceKind } from '../store/contract.ts';

type Value<K extends Compiled['kind']> = Extract<Compiled, { readonly kind: K }>['value'];

/** Where a resource of the file stands. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** All that is defined, in memory: the resources as written and what they were compiled to. */
export class Registry {
  readonly #resources = new Map<string, Resource>();
  readonly #compiled = new Map<string, Compiled>();
  readonly #places = new Map<string, Place>();
  readonly #byKind = new Map<string, readonly Compiled['value'][]>();
  #byService: ReadonlyMap<string, readonly Monitor[]> | undefined;

  /** Takes a resource in, in place of the one with its id; a retired one leaves. */
  put(resource: Resource, compiled: Compiled | undefined): void {
    this.#byKind.clear();
    this.#byService = undefined;
    this.#resources.set(resource.id, resource);
    if (resource.retiredAt !== undefined || compiled === undefined) this.#compiled.delete(resource.id);
    else this.#compiled.set(resource.id, compiled);
  }

  /** Where the file defines things now, by id; lines move when the file is edited. */
  placed(places: ReadonlyMap<string, Place>): void {
    for (const [id, place] of places) this.#places.set(id, place);
  }

  /** Every resource, retired ones included. */
  resources(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  resource(id: string): Resource | undefined {
    return this.#resources.get(id);
  }

  place(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** What lives of a kind, in the order of definition. */
  all<K extends Compiled['kind']>(kind: K): readonly Value<K>[] {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known as unknown as readonly Value<K>[];
    const values = [...this.#compiled.values()]
      .filter((compiled) => compiled.kind === kind)
      .map(({ value }) => value)
      .toSorted((a, b) => (this.#resources.get(a.id)?.position ?? 0) - (this.#resources.get(b.id)?.position ?? 0));
    this.#byKind.set(kind, values);
    return values as unknown as readonly Value<K>[];
  }

  /** By id, else by name (monitors also by `service/monitor`). @throws Fault NOT_FOUND naming what there is. */
  find<K extends ResourceKind>(kind: K, idOrName: string): Value<K> {
    const compiled = this.#compiled.get(idOrName);
    if (compiled !== undefined && compiled.kind === kind) return compiled.value as Value<K>;
    const matches = this.all(kind).filter((value) =>
      this.#answersTo(kind, value as { id: string; name: string }, idOrName),
    );
    const [match, second] = matches;
    if (match === undefined) {
      const names = this.all(kind)
        .slice(0, 20)
        .map(({ name }) => name);
      throw new Fault(
        'NOT_FOUND',
        `There is no ${kind} "${idOrName}".`,
        names.length === 0 ? `No ${kind} is defined yet.` : `There are: ${names.join(', ')}.`,
      );
    }
    if (second !== undefined)
      throw new Fault(
        'CONFLICT',
        `Several of kind ${kind} are called "${idOrName}".`,
        'Name it by its id, or as service/monitor.',
      );
    return match;
  }

  #answersTo(kind: ResourceKind, value: { readonly id: string; readonly name: string }, asked: string): boolean {
    if (value.name === asked) return true;
    const parentId = this.#resources.get(value.id)?.parentId;
    const parent = parentId === undefined ? undefined : this.#resources.get(parentId)?.name;
    return kind === 'monitor' && parent !== undefined && `${parent}/${value.name}` === asked;
  }

  services(): readonly Service[] {
    return this.all('service');
  }

  monitors(): readonly Monitor[] {
    return this.all('monitor');
  }

  /** A service's monitors, in the order of definition. */
  monitorsOf(serviceId: string): readonly Monitor[] {
    this.#byService ??= Map.groupBy(this.monitors(), (monitor) => monitor.serviceId);
    return this.#byService.get(serviceId) ?? [];
  }

  hosts(): readonly Host[] {
    return this.all('host');
  }

  apps(): readonly App[] {
    return this.all('app');
  }

  /** The host that an app runs on: the named one, else the only one, else the only local one. */
  hostOf({ host }: Pick<App, 'host'>): Host | undefined {
    const hosts = this.hosts();
    if (host !== undefined) return hosts.find(({ name }) => name === host);
    if (hosts.length === 1) return hosts[0];
    const local = hosts.filter((one) => one.local);
    return local.length === 1 ? local[0] : undefined;
  }

  /** The service that an app carries: the named one, else the one called like it, else the only one. */
  serviceOf({ service, name }: Pick<App, 'service' | 'name'>): Service | undefined {
    const services = this.services();
    if (service !== undefined) return services.find((one) => one.name === service);
    return services.find((one) => one.name === name) ?? (services.length === 1 ? services[0] : undefined);
  }

  /** The apps on a host. */
  appsOn(hostId: string): readonly App[] {
    return this.apps().filter((app) => this.hostOf(app)?.id === hostId);
  }

  /** The apps that carry a service. */
  appsOf(serviceId: string): readonly App[] {
    return this.apps().filter((app) => this.serviceOf(app)?.id === serviceId);
  }

  contacts(): readonly Contact[] {
    return this.all('contact');
  }

  channels(): readonly Channel[] {
    return this.all('channel');
  }

  policies(): readonly Policy[] {
    return this.all('policy');
  }

  watchers(): readonly Watcher[] {
    return this.all('watcher');
  }

  maintenance(): readonly MaintenanceWindow[] {
    return this.all('maintenance');
  }
}
