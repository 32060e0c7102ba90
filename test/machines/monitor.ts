import assert from 'node:assert/strict';
import { SECOND } from '#kernel/time.ts';
import { decide, initial, type MonitorState } from '#monitor/decide.ts';
import { reason, type CheckClass } from '#monitor/reason.ts';
import { DEFAULT_RULES } from '#monitor/rules.ts';
import type { MonitorEffect, MonitorEvent } from '#monitor/verdict.ts';

type Check = Extract<MonitorEvent, { type: 'check' }>;
type VerdictEffect = Extract<MonitorEffect, { do: 'verdict' }>;

/** A monitor's machine under test: keeps its state, and the effects that were not yet asked for. */
export class Watched {
  state: MonitorState = initial(0);
  effects: MonitorEffect[] = [];
  rules = DEFAULT_RULES;

  feed(event: MonitorEvent): this {
    const [state, effects] = decide(this.state, event, this.rules);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  check(at: number, cls: CheckClass = 'ok', more: Partial<Check> = {}): this {
    const why = cls === 'ok' ? {} : { reason: reason(cls === 'hard' ? 'tcp.refused' : 'http.timeout') };
    const took = cls === 'soft' ? 5 * SECOND : 50;
    return this.feed({
      type: 'check',
      at,
      startedAt: at - took,
      class: cls,
      source: 'full',
      question: 'full',
      network: 'ok',
      ...why,
      ...more,
    });
  }

  controls(at: number, ok = 6, total = 6): this {
    return this.feed({ type: 'controls', at, ok, total });
  }

  tick(at: number): this {
    return this.feed({ type: 'tick', at });
  }

  /** Fails every 2 s, with good controls, from `from` until `to`. */
  failing(from: number, to: number, cls: 'hard' | 'soft' = 'hard', more: Partial<Check> = {}): this {
    for (let at = from; at <= to; at += 2 * SECOND) this.controls(at).check(at, cls, more);
    return this;
  }

  succeeding(from: number, to: number, step = 5 * SECOND): this {
    for (let at = from; at <= to; at += step) this.check(at);
    return this;
  }

  get verdict(): string {
    return this.state.verdict;
  }

  /** The effects of one kind since the last call. */
  told<Do extends MonitorEffect['do']>(what: Do): Extract<MonitorEffect, { do: Do }>[] {
    const found = this.effects.filter((effect): effect is Extract<MonitorEffect, { do: Do }> => effect.do === what);
    this.effects = this.effects.filter((effect) => effect.do !== what);
    return found;
  }

  /** The last change of verdict to this. */
  change(to: string): VerdictEffect {
    const found = this.told('verdict').findLast((effect) => effect.to === to);
    assert.ok(found, `no change to ${to}`);
    return found;
  }
}

/** A monitor of which nothing is known. */
export const watched = (): Watched => new Watched();
/** A monitor that is up since second 1. */
export const up = (): Watched => watched().check(SECOND);
/** A monitor that is down since second 20, its first bad evidence at second 10. */
export const down = (): Watched => up().failing(10 * SECOND, 20 * SECOND);
