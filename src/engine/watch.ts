import type { Json } from '../kernel/json.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { CheckResult, CheckSource } from '../monitor/check.ts';
import { decide, needsTicks } from '../monitor/decide.ts';
import type { MonitorKind } from '../monitor/kind.ts';
import type { Monitor } from '../monitor/model.ts';
import { firstAt, firstPulseAt, nextAt } from '../monitor/schedule.ts';
import type { MonitorEffect, MonitorEvent, OwnNetwork } from '../monitor/verdict.ts';
import type { OwnNetworkLoop } from '../network/own-network.ts';
import type { Asker } from './asking.ts';
import type { Core } from './core.ts';
import type { Lateness } from './lateness.ts';
import type { EffectSink } from './verdicts.ts';
import { tallied } from './tally.ts';
import { watched, type Watched } from './watched.ts';

/** The own-network loop's verdict counts from so long before a check's start (detection.md § 1). */
const LOOK_BACK_MS = 2 * SECOND;

/**
 * The loop over all active monitors: asks when it is due, feeds the pure machine, orders re-checks. It waits for nothing: neither for the store
 * nor for a channel.
 */
export class Watch {
  readonly #core: Core;
  readonly #asker: Asker;
  readonly #network: OwnNetworkLoop;
  readonly #sink: EffectSink;
  readonly #lateness: Lateness;
  readonly #all = new Map<string, Watched>();
  #checks = 0;
  #stopped = false;

  constructor(parts: {
    readonly core: Core;
    readonly asker: Asker;
    readonly network: OwnNetworkLoop;
    readonly sink: EffectSink;
    readonly lateness: Lateness;
  }) {
    this.#core = parts.core;
    this.#asker = parts.asker;
    this.#network = parts.network;
    this.#sink = parts.sink;
    this.#lateness = parts.lateness;
  }

  /** What is still under way is evidence for nobody. */
  stop(): void {
    this.#stopped = true;
  }

