import { defined } from '../kernel/defined.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Escalation, EscalationEffect, EscalationEvent, EscalationRules } from './conversation.ts';
import { speak } from './escalation-voice.ts';

export type { Escalation, EscalationEffect, EscalationEvent, EscalationRules } from './conversation.ts';

const open = (event: Extract<EscalationEvent, { type: 'opened' }>): Escalation => ({
  incidentId: event.incidentId,
  policy: event.policy,
  severity: event.severity,
  startedAt: event.at,
  loudAtOnce: event.loudAtOnce,
  fired: [],
  told: [],
  early: [],
  loudTold: false,
  reached: [],
  exhausted: [],
  fellBack: [],
  repeats: 0,
  extras: 0,
  withheld: event.withheld ?? false,
  ended: false,
  heldMs: 0,
  ...defined({ mutedUntil: event.mutedUntil }),
});

/** Starts or stops the clock of the steps, according to whether anybody is to be told. */
const settle = (state: Escalation, at: EpochMs): Escalation => {
  const { mutedUntil, quietSince, ...rest } = state;
  const muted = mutedUntil !== undefined && mutedUntil > at;
  const next: Escalation = muted ? { ...rest, mutedUntil } : rest;
  const quiet = muted || next.ended || next.acknowledgedAt !== undefined;
  if (quiet) return { ...next, quietSince: quietSince ?? at };
  if (quietSince === undefined) return next;
  // A mute that ended while nobody looked (the brain was off) stopped the clock no longer than it was asked to.
  const until = mutedUntil === undefined ? at : Math.max(quietSince, mutedUntil);
  return { ...next, heldMs: next.heldMs + (until - quietSince) };
};

const withoutAcknowledgement = (state: Escalation): Escalation => {
  const { acknowledgedAt: _acknowledgedAt, ...rest } = state;
  return rest;
};

const accepted = (state: Escalation, channel: string): Escalation => ({
  ...state,
  reached: [...state.reached.filter((name) => name !== channel), channel],
  exhausted: state.exhausted.filter((name) => name !== channel),
  fellBack: state.fellBack.filter((name) => name !== channel),
});

const exhausted = (state: Escalation, channel: string): Escalation => ({
  ...state,
  exhausted: [...state.exhausted.filter((name) => name !== channel), channel],
  reached: state.reached.filter((name) => name !== channel),
});

type Change = {
  readonly [Type in EscalationEvent['type']]: (s: Escalation, e: EscalationEvent & { type: Type }) => Escalation;
};

const CHANGE: Change = {
  opened: (_state, event) => open(event),
  tick: (state) => state,
  acknowledged: (state, event) =>
    state.ended ? state : { ...state, acknowledgedAt: state.acknowledgedAt ?? event.at },
  unacknowledged: (state) => withoutAcknowledgement(state),
  muted: (state, event) => ({ ...state, mutedUntil: event.until }),
  recovering: (state, event) => ({ ...state, withheld: event.on }),
  recovered: (state) => ({ ...state, ended: true, withheld: false }),
  relapsed: (state) => ({ ...withoutAcknowledgement(state), ended: false, withheld: false }),
  eased: (state, event) => ({ ...state, severity: event.severity, withheld: event.withheld, loudAtOnce: false }),
  'loud-now': (state) => ({ ...state, loudAtOnce: true }),
  exhausted: (state, event) => exhausted(state, event.channel),
  accepted: (state, event) => accepted(state, event.channel),
};

/**
 * The conversation after an event, and what is to be done.
 *
 * - A step fires when its time has come; steps due together are told together, a channel once. `loud: auto` is silent unless the cause
 *   will not heal by itself or the trouble has lasted `loudAfterMs`. (A step written without `loud` is auto when it comes before
 *   `loudAfterMs`, else always; the configuration fills that in.)
 * - Still down after `loudAfterMs` with nothing told aloud, the channels of the auto steps are told again with sound.
 * - A warning tells only the steps due at once, silently unless the policy says always, and never repeats: nobody is woken for it.
 * - Repeats come `repeatEveryMs` after the last word, to every channel told so far.
 * - Acknowledging ends steps and repeats; with `until: recovered` the repeats go on, silently.
 * - While checks succeed again, what falls due waits; it fires when they fail again.
 * - A relapse takes the acknowledgement back and tells again whoever was told: with sound if there was sound before, since they were told
 *   that all is well. The steps go on from where they stood.
 *
 * @throws TypeError when a conversation is spoken of that never opened (a bug).
 */
export const decideEscalation = (
  state: Escalation | undefined,
  event: EscalationEvent,
  rules: EscalationRules,
): readonly [Escalation, readonly EscalationEffect[]] => {
  if (state === undefined && event.type !== 'opened') throw new TypeError(`no conversation for ${event.type}`);
  const before = state ?? open(event as Extract<EscalationEvent, { type: 'opened' }>);
  const change = CHANGE[event.type] as (s: Escalation, e: EscalationEvent) => Escalation;
  const settled = settle(change(settle(before, event.at), event), event.at);
  return speak(settled, { at: event.at, rules, again: event.type === 'relapsed' && before.ended });
};
