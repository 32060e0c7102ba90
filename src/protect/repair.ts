import { CAUSES } from '../diagnose/causes.ts';
import type { EpochMs } from '../kernel/time.ts';
import {
  REPAIR_RULES,
  START,
  type Diagnosis,
  type ProvenPlan,
  type RepairEffect,
  type RepairEvent,
  type RepairPhase,
  type RepairRules,
  type RepairState,
} from './repair-model.ts';

type Next = readonly [RepairState, readonly RepairEffect[]];

/** May this order be carried out now? The other side may speak of a plan that is over. */
export const acceptsOrder = (state: RepairState, what: 'repair' | 'leave' | 'undo', planId: string): boolean =>
  what === 'undo'
    ? state.phase === 'idle' && state.applied?.planId === planId
    : (state.phase === 'proposed' || state.phase === 'announced') && state.plan?.id === planId;

const without = <K extends keyof RepairState>(state: RepairState, ...keys: readonly K[]): Omit<RepairState, K> => {
  const rest: Partial<RepairState> = { ...state };
  for (const key of keys) delete rest[key];
  return rest as Omit<RepairState, K>;
};

const idle = (state: RepairState): RepairState => ({ ...without(state, 'plan', 'dueAt'), phase: 'idle' });

type Tell = Extract<RepairEffect, { do: 'tell' }>;

const telling = (state: RepairState, phase: RepairPhase, more: Partial<Tell> = {}): Tell => {
  const { plan } = state;
  const about = plan === undefined ? {} : { action: plan.action, planId: plan.id, cause: plan.cause };
  return { do: 'tell', phase, action: START, planId: START, ...about, ...more };
};

/** A person is called once in an outage. */
const callPerson = (state: RepairState, about: Partial<Tell>, before: readonly RepairEffect[] = []): Next => [
  { ...idle(state), hasCalled: true },
  state.hasCalled ? before : [...before, telling(state, 'given-up', about)],
];

const inTime = (state: RepairState, at: EpochMs, rules: RepairRules): RepairState['tried'] =>
  state.tried.filter((one) => at - one.at < rules.onceWithinMs);

const isPassing = ({ diagnoses: [best] }: RepairState): boolean =>
  best !== undefined && CAUSES[best.cause].nature === 'passing';

const isLasting = ({ diagnoses: [best] }: RepairState, rules: RepairRules): boolean =>
  best !== undefined && best.confidence >= rules.certain && CAUSES[best.cause].nature === 'lasting';

const mayStart = (state: RepairState, rules: RepairRules): boolean => {
  if (state.mode === 'off' || !state.hasGivenUp || isLasting(state, rules)) return false;
  return isPassing(state) || (state.mode === 'auto' && !state.hasCalled);
};

/** When the next start is tried; undefined when a person has to. */
const nextStart = (state: RepairState, at: EpochMs, rules: RepairRules): EpochMs | undefined => {
  const pauses = isPassing(state) ? rules.passingPausesMs : rules.openPausesMs;
  const pause = pauses[state.starts] ?? (isPassing(state) ? pauses.at(-1) : undefined);
  return pause === undefined ? undefined : at + pause;
};

const considerStart = (state: RepairState, at: EpochMs, rules: RepairRules): Next => {
  if (!mayStart(state, rules) || state.dueAt !== undefined) return [state, []];
  const dueAt = nextStart(state, at, rules);
  if (dueAt !== undefined) return [{ ...state, dueAt }, []];
  return callPerson(state, { error: 'started-in-vain' });
};

const repairable = (state: RepairState, rules: RepairRules): (Diagnosis & { readonly action: string }) | undefined =>
  state.diagnoses.find(
    (one): one is Diagnosis & { readonly action: string } =>
      one.action !== undefined && one.confidence >= (state.mode === 'auto' ? rules.certain : rules.likely),
  );

/** What can be done about an app that is down: repair its cause, or start it again. */
const consider = (state: RepairState, at: EpochMs, rules: RepairRules): Next => {
  if (!state.isDown || state.mode === 'off' || state.phase !== 'idle') return [state, []];
  if (state.calmUntil !== undefined && at < state.calmUntil) return [state, []];
  const found = repairable(state, rules);
  if (found === undefined) return considerStart(state, at, rules);
  const { cause, action } = found;
  if (state.hasCalled) return [state, []];
  if (inTime(state, at, rules).some((one) => one.cause === cause))
    return callPerson(state, { action, cause, error: 'tried-already' });
  return [{ ...without(state, 'dueAt'), phase: 'planning' }, [{ do: 'plan', action, cause }]];
};

