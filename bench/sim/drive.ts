import { MINUTE, SECOND, type EpochMs, type Ms } from '#kernel/time.ts';
import { decide, initial, needsTicks, type MonitorState } from '#monitor/decide.ts';
import { DEFAULT_RULES, type DetectionRules } from '#monitor/rules.ts';
import { DeadlineHeap, nextAt } from '#monitor/schedule.ts';
import { reason } from '#monitor/reason.ts';
import type { CheckSource } from '#monitor/check.ts';
import type { MonitorEffect, MonitorEvent, OwnNetwork, Verdict } from '#monitor/verdict.ts';
import type { Course } from './faults.ts';
import { seeded } from './random.ts';
import type { World } from './world.ts';

/** How a monitor is set up in a run. */
export interface SetUp {
  /** Absent: no pulse. `ownPath`: the pulse asks /health, the full check the real path. */
  readonly pulse?: { readonly everyMs: Ms; readonly ownPath: boolean };
  /** False: the own network is taken to be good always, as watchers without controls do. */
  readonly controls?: boolean;
  readonly rules?: DetectionRules;
}

/** What people would have been told in a run. */
interface Told {
  readonly at: EpochMs;
  readonly what: 'alert' | 'update' | 'resolve';
  readonly verdict: Verdict;
}

/** A run's outcome. */
export interface Outcome {
  readonly told: readonly Told[];
  readonly checks: number;
  readonly effects: readonly { readonly at: EpochMs; readonly effect: MonitorEffect }[];
  readonly state: MonitorState;
}

const FULL_MS = 2 * MINUTE;
const LOOK_MS = 2 * SECOND;

/** Plays the engine's part over a world: keeps the schedule, runs checks, feeds the machine and obeys its effects. */
class Play {
  readonly #world: World;
  readonly #setUp: SetUp;
  readonly #rules: DetectionRules;
  readonly #queue = new DeadlineHeap();
  readonly #calls = new Map<string, (at: EpochMs) => void>();
  readonly #random: () => number;
  readonly #told: Told[] = [];
  readonly #effects: { at: EpochMs; effect: MonitorEffect }[] = [];
  #state: MonitorState = initial(0);
  #isOpen = false;
  #count = 0;
  #checks = 0;

  constructor(world: World, phase: Ms, setUp: SetUp, course: Course | null) {
    this.#world = world;
    this.#setUp = setUp;
    this.#rules = setUp.rules ?? DEFAULT_RULES;
    this.#random = seeded(Math.trunc(phase * 1_000));
    this.#at('full', phase, (at) => this.#full(at));
    const pulse = setUp.pulse;
    if (pulse !== undefined) this.#at('pulse', phase % pulse.everyMs, (at) => this.#pulse(at, pulse.everyMs));
    for (const at of course?.deploys ?? []) this.#once(at, () => this.#feed({ type: 'deploy', at }));
    for (const [from, to] of course?.maintenance ?? []) {
      this.#once(from, () => this.#feed({ type: 'maintenance', at: from, on: true }));
      this.#once(to, () => this.#feed({ type: 'maintenance', at: to, on: false }));
    }
  }

  run(): Outcome {
    for (let next = this.#queue.peek(); next !== undefined && next.at < this.#world.until; next = this.#queue.peek()) {
      const call = this.#calls.get(next.key);
      this.#queue.delete(next.key);
      this.#calls.delete(next.key);
      call?.(next.at);
    }
    return { told: this.#told, checks: this.#checks, effects: this.#effects, state: this.#state };
  }

  #at(key: string, at: EpochMs, call: (at: EpochMs) => void): void {
    this.#queue.set(key, at);
    this.#calls.set(key, call);
  }

  #once(at: EpochMs, call: (at: EpochMs) => void): void {
    this.#count += 1;
    this.#at(`once ${this.#count}`, at, call);
  }

  #full(at: EpochMs): void {
    this.#ask(at, 'full', 'full');
    this.#at('full', nextAt(at, FULL_MS, 'full', at, this.#random()), (next) => this.#full(next));
  }

  #pulse(at: EpochMs, everyMs: Ms): void {
    this.#ask(at, 'pulse', this.#setUp.pulse?.ownPath === true ? 'pulse' : 'full');
    this.#at('pulse', nextAt(at, everyMs, 'pulse', at, this.#random()), (next) => this.#pulse(next, everyMs));
  }

  #ask(startedAt: EpochMs, source: CheckSource, question: 'full' | 'pulse'): void {
    this.#checks += 1;
    const seen = this.#world.check(startedAt, question === 'full' ? '/real' : '/health');
    this.#once(seen.endedAt, (at) => {
      const network = seen.class === 'soft' ? this.#ownNetwork(startedAt, seen.endedAt) : 'ok';
      const why = { hard: reason('tcp.refused'), soft: reason('http.timeout') };
      this.#feed({
        type: 'check',
        at,
        startedAt,
        class: seen.class,
        source,
        question,
        network,
        ...(seen.class === 'ok' ? {} : { reason: why[seen.class] }),
      });
    });
  }

  /** The worst look of the loop that runs every 2 s, from 2 s before a check began to its end. */
  #ownNetwork(startedAt: EpochMs, endedAt: EpochMs): OwnNetwork {
    if (this.#setUp.controls === false) return 'ok';
    const first = Math.ceil((startedAt - LOOK_MS) / LOOK_MS) * LOOK_MS;
    for (let at = first; at <= endedAt; at += LOOK_MS) if (this.#world.controls(at).ok === 0) return 'bad';
    return 'ok';
  }

  #look(now: EpochMs): void {
    if (this.#calls.has('look')) return;
    const looked = this.#setUp.controls === false ? { ok: 6, total: 6, endedAt: now + 60 } : this.#world.controls(now);
    this.#at('look', looked.endedAt, (at) => this.#feed({ type: 'controls', at, ok: looked.ok, total: looked.total }));
  }

  #feed(event: MonitorEvent): void {
    const [state, effects] = decide(this.#state, event, this.#rules);
    this.#state = state;
    for (const effect of effects) this.#obey(effect, event.at);
    if (needsTicks(state) && !this.#calls.has('tick'))
      this.#at('tick', event.at + SECOND, (at) => this.#feed({ type: 'tick', at }));
  }

  #obey(effect: MonitorEffect, now: EpochMs): void {
    switch (effect.do) {
      case 'recheck':
        this.#at('recheck', now + effect.afterMs, (at) => {
          this.#ask(at, 'recheck', effect.question);
          this.#feed({ type: 'tick', at });
        });
        return;
      case 'controls':
        this.#look(now);
        return;
      case 'verify':
        this.#at('verify', now + 10, (at) => this.#ask(at, 'full', 'full'));
        return;
      default:
        this.#effects.push({ at: now, effect });
        if (effect.do === 'verdict') this.#tell(effect.to, now);
        if (effect.do === 'update') this.#told.push({ at: now, what: 'update', verdict: this.#state.verdict });
    }
  }

  #tell(to: Verdict, at: EpochMs): void {
    if (to === 'down' || to === 'degraded') {
      this.#told.push({ at, what: this.#isOpen ? 'update' : 'alert', verdict: to });
      this.#isOpen = true;
    } else if (to === 'up' && this.#isOpen) {
      this.#told.push({ at, what: 'resolve', verdict: to });
      this.#isOpen = false;
    }
  }
}

/** Runs Dozor's own machine through a world and says what people would have been told. */
export const drive = (world: World, phase: Ms, setUp: SetUp, course: Course | null = null): Outcome =>
  new Play(world, phase, setUp, course).run();
