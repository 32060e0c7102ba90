import { MINUTE } from '../kernel/time.ts';
import { nextMaintenanceChange, windowsCovering } from '../monitor/maintenance.ts';
import type { Core } from './core.ts';
import type { Hearts } from './hearts.ts';
import type { Watch } from './watch.ts';

/** Looks again after so long even without a change in sight: the wall clock may be set. */
const LOOK_AGAIN_MS = MINUTE;

/** Takes monitors into maintenance and out of it, by the wall clock. */
export class Maintenance {
  readonly #core: Core;
  readonly #watch: Watch;
  readonly #hearts: Hearts;
  readonly #spans = new Map<string, { readonly id: string; readonly from: number }>();

  constructor(parts: { readonly core: Core; readonly watch: Watch; readonly hearts: Hearts }) {
    this.#core = parts.core;
    this.#watch = parts.watch;
    this.#hearts = parts.hearts;
  }

  /** Applies the windows as they stand now, and again at the next change. */
  look(): void {
    const { clock, registry, deadlines } = this.#core;
    const wall = clock.toWall(clock.now());
    const windows = registry.maintenance();
    for (const service of registry.services()) {
      const on = windowsCovering(windows, service.name, wall).length > 0;
      for (const monitor of registry.monitorsOf(service.id)) this.#apply(monitor.id, monitor.num, on, wall);
    }
    const change = nextMaintenanceChange(windows, wall);
    const wait = change === undefined ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(1, change - wall));
    deadlines.set('maintenance', clock.now() + wait, () => this.look());
  }

  #apply(monitorId: string, num: number, on: boolean, wall: number): void {
    const at = this.#core.clock.now();
    const one = this.#watch.of(monitorId);
    const heart = this.#hearts.of(monitorId);
    const subject = one ?? heart;
    if (subject === undefined || subject.inMaintenance === on) return;
    subject.inMaintenance = on;
    if (one !== undefined) this.#watch.feed(one, { type: 'maintenance', at, on });
    if (heart !== undefined) this.#hearts.feed(heart, { type: 'maintenance', at, on });
    this.#span(monitorId, num, on, wall);
  }

  #span(monitorId: string, num: number, on: boolean, wall: number): void {
    const turn = this.#core.turn();
    const open = this.#spans.get(monitorId) ?? { id: this.#core.newId(), from: wall };
    if (on) this.#spans.set(monitorId, open);
    else this.#spans.delete(monitorId);
    turn.write({ put: 'span', span: { ...open, kind: 'maintenance', monitor: num, ...(on ? {} : { to: wall }) } });
    turn.event('maintenance', { monitorId, on });
    void turn.commit();
  }
}