const apply = (state: RepairState, at: EpochMs, rules: RepairRules): Next => {
  const { plan } = state;
  if (plan === undefined) return [idle(state), []];
  const tried = [...inTime(state, at, rules), { cause: plan.cause, action: plan.action, at }];
  return [
    { ...without(state, 'dueAt'), phase: 'applying', tried },
    [telling(state, 'starting'), { do: 'apply', planId: plan.id }],
  ];
};

const startDue = (state: RepairState): Next => {
  const next = without(state, 'dueAt');
  if (isPassing(state)) return [{ ...next, phase: 'asking' }, [{ do: 'ask-dependency' }]];
  return startNow(state);
};

const startNow = (state: RepairState): Next => {
  const cause = state.diagnoses[0]?.cause;
  const told = telling(state, 'starting', { action: START, ...(cause === undefined ? {} : { cause }) });
  // Told once an outage: a database that is away for an hour is one story, not two hundred.
  return [
    { ...without(state, 'dueAt'), phase: 'starting', starts: state.starts + 1 },
    [...(state.starts === 0 ? [told] : []), { do: 'start' }],
  ];
};

type Handlers = {
  readonly [K in RepairEvent['type']]: (
    state: RepairState,
    event: Extract<RepairEvent, { readonly type: K }>,
    rules: RepairRules,
  ) => Next;
};

/** Up again: what was only planned is dropped, what is under way goes on. */
const isUpAgain = (state: RepairState): Next => {
  const { phase, starts } = state;
  const well = { isDown: false, hasGivenUp: false, diagnoses: [], starts: 0, hasCalled: false };
  const cause = state.diagnoses[0]?.cause;
  const helped = telling(state, 'verified', { action: START, ...(cause === undefined ? {} : { cause }) });
  const effects: readonly RepairEffect[] = [
    ...(phase === 'proposed' || phase === 'announced' ? [telling(state, 'left', { error: 'healthy-again' })] : []),
    ...(starts > 0 ? [helped] : []),
  ];
  const rest = without(phase === 'applying' || phase === 'undoing' ? state : idle(state), 'calmUntil');
  return [{ ...rest, ...well }, effects];
};

const propose = (state: RepairState, plan: ProvenPlan, at: EpochMs, rules: RepairRules): Next => {
  const cause = repairable(state, rules)?.cause ?? state.diagnoses[0]?.cause;
  if (!state.isDown || cause === undefined) return [idle(state), []];
  const planned: RepairState = { ...state, plan: { ...plan, cause } };
  if (!plan.isProven) return callPerson(planned, { plan: plan.text, error: 'trial-failed' });
  if (state.mode === 'auto' && plan.isUndoable)
    return [
      { ...planned, phase: 'announced', dueAt: at + rules.announceMs },
      [telling(planned, 'proposed', { plan: plan.text, inMs: rules.announceMs })],
    ];
  return [{ ...planned, phase: 'proposed' }, [telling(planned, 'proposed', { plan: plan.text })]];
};

const undone = (state: RepairState, isDone: boolean, more: Partial<Tell>): Next => {
  const action = state.applied?.action ?? START;
  const told = telling(state, isDone ? 'undone' : 'failed', { action, ...more });
  return [idle(isDone ? without(state, 'applied') : state), [told]];
};

const verified = (state: RepairState, plan: ProvenPlan, at: EpochMs, rules: RepairRules): Next => [
  {
    ...idle(state),
    applied: { planId: plan.id, action: plan.action },
    calmUntil: at + rules.calmMs,
    diagnoses: [],
    starts: 0,
    hasGivenUp: false,
  },
  [telling(state, 'verified')],
];

const endedAs = (
  state: RepairState,
  { at, planId, outcome, error }: Extract<RepairEvent, { readonly type: 'ended' }>,
  rules: RepairRules,
): Next => {
  const why = error === undefined ? {} : { error };
  const { phase, plan } = state;
  if (phase === 'undoing') return undone(state, outcome === 'undone', { planId, ...why });
  if (phase !== 'applying' || plan?.id !== planId) return [state, []];
  if (outcome === 'verified') return verified(state, plan, at, rules);
  return callPerson(state, why, [telling(state, outcome, why)]);
};

