import { defined } from '../kernel/defined.ts';
import type { Ms } from '../kernel/time.ts';
import type { Actor } from '../incident/incident.ts';
import type { Core } from './core.ts';
import type { Hearts } from './hearts.ts';
import type { Incidents } from './incidents.ts';
import type { Watch } from './watch.ts';

/** A deploy that somebody announced. */
export interface Announcement {
  readonly service?: string;
  readonly version?: string;
  readonly by?: string;
  readonly graceMs?: Ms;
}

/** Announced deploys: each forgives only its own blip, and is the first suspect soon after. */
export class Deploys {
  readonly #core: Core;
  readonly #watch: Watch;
  readonly #hearts: Hearts;
  readonly #incidents: Incidents;
  readonly #last = new Map<string, { readonly at: number; readonly what: string }>();

  constructor(parts: {
    readonly core: Core;
    readonly watch: Watch;
    readonly hearts: Hearts;
    readonly incidents: Incidents;
  }) {
    this.#core = parts.core;
    this.#watch = parts.watch;
    this.#hearts = parts.hearts;
    this.#incidents = parts.incidents;
  }

  /** The last change of a service, for messages. */
  last(serviceId: string): { readonly at: number; readonly what: string } | undefined {
    return this.#last.get(serviceId);
  }

  /** Takes over the last changes that a former run saved. */
  restore(saved: unknown): void {
    for (const [serviceId, change] of Object.entries((saved ?? {}) as Record<string, { at: number; what: string }>))
      this.#last.set(serviceId, change);
  }

  /** Announces a deploy of one service, or of all. @throws Fault NOT_FOUND */
  async announce(announcement: Announcement, actor: Actor): Promise<readonly string[]> {
    const { registry, clock } = this.#core;
    const services =
      announcement.service === undefined ? registry.services() : [registry.find('service', announcement.service)];
    const at = clock.now();
    const wall = clock.toWall(at);
    const by = announcement.by ?? actor.name;
    const what = announcement.version === undefined ? 'deploy' : `release ${announcement.version}`;
    const turn = this.#core.turn();
    for (const service of services) {
      this.#last.set(service.id, { at: wall, what });
      this.#incidents.feed(turn, service.id, {
        type: 'deploy',
        at: wall,
        by,
        ...defined({ version: announcement.version }),
      });
      turn.event('deploy', { by, ...defined({ version: announcement.version }) }, { serviceId: service.id });
      for (const monitor of registry.monitorsOf(service.id)) this.#feed(monitor.id, at, announcement.graceMs);
    }
    turn.write({ put: 'meta', key: 'last-changes', value: Object.fromEntries(this.#last) });
    await turn.commit();
    return services.map(({ name }) => name);
  }

  #feed(monitorId: string, at: number, graceMs: Ms | undefined): void {
    const event = { type: 'deploy', at, ...defined({ graceMs }) } as const;
    const one = this.#watch.of(monitorId);
    if (one !== undefined) this.#watch.feed(one, event);
    const heart = this.#hearts.of(monitorId);
    if (heart !== undefined) this.#hearts.feed(heart, event);
  }
}