  /** Begins feeding ticks to what is in doubt. */
  start(): void {
    const beat = (): void => {
      for (const one of this.#all.values()) if (needsTicks(one.state)) this.#look(one);
      this.#core.deadlines.set('watch tick', this.#core.clock.now() + SECOND, beat);
    };
    beat();
  }

  all(): Iterable<Watched> {
    return this.#all.values();
  }

  of(monitorId: string): Watched | undefined {
    return this.#all.get(monitorId);
  }

  get checks(): number {
    return this.#checks;
  }

  /** Does any target lie beyond this machine, so that the way to it needs controls? */
  needsControls(): boolean {
    for (const one of this.#all.values()) if (one.target.host !== undefined && this.#leavesMachine(one)) return true;
    return false;
  }

  /** Takes a monitor under watch; `spread`: its first check has the whole interval's time, with the others', else it comes at once. */
  add(
    monitor: Monitor,
    kind: MonitorKind,
    kept: Json | undefined,
    spread: { readonly index: number; readonly of: number },
  ): Watched {
    const now = this.#core.clock.now();
    const one = watched(monitor, kind, now, kept);
    this.#all.set(monitor.id, one);
    // What a former run left hears of the gap first: any other event would judge it by evidence from before.
    if (one.state.paused !== monitor.paused) this.feed(one, { type: 'pause', at: now, on: monitor.paused });
    if (!monitor.paused)
      this.#plan(
        one,
        firstAt(now, spread.index, spread.of, Math.min(monitor.everyMs, monitor.pulse?.everyMs ?? monitor.everyMs)),
      );
    return one;
  }

  /** The monitor's definition changed: what is known of it stays, what is asked is new. */
  change(monitor: Monitor, kind: MonitorKind): void {
    const one = this.#all.get(monitor.id);
    if (one === undefined) return;
    one.monitor = monitor;
    one.kind = kind;
    one.target = kind.target(monitor.config);
    const now = this.#core.clock.now();
    this.#unplan(one);
    this.feed(one, { type: 'pause', at: now, on: monitor.paused });
    if (!monitor.paused) this.#plan(one, now);
  }

  /** The monitor is no more. */
  remove(monitorId: string): void {
    const one = this.#all.get(monitorId);
    if (one === undefined) return;
    this.#unplan(one);
    this.#all.delete(monitorId);
  }

  /** Feeds an event and acts on what the machine says; its state is saved, with the check that changed it, when evidence or verdict changed. */
  feed(
    one: Watched,
    event: MonitorEvent,
    asked?: { readonly result: CheckResult; readonly source: CheckSource },
  ): void {
    const before = one.state;
    const [state, effects] = decide(before, event, this.#core.settings().detection);
    one.state = state;
    for (const effect of effects) this.#order(one, effect);
    const check =
      asked === undefined
        ? undefined
        : { ...asked.result, monitor: one.monitor.num, source: asked.source, verdict: state.verdict };
    if (effects.length > 0 || state.doubt !== before.doubt || (check !== undefined && check.class !== 'ok'))
      this.#sink(one, effects, check);
    else if (check !== undefined)
      this.#core.store.write([{ put: 'check', check }]).catch((error: unknown) => this.#core.unsaved(error));
  }

  /** Asks now, out of turn; the result counts as evidence. */
  async now(one: Watched): Promise<CheckResult> {
    return this.#ask(one, 'now', 'full');
  }

  /** When the next full check or pulse is due. */
  nextAt(one: Watched): EpochMs | undefined {
    const { deadlines } = this.#core;
    const due = [
      deadlines.at(`full ${one.monitor.id}`),
      deadlines.at(`pulse ${one.monitor.id}`),
      deadlines.at(`recheck ${one.monitor.id}`),
    ];
    const known = due.filter((at): at is EpochMs => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #leavesMachine(one: Watched): boolean {
    const route = this.#network.routeTo(one.address ?? one.target.host);
    return route !== 'loopback' && route !== 'own';
  }

  #plan(one: Watched, at: EpochMs): void {
    const { everyMs, pulse } = one.monitor;
    this.#repeat(one, 'full', at, everyMs);
    if (pulse !== undefined)
      this.#repeat(one, 'pulse', firstPulseAt(at, pulse.everyMs, this.#core.random()), pulse.everyMs);
  }

  #unplan(one: Watched): void {
    for (const what of ['full', 'pulse', 'recheck']) this.#core.deadlines.clear(`${what} ${one.monitor.id}`);
  }

  /** Absolute deadlines: the next one is counted from when this one was due, not from when it ran. */
  #repeat(one: Watched, source: 'full' | 'pulse', at: EpochMs, everyMs: Ms): void {
    this.#core.deadlines.set(`${source} ${one.monitor.id}`, at, (dueAt) => {
      const now = this.#core.clock.now();
      this.#lateness.note(now - dueAt);
      this.#repeat(one, source, nextAt(dueAt, everyMs, source, now, this.#core.random()), everyMs);
      if (!one.running.has(source))
        this.#begin(one, source, source === 'pulse' && one.monitor.pulse?.path !== undefined ? 'pulse' : 'full');
    });
  }

  #begin(one: Watched, source: CheckSource, question: 'full' | 'pulse'): void {
    if (source === 'recheck') one.rechecks += 1;
    this.#ask(one, source, question)
      .catch((error: unknown) => this.#core.bug(`watch of ${one.monitor.name}`, error))
      .finally(() => {
        if (source === 'recheck') one.rechecks -= 1;
      });
  }

  async #ask(one: Watched, source: CheckSource, question: 'full' | 'pulse'): Promise<CheckResult> {
    const { monitor, kind } = one;
    if (source !== 'recheck') one.running.add(source);
    const pulsePath = question === 'pulse' ? monitor.pulse?.path : undefined;
    const result = await this.#asker.ask({ monitor, kind, source, ...(pulsePath === undefined ? {} : { pulsePath }) });
    one.running.delete(source);
    this.#checks += 1;
    if (this.#stopped || this.#all.get(monitor.id) !== one) return result;
    one.last = result;
    if (result.ip !== undefined) one.address = result.ip;
    const begins = one.state.verdict !== 'down' && one.state.doubt === null;
    one.tally = tallied(one.tally, { isBad: result.class !== 'ok', at: result.startedAt, begins });
    const at = this.#core.clock.now();
    this.#judge(one, result, { at, source, question, network: this.#networkDuring(one, result, at) });
    return result;
  }

  #judge(
    one: Watched,
    result: CheckResult,
    seen: {
      readonly at: EpochMs;
      readonly source: CheckSource;
      readonly question: 'full' | 'pulse';
      readonly network: OwnNetwork;
    },
  ): void {
    this.feed(
      one,
      {
        type: 'check',
        startedAt: result.startedAt,
        class: result.class,
        ...seen,
        ...(result.reason === undefined ? {} : { reason: result.reason }),
        ...(result.warning === undefined ? {} : { warning: result.warning }),
      },
      { result, source: seen.source },
    );
  }

  /** Only silence can be our own fault: what the target itself answered wrongly needs no controls. */
  #networkDuring(one: Watched, result: CheckResult, at: EpochMs): OwnNetwork {
    if (result.class !== 'soft') return 'ok';
    return this.#network.worst(
      result.startedAt - LOOK_BACK_MS,
      at,
      this.#network.routeTo(result.ip ?? one.address ?? one.target.host),
    );
  }

  #order(one: Watched, effect: MonitorEffect): void {
    switch (effect.do) {
      case 'recheck': {
        const { question } = effect;
        this.#core.deadlines.set(`recheck ${one.monitor.id}`, this.#core.clock.now() + effect.afterMs, () => {
          if (one.rechecks === 0 || !this.#asker.isBusy) this.#begin(one, 'recheck', question);
          this.#look(one);
        });
        return;
      }
      case 'controls':
        // Nobody outside vouches for the way to this very machine: nobody is asked.
        if (!this.#leavesMachine(one)) return;
        this.#network
          .lookNow()
          .then(() => this.#look(one))
          .catch((error: unknown) => this.#core.bug('own network', error));
        return;
      case 'verify':
        this.#core.deadlines.set(`verify ${one.monitor.id}`, this.#core.clock.now(), () =>
          this.#begin(one, 'full', 'full'),
        );
        return;
      default:
    }
  }

  /** Feeds what the own-network loop saw last, and the passing of time. */
  #look(one: Watched): void {
    if (this.#all.get(one.monitor.id) !== one) return;
    const route = this.#network.routeTo(one.address ?? one.target.host);
    const { at, ok, total } = this.#network.latest(route);
    const seen = one.state.controls;
    if (total === 0 || seen === null || at > seen.at)
      this.feed(one, { type: 'controls', at: total === 0 ? this.#core.clock.now() : at, ok, total });
    this.feed(one, { type: 'tick', at: this.#core.clock.now() });
  }
}
