import type { Json } from '../kernel/json.ts';
import { MINUTE, type EpochMs } from '../kernel/time.ts';
import { nextMaintenanceChange, windowsCovering } from '../monitor/maintenance.ts';
import type { MaintenanceWindow, Monitor } from '../monitor/model.ts';
import type { Core, Turn } from './core.ts';
import type { Hearts } from './hearts.ts';
import type { Watch } from './watch.ts';

/** Looks again after so long even without a change in sight: the wall clock may be set. */
const LOOK_AGAIN_MS = MINUTE;

/** A span of maintenance under way; kept in the store, so that one in which Dozor died is closed by the next run. */
interface Span {
  readonly id: string;
  readonly from: EpochMs;
  readonly monitor: number;
}

const KEY = 'maintenance:';

/** Takes monitors into maintenance and out of it, by the wall clock. */
export class Maintenance {
  readonly #core: Core;
  readonly #watch: Watch;
  readonly #hearts: Hearts;
  readonly #spans = new Map<string, Span>();
  readonly #onLook: () => void;

  constructor(parts: {
    readonly core: Core;
    readonly watch: Watch;
    readonly hearts: Hearts;
    /** The windows were looked at: what else hangs on them is to be looked at as well. */
    readonly onLook: () => void;
  }) {
    this.#onLook = parts.onLook;
    this.#core = parts.core;
    this.#watch = parts.watch;
    this.#hearts = parts.hearts;
  }

  /** Takes over the spans that a former run left open. */
  restore(meta: ReadonlyMap<string, Json>): void {
    for (const [key, value] of meta)
      if (key.startsWith(KEY) && value !== null) this.#spans.set(key.slice(KEY.length), value as unknown as Span);
  }

  /** Applies the windows as they stand now, and again at the next change. */
  look(): void {
    const { clock, registry, deadlines } = this.#core;
    const wall = clock.toWall(clock.now());
    const windows = registry.maintenance();
    const turn = this.#core.turn();
    const covered = new Set<string>();
    for (const service of registry.services()) {
      const on = windowsCovering(windows, service.name, wall).length > 0;
      for (const monitor of registry.monitorsOf(service.id)) {
        this.#tell(monitor.id, on);
        if (on) covered.add(monitor.id);
        if (on && !this.#spans.has(monitor.id)) this.#begin(turn, monitor, wall);
      }
    }
    for (const [id, span] of this.#spans) if (!covered.has(id)) this.#end(turn, id, span, wall);
    void turn.commit();
    this.#onLook();
    const change = nextMaintenanceChange(windows, wall);
    const wait = change === undefined ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(1, change - wall));
    deadlines.set('maintenance', clock.now() + wait, () => this.look());
  }

  #tell(monitorId: string, on: boolean): void {
    const at = this.#core.clock.now();
    const one = this.#watch.of(monitorId);
    const heart = this.#hearts.of(monitorId);
    const subject = one ?? heart;
    if (subject === undefined || subject.inMaintenance === on) return;
    subject.inMaintenance = on;
    if (one !== undefined) this.#watch.feed(one, { type: 'maintenance', at, on });
    if (heart !== undefined) this.#hearts.feed(heart, { type: 'maintenance', at, on });
  }

  #begin(turn: Turn, monitor: Monitor, wall: EpochMs): void {
    const span: Span = { id: this.#core.newId(), from: wall, monitor: monitor.num };
    this.#spans.set(monitor.id, span);
    turn.write(
      { put: 'span', span: { ...span, kind: 'maintenance' } },
      { put: 'meta', key: `${KEY}${monitor.id}`, value: { ...span } },
    );
    turn.event('maintenance', { monitorId: monitor.id, on: true });
  }

  #end(turn: Turn, monitorId: string, span: Span, wall: EpochMs): void {
    const { registry } = this.#core;
    const serviceId = registry.monitors().find(({ id }) => id === monitorId)?.serviceId;
    const service = registry.services().find(({ id }) => id === serviceId)?.name;
    const to = service === undefined ? wall : endOf(span, service, registry.maintenance(), wall);
    this.#spans.delete(monitorId);
    turn.write(
      { put: 'span', span: { ...span, kind: 'maintenance', to } },
      { put: 'meta', key: `${KEY}${monitorId}`, value: null },
    );
    turn.event('maintenance', { monitorId, on: false });
  }
}

/** Now, or earlier, when the windows ended while Dozor was off. */
const endOf = ({ from }: Span, service: string, windows: readonly MaintenanceWindow[], wall: EpochMs): EpochMs => {
  let end = from;
  while (end < wall && windowsCovering(windows, service, end).length > 0)
    end = nextMaintenanceChange(windows, end) ?? wall;
  // A window that is not in force any more says nothing of when it ended.
  return end === from ? wall : Math.min(end, wall);
};