const HANDLERS: Handlers = {
  mode: (state, { at, mode }, rules) => {
    if (state.mode === mode) return [state, []];
    const { phase } = state;
    const isOpen = phase === 'planning' || phase === 'proposed' || phase === 'announced';
    const [next, effects] = consider({ ...(isOpen ? idle(state) : state), mode }, at, rules);
    const isTold = phase === 'proposed' || phase === 'announced';
    return [next, [...(isTold ? [telling(state, 'left', { error: 'mode-changed' })] : []), ...effects]];
  },
  verdict: (state, { at, isDown }, rules) => {
    if (!isDown) return state.isDown ? isUpAgain(state) : [state, []];
    return consider({ ...state, isDown: true }, at, rules);
  },
  'gave-up': (state, { at }, rules) => consider({ ...state, hasGivenUp: true }, at, rules),
  running: (state) => [{ ...(state.phase === 'idle' ? idle(state) : state), hasGivenUp: false }, []],
  diagnosed: (state, { at, diagnoses }, rules) => {
    const wasPassing = isPassing(state);
    const next = { ...state, diagnoses };
    // A start that was to come for another kind of cause is reckoned anew.
    const isOther = state.phase === 'idle' && isPassing(next) !== wasPassing;
    return consider(isOther ? idle(next) : next, at, rules);
  },
  planned: (state, { at, plan }, rules) => (state.phase === 'planning' ? propose(state, plan, at, rules) : [state, []]),
  unplanned: (state, { why }, rules) => {
    if (state.phase !== 'planning') return [state, []];
    const found = repairable(state, rules);
    const about = found === undefined ? {} : { action: found.action, cause: found.cause };
    return state.isDown ? callPerson(state, { ...about, error: why }) : [idle(state), []];
  },
  order: (state, { at, what, planId }, rules) => {
    if (!acceptsOrder(state, what, planId)) return [state, []];
    if (what === 'repair') return apply(state, at, rules);
    if (what === 'undo') return [{ ...state, phase: 'undoing' }, [{ do: 'undo', planId }]];
    const { plan } = state;
    const left = plan === undefined ? [] : [{ cause: plan.cause, action: plan.action, at }];
    const tried = [...inTime(state, at, rules), ...left];
    return [{ ...idle(state), tried, hasCalled: true }, [telling(state, 'left')]];
  },
  applied: (state, { planId }) => [
    state,
    state.phase === 'applying' && state.plan?.id === planId ? [telling(state, 'applied')] : [],
  ],
  ended: endedAs,
  dependency: (state, { at, answers }, rules) => {
    if (state.phase !== 'asking') return [state, []];
    if (!state.isDown || !state.hasGivenUp) return [idle(state), []];
    if (answers !== false) return startNow(state);
    const pause = rules.passingPausesMs[1] ?? rules.passingPausesMs[0] ?? 0;
    return [{ ...state, phase: 'idle', dueAt: at + pause }, []];
  },
  started: (state, { at, ok }, rules) => {
    if (state.phase !== 'starting') return [state, []];
    // Whether it stays up is the verdict's matter; a manager that cannot start it has given up still.
    return consider({ ...idle(state), hasGivenUp: !ok }, at, rules);
  },
  resumed: (state) => {
    const { phase, plan, applied } = state;
    if (phase === 'applying' && plan !== undefined) return [state, [{ do: 'resume', planId: plan.id }]];
    if (phase === 'undoing' && applied !== undefined) return [state, [{ do: 'resume', planId: applied.planId }]];
    // What was only planned is planned anew from what is seen now.
    return [{ ...idle(state), isDown: false, hasGivenUp: false, diagnoses: [], hasCalled: false }, []];
  },
  tick: (state, { at }, rules) => {
    if (state.dueAt === undefined || at < state.dueAt) return [state, []];
    if (state.phase === 'announced') return apply(state, at, rules);
    if (state.phase === 'idle' && state.isDown && mayStart(state, rules)) return startDue(state);
    return [without(state, 'dueAt'), []];
  },
};

/**
 * When an app is repaired, and when a person is called instead. A cause that passes is started over once what it needs answers; a lasting one is repaired by
 * what a trial proved and undo can revert, announced before, once per cause and hour. Pure: time comes in the event, what is to be done comes out as data.
 */
export const decideRepair = (state: RepairState, event: RepairEvent, rules: RepairRules = REPAIR_RULES): Next => {
  const handle = HANDLERS[event.type] as (state: RepairState, event: RepairEvent, rules: RepairRules) => Next;
  return handle(state, event, rules);
};
