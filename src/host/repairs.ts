import { connect } from 'node:net';
import type { Finding } from '../diagnose/finding.ts';
import type { Clock } from '../kernel/clock.ts';
import { SECOND, type Ms } from '../kernel/time.ts';
import { acceptsOrder, decideRepair } from '../protect/repair.ts';
import {
  newRepairs,
  REPAIR_RULES,
  START,
  type RepairEffect,
  type RepairEvent,
  type RepairRules,
  type RepairState,
} from '../protect/repair-model.ts';
import type { AppSpec, HostSignal } from './contract.ts';
import type { Carried, Hands, RepairEnd } from './hands.ts';

const DEPENDENCY_MS: Ms = 2 * SECOND;

type Happened = RepairEvent extends infer E ? (E extends RepairEvent ? Omit<E, 'at'> : never) : never;

/** What the repairs of an app need. */
export interface RepairsOptions {
  readonly app: AppSpec;
  readonly clock: Clock;
  readonly hands: Hands;
  readonly rules?: RepairRules;
  /** As it was kept; undefined for an app that is new. */
  readonly kept: RepairState | undefined;
  readonly keep: (state: RepairState) => void;
  readonly tell: (signal: HostSignal) => void;
  readonly onBug: (error: unknown) => void;
}

/** Where what an app waits for is, as far as its last findings say. */
const dependencyIn = (findings: readonly Finding[]): { readonly host: string; readonly port: number } | undefined => {
  const { host, address, port } = findings[0]?.params ?? {};
  const name = host ?? address;
  return typeof name === 'string' && typeof port === 'number' ? { host: name, port } : undefined;
};

const answersAt = (place: { readonly host: string; readonly port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ ...place, timeout: DEPENDENCY_MS });
    const end = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

/** Does what the machine of repairs decides for one app, and tells every step. */
export class Repairs {
  readonly #options: RepairsOptions;
  #state: RepairState;
  #findings: readonly Finding[] = [];
  #kept = '';
  #onEnd: ((end: RepairEnd) => void) | undefined;

  constructor(options: RepairsOptions) {
    this.#options = options;
    this.#state = options.kept ?? newRepairs(options.app.repair);
  }

  /** Takes up what a former agent left, and the mode of the briefing. */
  start(): void {
    this.feed({ type: 'resumed' });
    this.feed({ type: 'mode', mode: this.#options.app.repair });
  }

  /** Is something being changed right now? Then nothing else may be. */
  get isBusy(): boolean {
    return this.#state.phase === 'applying' || this.#state.phase === 'undoing';
  }

  diagnosed(findings: readonly Finding[]): void {
    this.#findings = findings;
    this.feed({
      type: 'diagnosed',
      diagnoses: findings.map(({ cause, confidence, action }) => ({
        cause,
        confidence,
        ...(action === undefined ? {} : { action }),
      })),
    });
  }

  /** Carries an order out; resolves when it has come to its end. */
  async order(what: 'repair' | 'leave' | 'undo', planId: string): Promise<Carried> {
    if (!acceptsOrder(this.#state, what, planId))
      return { outcome: 'refused', output: `The plan ${planId} is not open for that (any more).` };
    if (what === 'leave') {
      this.feed({ type: 'order', what, planId });
      return { outcome: 'done', output: 'Left as it is.' };
    }
    const { promise, resolve } = Promise.withResolvers<RepairEnd>();
    this.#onEnd = resolve;
    this.feed({ type: 'order', what, planId });
    const { outcome, error } = await promise;
    const isDone = outcome === (what === 'undo' ? 'undone' : 'verified');
    return { outcome: isDone ? 'done' : 'failed', output: error ?? outcome };
  }

  feed(happened: Happened): void {
    const { clock, rules = REPAIR_RULES } = this.#options;
    const event = { ...happened, at: clock.now() } as RepairEvent;
    const [state, effects] = decideRepair(this.#state, event, rules);
    this.#state = state;
    this.#keep();
    for (const effect of effects) this.#do(effect);
  }

  /** Written down before anything follows from it: a repair that was begun is known to have been. */
  #keep(): void {
    const text = JSON.stringify(this.#state);
    if (text === this.#kept) return;
    this.#kept = text;
    this.#options.keep(this.#state);
  }

  #do(effect: RepairEffect): void {
    if (effect.do === 'tell') return this.#tell(effect);
    this.#perform(effect).catch(this.#options.onBug);
  }

  async #perform(effect: Exclude<RepairEffect, { readonly do: 'tell' }>): Promise<void> {
    const { app, hands } = this.#options;
    if (effect.do === 'plan') {
      const planned = await hands.plan(app, effect.action, effect.cause);
      this.feed(planned.ok ? { type: 'planned', plan: planned.value } : { type: 'unplanned', why: planned.error });
    } else if (effect.do === 'ask-dependency') {
      const place = dependencyIn(this.#findings);
      this.feed({ type: 'dependency', answers: place === undefined ? undefined : await answersAt(place) });
    } else if (effect.do === 'start') {
      const started = await hands.start(app);
      this.feed({ type: 'started', ok: started.ok, ...(started.ok ? {} : { error: started.error }) });
    } else {
      await this.#run(effect);
    }
  }

  async #run(effect: Extract<RepairEffect, { readonly planId: string; readonly do: 'apply' | 'undo' | 'resume' }>) {
    const { app, hands } = this.#options;
    const { planId } = effect;
    const end = await this.#endOf(() => {
      if (effect.do === 'apply') return hands.apply(app, planId, () => this.feed({ type: 'applied', planId }));
      return effect.do === 'undo' ? hands.undo(app, planId) : hands.resume(app, planId);
    });
    this.feed({ type: 'ended', planId, ...end });
    this.#onEnd?.(end);
    this.#onEnd = undefined;
  }

  /** A bug in the doing must not leave a repair without an end. */
  async #endOf(work: () => Promise<RepairEnd>): Promise<RepairEnd> {
    try {
      return await work();
    } catch (error) {
      this.#options.onBug(error);
      return { outcome: 'failed', error: error instanceof Error ? error.message : String(error) };
    }
  }

  #tell(effect: Extract<RepairEffect, { readonly do: 'tell' }>): void {
    const { app, clock, tell } = this.#options;
    const { do: _do, ...said } = effect;
    tell({ type: 'repair', at: clock.now(), app: app.name, ...said, planId: said.planId || START });
  }
}
