import { defined } from '../kernel/defined.ts';
import type { Json } from '../kernel/json.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import { isLasting } from '../monitor/reason.ts';
import type { Scene } from '../incident/scene.ts';
import type { Evidence, MonitorEffect } from '../monitor/verdict.ts';
import type { StoredCheck } from '../store/contract.ts';
import type { Core, Turn } from './core.ts';
import type { Incidents } from './incidents.ts';
import { moveSpan } from './spans.ts';
import { keptState, stateSubject, type Subject } from './watched.ts';

type VerdictEffect = Extract<MonitorEffect, { do: 'verdict' }>;

/** A change of verdict, for the line on the terminal. */
export interface VerdictLine {
  readonly at: EpochMs;
  readonly one: Subject;
  readonly effect: VerdictEffect;
}

/** Monitors regain sight one after another: they make one note. Never longer than the blindness that is worth one. */
const BLIND_GATHER_MS: Ms = 15_000;

/** Where a machine's effects go, besides more checks. */
export type EffectSink = (one: Subject, effects: readonly MonitorEffect[], check: StoredCheck | undefined) => void;

/** Turns what the monitors' machines say into what is stored, shown and told: one turn, one transaction. */
export class Verdicts {
  readonly #core: Core;
  readonly #incidents: Incidents;
  readonly #onLine: (line: VerdictLine) => void;
  readonly #onBlind: (span: {
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly monitorIds: readonly string[];
  }) => void;
  readonly #lastChange: (serviceId: string) => { readonly at: EpochMs; readonly what: string } | undefined;
  readonly #scenes: (serviceId: string) => readonly Scene[];
  #blind: { from: EpochMs; to: EpochMs; longest: Ms; readonly monitorIds: Set<string> } | undefined;

  constructor(parts: {
    readonly core: Core;
    readonly incidents: Incidents;
    readonly onLine: (line: VerdictLine) => void;
    readonly onBlind: (span: {
      readonly from: EpochMs;
      readonly to: EpochMs;
      readonly monitorIds: readonly string[];
    }) => void;
    readonly lastChange: (serviceId: string) => { readonly at: EpochMs; readonly what: string } | undefined;
    /** What the agents know of the apps of a service. */
    readonly scenes: (serviceId: string) => readonly Scene[];
  }) {
    this.#scenes = parts.scenes;
    this.#core = parts.core;
    this.#incidents = parts.incidents;
    this.#onLine = parts.onLine;
    this.#onBlind = parts.onBlind;
    this.#lastChange = parts.lastChange;
  }

  /** Stores and passes on what one event led to. */
  take(one: Subject, effects: readonly MonitorEffect[], check: StoredCheck | undefined): void {
    const turn = this.#core.turn();
    if (check !== undefined) turn.write({ put: 'check', check });
    for (const effect of effects) this.#act(turn, one, effect);
    turn.write({ put: 'state', subject: stateSubject(one.monitor.id), state: keptState(one) });
    void turn.commit();
  }

  #act(turn: Turn, one: Subject, effect: MonitorEffect): void {
    const { serviceId, id: monitorId } = one.monitor;
    const at = this.#wall(this.#core.clock.now());
    switch (effect.do) {
      case 'verdict':
        this.#verdict(turn, one, effect);
        return;
      case 'recovering':
        this.#incidents.feed(turn, serviceId, {
          type: 'recovering',
          at: this.#wall(effect.at),
          monitorId,
          on: effect.on,
        });
        return;
      case 'update':
        this.#incidents.feed(turn, serviceId, {
          type: 'update',
          at: this.#wall(effect.at),
          monitorId,
          kind: effect.kind,
          ...defined({ reason: effect.reason }),
        });
        return;
      case 'blind-span':
        this.#blindSpan(turn, one, effect);
        return;
      case 'unseen':
        this.#incidents.feed(turn, serviceId, {
          type: 'unseen',
          at,
          serviceId,
          monitorId,
          severity: one.monitor.severity,
          firstBad: this.#evidence(effect.firstBad),
          lastBad: this.#evidence(effect.lastBad),
          firstGood: { at: this.#wall(effect.to) },
          fresh: this.#fresh(),
          ...(effect.lastGood === undefined ? {} : { lastGood: this.#evidence(effect.lastGood) }),
        });
        turn.write({
          put: 'span',
          span: {
            id: this.#core.newId(),
            kind: 'down',
            monitor: one.monitor.num,
            from: this.#wall(effect.firstBad.at),
            to: this.#wall(effect.to),
          },
        });
        return;
      default:
    }
  }

  #verdict(turn: Turn, one: Subject, effect: VerdictEffect): void {
    const { serviceId, id: monitorId, severity } = one.monitor;
    const at = this.#wall(effect.at);
    turn.write(...moveSpan(one, effect, (moment) => this.#wall(moment)));
    const reason = effect.reason;
    turn.event(
      'verdict',
      { monitorId, from: effect.from, to: effect.to, ...defined({ reason: reason as unknown as Json | undefined }) },
      { serviceId },
    );
    this.#incidents.feed(turn, serviceId, {
      type: 'verdict',
      at,
      serviceId,
      monitorId,
      severity,
      from: effect.from,
      to: effect.to,
      bad: effect.bad,
      asked: effect.asked,
      afterDeploy: effect.afterDeploy,
      lasting: reason !== undefined && isLasting(reason.code),
      fresh: this.#fresh(),
      scenes: this.#scenes(serviceId),
      ...defined({
        reason,
        controls: effect.controls,
        lastChange: this.#lastChange(serviceId),
        lastGood: this.#mapped(effect.lastGood),
        firstBad: this.#mapped(effect.firstBad),
        lastBad: this.#mapped(effect.lastBad),
        firstGood: this.#mapped(effect.firstGood),
      }),
    });
    turn.afterwards(() => this.#onLine({ at, one, effect }));
  }

  #blindSpan(turn: Turn, one: Subject, effect: Extract<MonitorEffect, { do: 'blind-span' }>): void {
    const { id: monitorId, num, serviceId } = one.monitor;
    const span = { from: this.#wall(effect.from), to: this.#wall(effect.to) };
    turn.write({ put: 'span', span: { id: this.#core.newId(), kind: 'blind', monitor: num, ...span } });
    turn.event('blind', { monitorId, ...span }, { serviceId });
    this.#incidents.feed(turn, serviceId, { type: 'blind', at: span.to, ...span, monitorId });
    this.#gatherBlind(monitorId, span);
  }

  #gatherBlind(monitorId: string, span: { readonly from: EpochMs; readonly to: EpochMs }): void {
    this.#blind ??= { from: span.from, to: span.to, longest: 0, monitorIds: new Set() };
    this.#blind.from = Math.min(this.#blind.from, span.from);
    this.#blind.to = Math.max(this.#blind.to, span.to);
    this.#blind.longest = Math.max(this.#blind.longest, span.to - span.from);
    this.#blind.monitorIds.add(monitorId);
    const { blindNoteMs } = this.#core.settings().detection;
    this.#core.deadlines.set('blind note', this.#core.clock.now() + Math.min(BLIND_GATHER_MS, blindNoteMs), () => {
      const gathered = this.#blind;
      this.#blind = undefined;
      if (gathered !== undefined && gathered.longest >= blindNoteMs)
        this.#onBlind({ ...gathered, monitorIds: [...gathered.monitorIds] });
    });
  }

  #fresh(): { readonly id: string; readonly code: string } {
    return { id: this.#core.newId(), code: this.#core.newCode() };
  }

  #mapped(evidence: Evidence | undefined): Evidence | undefined {
    return evidence === undefined ? undefined : this.#evidence(evidence);
  }

  #evidence(evidence: Evidence): Evidence {
    return { ...evidence, at: this.#wall(evidence.at) };
  }

  #wall(at: EpochMs): EpochMs {
    return this.#core.clock.toWall(at);
  }
}
