import { createHmac } from 'node:crypto';
import { Fault } from '../kernel/fault.ts';
import type { Json } from '../kernel/json.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { MonitorKind, Target } from '../monitor/kind.ts';
import {
  decideHeartbeat,
  derivedKey,
  initialHeartbeat,
  nextDeadline,
  type BeatSchedule,
  type HeartbeatEvent,
  type HeartbeatRules,
  type HeartbeatState,
} from '../monitor/heartbeat.ts';
import type { Monitor } from '../monitor/model.ts';
import type { Core } from './core.ts';
import type { EffectSink } from './verdicts.ts';
import type { Kept, OpenSpan, Subject } from './watched.ts';

/** A heartbeat under watch. */
export interface Heart extends Subject {
  monitor: Monitor;
  target: Target;
  state: HeartbeatState;
  openSpan: OpenSpan | undefined;
  inMaintenance: boolean;
  key: string;
  lastBeatAt: EpochMs | undefined;
}

const heartOf = (
  monitor: Monitor,
  kind: MonitorKind,
  key: string,
  { at, kept }: { readonly at: EpochMs; readonly kept: Json | undefined },
): Heart => {
  const saved = kept as unknown as Kept<HeartbeatState> | undefined;
  return {
    monitor,
    target: kind.target(monitor.config),
    state: saved?.machine ?? initialHeartbeat(at),
    openSpan: saved?.openSpan,
    inMaintenance: saved?.machine.maintenance ?? false,
    key,
    lastBeatAt: saved?.machine.lastGood?.at,
  };
};

/** A body is kept to so many bytes. */
const BODY_BYTES = 10_000;

/** Passive monitors: told by signs of life, judged by deadlines. */
export class Hearts {
  readonly #core: Core;
  readonly #sink: EffectSink;
  readonly #secretKey: Uint8Array;
  readonly #all = new Map<string, Heart>();
  readonly #byKey = new Map<string, Heart>();

  constructor(parts: {
    readonly core: Core;
    readonly sink: EffectSink;
    /** Keys that are not given are derived from it. */
    readonly secretKey: Uint8Array;
  }) {
    this.#core = parts.core;
    this.#sink = parts.sink;
    this.#secretKey = parts.secretKey;
  }

  all(): Iterable<Heart> {
    return this.#all.values();
  }

  of(monitorId: string): Heart | undefined {
    return this.#all.get(monitorId);
  }

  /** Takes a heartbeat under watch, or its changed definition. */
  put(monitor: Monitor, kind: MonitorKind, kept: Json | undefined): void {
    const former = this.#all.get(monitor.id);
    const key =
      keyOf(monitor) ?? derivedKey(monitor.id, (text) => createHmac('sha256', this.#secretKey).update(text).digest());
    const heart = former ?? heartOf(monitor, kind, key, { at: this.#core.clock.now(), kept });
    this.#byKey.delete(heart.key);
    heart.monitor = monitor;
    heart.key = key;
    this.#all.set(monitor.id, heart);
    this.#byKey.set(key, heart);
    // What a former run left hears of the gap first: any other event would take what was expected meanwhile for missing.
    if (former !== undefined || kept === undefined || heart.state.paused !== monitor.paused)
      this.feed(heart, { type: 'pause', at: this.#core.clock.now(), on: monitor.paused });
  }

  remove(monitorId: string): void {
    const heart = this.#all.get(monitorId);
    if (heart === undefined) return;
    this.#core.deadlines.clear(`heart ${monitorId}`);
    this.#all.delete(monitorId);
    this.#byKey.delete(heart.key);
  }

  /** Feeds an event, acts, and waits for the next deadline. */
  feed(heart: Heart, event: HeartbeatEvent): void {
    const rules = rulesOf(heart.monitor, this.#core.settings().timezone);
    const [state, effects] = decideHeartbeat(heart.state, event, rules);
    heart.state = state;
    if (effects.length > 0 || event.type === 'beat') this.#sink(heart, effects, undefined);
    const next = nextDeadline(state, rules);
    const key = `heart ${heart.monitor.id}`;
    if (next === undefined) this.#core.deadlines.clear(key);
    else this.#core.deadlines.set(key, next, () => this.feed(heart, { type: 'tick', at: this.#core.clock.now() }));
  }

  /** A sign of life under its key. @throws Fault NOT_FOUND */
  async beat(
    key: string,
    kind: 'start' | 'success' | 'fail' | 'exit',
    more: { readonly code?: number; readonly body?: string; readonly from?: string },
  ): Promise<void> {
    const heart = this.#byKey.get(key);
    if (heart === undefined)
      throw new Fault('NOT_FOUND', 'No heartbeat has this key.', 'dozor monitors shows the URLs of the heartbeats.');
    const at = this.#core.clock.now();
    const body = more.body?.slice(0, BODY_BYTES);
    heart.lastBeatAt = at;
    this.feed(heart, { type: 'beat', at, kind, ...(more.code === undefined ? {} : { code: more.code }) });
    const turn = this.#core.turn();
    turn.write({
      put: 'beat',
      monitor: heart.monitor.num,
      at: this.#core.clock.toWall(at),
      kind,
      ...(more.code === undefined ? {} : { code: more.code }),
      ...(body === undefined || body === '' ? {} : { body }),
      ...(more.from === undefined ? {} : { from: more.from }),
    });
    turn.event('beat', { monitorId: heart.monitor.id, kind }, { serviceId: heart.monitor.serviceId });
    const saved = await turn.commit();
    if (!saved.saved)
      throw new Fault(
        'STORE_UNAVAILABLE',
        'The sign of life was heard but could not be saved.',
        'Free space on the disk of Dozor.',
      );
  }
}

interface HeartConfig {
  readonly kind: string;
  readonly key?: string;
  readonly every?: number;
  readonly schedule?: string;
  readonly timezone?: string;
  readonly grace?: number;
  readonly maxRun?: number;
}

const keyOf = (monitor: Monitor): string | undefined => (monitor.config as HeartConfig).key;

const DEFAULT_GRACE_MS = 60_000;

const rulesOf = (monitor: Monitor, timezone: string): HeartbeatRules => {
  const config = monitor.config as HeartConfig;
  const schedule: BeatSchedule =
    config.schedule === undefined
      ? { everyMs: config.every ?? monitor.everyMs }
      : { cron: config.schedule, timezone: config.timezone ?? timezone };
  return {
    schedule,
    graceMs: config.grace ?? DEFAULT_GRACE_MS,
    ...(config.maxRun === undefined ? {} : { maxRunMs: config.maxRun }),
  };
};
