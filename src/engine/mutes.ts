import type { Json } from '../kernel/json.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Actor } from '../incident/incident.ts';
import type { Service } from '../monitor/model.ts';
import type { Core } from './core.ts';
import type { Incidents } from './incidents.ts';

/** Services that nobody wants to hear of for a while; kept beside their definitions, which the file may own. */
export class Mutes {
  readonly #core: Core;
  readonly #incidents: Incidents;
  readonly #until = new Map<string, EpochMs>();

  constructor(core: Core, incidents: Incidents) {
    this.#core = core;
    this.#incidents = incidents;
  }

  restore(meta: ReadonlyMap<string, Json>): void {
    for (const [key, value] of meta)
      if (key.startsWith('mute:') && typeof value === 'number') this.#until.set(key.slice('mute:'.length), value);
  }

  /** Until when a service is muted, on the wall clock; 0 when it is not. */
  until(serviceId: string): EpochMs {
    return this.#until.get(serviceId) ?? 0;
  }

  /** Mutes a service and the incident it has. @throws Fault NOT_FOUND */
  async mute(idOrName: string, forMs: Ms, actor: Actor): Promise<Service> {
    const service = this.#core.registry.find('service', idOrName);
    const wall = this.#core.clock.toWall(this.#core.clock.now());
    const until = wall + forMs;
    this.#until.set(service.id, until);
    const turn = this.#core.turn();
    turn.write({ put: 'meta', key: `mute:${service.id}`, value: until });
    turn.write({
      put: 'audit',
      entry: {
        id: this.#core.newId(),
        at: wall,
        actor: actor.name,
        via: actor.via,
        action: 'service.mute',
        subject: service.name,
      },
    });
    turn.event('muted', { until }, { serviceId: service.id });
    this.#incidents.feed(turn, service.id, { type: 'mute', at: wall, until, by: actor });
    await turn.commit();
    return { ...service, mutedUntil: until };
  }
}
