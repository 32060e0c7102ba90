import { defined } from '../kernel/defined.ts';
import type { Json } from '../kernel/json.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Escalation, EscalationEffect, EscalationEvent } from '../alert/conversation.ts';
import { decideEscalation } from '../alert/escalation.ts';
import type { Alert, AlertFacts, AlertKind, Policy } from '../alert/model.ts';
import type { Incident } from '../incident/incident.ts';
import type { Core, Turn } from './core.ts';
import { alertKindOf } from './incidents.ts';
import type { Outbox } from './outbox.ts';

/** So long after the first telling without an accepted delivery, the next channel is used. */
export const FALLBACK_MS: Ms = 30_000;

/** The state's subject in the store. */
const subject = (incidentId: string): string => `escalation:${incidentId}`;

type Changed = Exclude<EscalationEvent, { type: 'opened' }>;

/** Who is told of what, when, until somebody answers: runs the escalation machine of every open incident and hands alerts to the outbox. */
export class Conversations {
  readonly #core: Core;
  readonly #outbox: Outbox;
  readonly #incident: (id: string) => Incident | undefined;
  readonly #facts: (kind: AlertKind, incident: Incident) => AlertFacts;
  readonly #escalations = new Map<string, Escalation>();

  constructor(
    core: Core,
    outbox: Outbox,
    incident: (id: string) => Incident | undefined,
    facts: (kind: AlertKind, incident: Incident) => AlertFacts,
  ) {
    this.#core = core;
    this.#outbox = outbox;
    this.#incident = incident;
    this.#facts = facts;
  }

  /** Takes over what a former run had begun. */
  restore(states: ReadonlyMap<string, Json>): void {
    for (const [key, state] of states) {
      if (!key.startsWith('escalation:')) continue;
      const escalation = state as unknown as Escalation;
      this.#escalations.set(escalation.incidentId, escalation);
    }
  }

  /** Goes on with what was taken over, once what still waits for the channels is known as well. */
  resume(): void {
    for (const id of this.#escalations.keys()) {
      if (this.#incident(id)?.state === 'open') this.#wake(id, this.#core.clock.now());
      else this.#forgetLater(id);
    }
  }

  /** Begins (or begins anew) to tell of an incident, at once or when it is muted no more. */
  open(
    turn: Turn,
    incident: Incident,
    policy: Policy,
    news: AlertKind,
    more: { readonly mutedUntil: EpochMs | undefined; readonly withheld: boolean },
  ): void {
    const event: EscalationEvent = {
      type: 'opened',
      at: this.#core.clock.now(),
      incidentId: incident.id,
      policy,
      loudAtOnce: incident.loudAtOnce,
      severity: incident.severity,
      ...defined(more),
    };
    this.#step(turn, incident.id, event, incident, news);
  }

  /** Something changed about a running conversation; nothing happens when there is none. */
  change(turn: Turn, incident: Incident, event: Changed, news?: AlertKind): void {
    if (!this.#escalations.has(incident.id)) return;
    this.#step(turn, incident.id, event, incident, news);
    if (event.type === 'recovered') turn.afterwards(() => this.#forgetLater(incident.id));
  }

  /** How a conversation stands. */
  of(incidentId: string): Escalation | undefined {
    return this.#escalations.get(incidentId);
  }

  /** A channel got through, or did not: the machine may go on to the next. */
  async delivered(
    incidentId: string,
    event: Extract<EscalationEvent, { type: 'exhausted' | 'accepted' }>,
  ): Promise<void> {
    if (!this.#escalations.has(incidentId)) return;
    const turn = this.#core.turn();
    this.#step(turn, incidentId, event);
    await turn.commit();
  }

  #step(turn: Turn, incidentId: string, event: EscalationEvent, incident?: Incident, news?: AlertKind): void {
    const rules = { loudAfterMs: this.#core.settings().detection.loudAfterMs, fallbackMs: FALLBACK_MS };
    const [state, effects] = decideEscalation(this.#escalations.get(incidentId), event, rules);
    this.#escalations.set(incidentId, state);
    turn.write({ put: 'state', subject: subject(incidentId), state: state as unknown as Json });
    for (const effect of effects) this.#act(turn, incidentId, effect, incident, news);
  }

  #act(
    turn: Turn,
    incidentId: string,
    effect: EscalationEffect,
    given: Incident | undefined,
    news: AlertKind | undefined,
  ): void {
    if (effect.do === 'wake') {
      this.#wake(incidentId, effect.at);
      return;
    }
    const incident = given ?? this.#incident(incidentId);
    if (incident === undefined) return;
    const kind = effect.reason === 'repeat' ? 'reminder' : (news ?? alertKindOf(incident));
    const repeats = this.#escalations.get(incidentId)?.repeats ?? 0;
    const facts = this.#facts(kind, incident);
    const alert: Alert = {
      id: this.#core.newId(),
      incidentId,
      kind,
      severity: facts.severity,
      transition: incident.transition,
      createdAt: this.#core.clock.now(),
      facts: { ...facts, ...defined({ reminder: effect.reason === 'repeat' ? repeats : undefined }) },
    };
    this.#outbox.put(turn, alert, effect.channels, { loud: effect.loud, step: `${effect.step}` });
    this.#passOver(turn, incidentId, effect.channels);
  }

  /** The conversation's policy is the one of its beginning: a channel that is not defined any more tells nobody, so the next one is used. */
  #passOver(turn: Turn, incidentId: string, channels: readonly string[]): void {
    const known = new Set(this.#core.registry.channels().map(({ name }) => name));
    for (const channel of channels) {
      if (known.has(channel)) continue;
      turn.afterwards(() => {
        this.delivered(incidentId, { type: 'exhausted', at: this.#core.clock.now(), channel }).catch((error: unknown) =>
          this.#core.bug('conversation', error),
        );
      });
    }
  }

  #wake(incidentId: string, at: EpochMs): void {
    this.#core.deadlines.set(`escalation ${incidentId}`, at, () => {
      const turn = this.#core.turn();
      this.#step(turn, incidentId, { type: 'tick', at: this.#core.clock.now() });
      void turn.commit();
    });
  }

  /** The state is kept while a relapse may reopen the conversation. */
  #forgetLater(incidentId: string): void {
    const { relapseMs } = this.#core.settings().detection;
    this.#core.deadlines.set(`escalation ${incidentId}`, this.#core.clock.now() + relapseMs, () => {
      const isLive = this.#escalations.get(incidentId)?.ended === false && this.#incident(incidentId)?.state === 'open';
      if (isLive) return;
      this.#escalations.delete(incidentId);
      void this.#core
        .turn()
        .write({ drop: 'state', subject: subject(incidentId) })
        .commit();
    });
  }
}
