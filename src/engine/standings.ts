import { defined } from '../kernel/defined.ts';
import type { Monitor, Service } from '../monitor/model.ts';
import type { Verdict } from '../monitor/verdict.ts';
import type { MonitorStanding, ServiceStanding } from './brain.ts';
import type { Core } from './core.ts';
import type { Hearts } from './hearts.ts';
import type { App } from '../config/contract.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Hosts } from './hosts.ts';
import type { Incidents } from './incidents.ts';
import type { Mutes } from './mutes.ts';
import type { Watch } from './watch.ts';

/** The worst first; what was not heard of yet says nothing about the others. */
const ORDER: readonly Verdict[] = ['down', 'degraded', 'suspect', 'blind', 'up', 'pending'];

/** How things stand right now, for whoever asks. */
export class Standings {
  readonly #core: Core;
  readonly #watch: Watch;
  readonly #hearts: Hearts;
  readonly #incidents: Incidents;
  readonly #mutes: Mutes;
  readonly #hosts: Hosts;

  constructor(parts: {
    readonly core: Core;
    readonly watch: Watch;
    readonly hearts: Hearts;
    readonly incidents: Incidents;
    readonly mutes: Mutes;
    readonly hosts: Hosts;
  }) {
    this.#hosts = parts.hosts;
    this.#core = parts.core;
    this.#watch = parts.watch;
    this.#hearts = parts.hearts;
    this.#incidents = parts.incidents;
    this.#mutes = parts.mutes;
  }

  services(): readonly ServiceStanding[] {
    return this.#core.registry.services().map((service) => this.of(service));
  }

  of(service: Service): ServiceStanding {
    const monitors = this.#core.registry.monitorsOf(service.id).map((monitor) => this.monitor(monitor));
    const active = monitors.filter(({ monitor }) => !monitor.paused);
    const apps = this.#core.registry.appsOf(service.id);
    // Where others look as well, an agent that is gone says nothing about the service.
    const judging = active.length > 0 ? apps.filter((app) => !this.#hosts.isGone(app)) : apps;
    const counted = [...active, ...judging.map((app) => this.#app(app))];
    const worst = ORDER.find((verdict) => counted.some((standing) => standing.verdict === verdict)) ?? 'pending';
    const since = Math.max(0, ...counted.filter(({ verdict }) => verdict === worst).map((standing) => standing.since));
    const incident = this.#incidents.openOf(service.id);
    const mutedUntil = this.#mutes.until(service.id);
    return {
      service: mutedUntil > 0 ? { ...service, mutedUntil } : service,
      verdict: worst,
      since,
      paused: monitors.length > 0 && counted.length === 0,
      apps: apps.map(({ name }) => name),
      inMaintenance: monitors.some(({ inMaintenance }) => inMaintenance),
      muted: mutedUntil > this.#core.clock.toWall(this.#core.clock.now()),
      monitors,
      ...defined({ incidentId: incident?.id }),
    };
  }

  /** What its agent said last; with nobody there to look, nothing is known. */
  #app(app: App): { readonly verdict: Verdict; readonly since: EpochMs } {
    const { verdict, since } = this.#hosts.apps.of(app);
    return this.#hosts.isGone(app) ? { verdict: 'blind', since } : { verdict, since };
  }

  monitor(monitor: Monitor): MonitorStanding {
    const one = this.#watch.of(monitor.id);
    if (one !== undefined) {
      return {
        monitor,
        verdict: one.state.verdict,
        since: this.#core.clock.toWall(one.state.since),
        inMaintenance: one.inMaintenance,
        ...defined({ last: one.last, nextAt: this.#watch.nextAt(one) }),
      };
    }
    const heart = this.#hearts.of(monitor.id);
    return {
      monitor,
      verdict: heart?.state.verdict ?? 'pending',
      since: this.#core.clock.toWall(heart?.state.since ?? 0),
      inMaintenance: heart?.inMaintenance ?? false,
      ...defined({ beatPath: heart === undefined ? undefined : `/beat/${heart.key}` }),
    };
  }
}
