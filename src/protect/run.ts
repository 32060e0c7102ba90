import type { EpochMs, Ms } from '../kernel/time.ts';

/** What the machine has to know of a step: whether its state can be looked at, and whether it can be taken back. */
export type StepTrait =
  /** Something on disk: it can be looked at and put back. */
  | 'file'
  /** A command that another one reverts. */
  | 'command'
  /** A command, or the end of a file, that nothing reverts. */
  | 'final-command'
  | 'final-file';

/** How a step stands on disk. `between` is the middle of two renames; `other` is what somebody else made of it; commands are `unseen`. */
export type Sight = 'before' | 'after' | 'between' | 'other' | 'unseen';

/** Why a run turned back. */
export type TurnReason =
  | 'trial-failed'
  | 'untried'
  | 'backup-failed'
  | 'apply-failed'
  | 'unhealthy'
  | 'interrupted'
  | 'asked';

type Progress = 'untouched' | 'begun' | 'applied' | 'reverted' | 'stuck';

/** Where a run is. What it waits for next is in its phase; it is replayed from the journal by the same `decide`. */
export interface RunState {
  readonly phase:
    | 'new'
    | 'trying'
    | 'backing-up'
    | 'applying'
    | 'verifying'
    | 'looking'
    | 'reverting'
    | 'verifying-return'
    | 'done'
    | 'undone'
    | 'failed';
  readonly steps: readonly StepTrait[];
  readonly progress: readonly Progress[];
  /** Whether it has to boot beside the running app first, and whether the app's health is asked afterwards. */
  readonly needsTrial: boolean;
  readonly touchesApp: boolean;
  readonly begunAt: EpochMs;
  /** The step under way while applying. */
  readonly step: number;
  /** The steps that are still to be taken back. */
  readonly queue: readonly number[];
  readonly aim: 'finish' | 'return';
  readonly turned?: TurnReason;
  /** An undo was asked for and nothing has been taken back yet: it may still be refused as a whole. */
  readonly mayRefuse: boolean;
  /** Taken up again after its process had died. */
  readonly resumed: boolean;
  readonly healthyAfter?: boolean;
}

/** What happened; each is in the journal, durable, before what follows from it is done. */
export type RunEvent =
  | { readonly type: 'begun'; readonly at: EpochMs }
  | { readonly type: 'tried'; readonly at: EpochMs; readonly outcome: 'booted' | 'failed' | 'not-triable' }
  | { readonly type: 'backed-up'; readonly at: EpochMs; readonly error?: string }
  | { readonly type: 'applied'; readonly at: EpochMs; readonly step: number; readonly error?: string }
  | { readonly type: 'verified'; readonly at: EpochMs; readonly healthy: boolean }
  | { readonly type: 'looked'; readonly at: EpochMs; readonly sights: readonly Sight[] }
  | { readonly type: 'reverted'; readonly at: EpochMs; readonly step: number; readonly error?: string }
  | { readonly type: 'resumed'; readonly at: EpochMs }
  | { readonly type: 'undo-asked'; readonly at: EpochMs };

/** What is to be done next: one thing at a time. */
export type RunEffect =
  | { readonly do: 'try' }
  | { readonly do: 'back-up' }
  | { readonly do: 'apply'; readonly step: number }
  | { readonly do: 'verify'; readonly of: 'plan' | 'return' }
  | { readonly do: 'look' }
  | { readonly do: 'revert'; readonly step: number }
  /** Nothing was changed, since these steps are no longer as the run left them. */
  | { readonly do: 'refuse'; readonly steps: readonly number[] };

/** What a run may do. */
export interface RunRules {
  /** May it go on where no trial is possible? */
  readonly mayGoUntried: boolean;
  /** An interrupted run that is older is taken back, not finished: the plan was agreed to for then. */
  readonly finishWithinMs: Ms;
}

type Next = readonly [RunState, readonly RunEffect[]];

/** A run that has not begun. */
export const newRun = (
  steps: readonly StepTrait[],
  { needsTrial, touchesApp }: { readonly needsTrial: boolean; readonly touchesApp: boolean },
): RunState => ({
  phase: 'new',
  steps,
  progress: steps.map(() => 'untouched'),
  needsTrial,
  touchesApp,
  begunAt: 0,
  step: 0,
  queue: [],
  aim: 'finish',
  mayRefuse: false,
  resumed: false,
});

/** Nothing more follows by itself. */
export const isOver = ({ phase }: RunState): boolean => phase === 'done' || phase === 'undone' || phase === 'failed';

/** Steps that are left between: they could be neither finished nor taken back. */
export const stuckSteps = ({ progress }: RunState): readonly number[] =>
  progress.flatMap((one, step) => (one === 'stuck' ? [step] : []));

const marked = (state: RunState, step: number, progress: Progress): RunState => ({
  ...state,
  progress: state.progress.map((one, at) => (at === step ? progress : one)),
});

const backUp = (state: RunState): Next => [{ ...state, phase: 'backing-up' }, [{ do: 'back-up' }]];

const applyFrom = (state: RunState, step: number): Next => {
  if (step < state.steps.length)
    return [{ ...marked(state, step, 'begun'), phase: 'applying', step }, [{ do: 'apply', step }]];
  return state.touchesApp
    ? [{ ...state, phase: 'verifying', step }, [{ do: 'verify', of: 'plan' }]]
    : [{ ...state, phase: 'done', step }, []];
};

const isTouched = (progress: Progress | undefined): boolean => progress === 'begun' || progress === 'applied';

/** Files first, the last one first; then the commands in their order, since they make running what the files say. */
const wayBack = ({ steps, progress }: RunState): readonly number[] => {
  const touched = steps.map((_, step) => step).filter((step) => isTouched(progress[step]));
  return [
    ...touched.filter((step) => steps[step] === 'file').sort((one, other) => other - one),
    ...touched.filter((step) => steps[step] === 'command'),
  ];
};

const returned = (state: RunState): Next => {
  const phase = state.progress.includes('stuck') ? 'failed' : 'undone';
  return [{ ...state, phase }, []];
};

const revertNext = (state: RunState): Next => {
  const [step, ...queue] = state.queue;
  if (step !== undefined) return [{ ...state, phase: 'reverting', queue }, [{ do: 'revert', step }]];
  const mayHaveReached = state.steps.some((trait, at) => trait === 'command' && state.progress[at] === 'reverted');
  return state.touchesApp && mayHaveReached
    ? [{ ...state, phase: 'verifying-return' }, [{ do: 'verify', of: 'return' }]]
    : returned(state);
};

const turnBack = (state: RunState, turned: TurnReason): Next => {
  const turning: RunState = { ...state, aim: 'return', turned, mayRefuse: false };
  return revertNext({ ...turning, queue: wayBack(turning) });
};

const SEEN_AS: Readonly<Record<Exclude<Sight, 'unseen'>, Progress>> = {
  before: 'reverted',
  after: 'applied',
  between: 'begun',
  other: 'stuck',
};

/** What is seen on disk counts more than what the journal knew; of commands only the journal knows. */
const seen = (state: RunState, sights: readonly Sight[]): RunState => ({
  ...state,
  progress: state.progress.map((known, step): Progress => {
    const sight = sights[step] ?? 'unseen';
    if (known === 'untouched' || sight === 'unseen') return known;
    return SEEN_AS[sight];
  }),
});

const lookedAfterCrash = (
  state: RunState,
  event: { readonly at: EpochMs },
  sights: readonly Sight[],
  rules: RunRules,
): Next => {
  const now = seen(state, sights);
  const isInTime = event.at - state.begunAt <= rules.finishWithinMs;
  if (state.aim === 'return') return turnBack(now, state.turned ?? 'interrupted');
  if (!isInTime || sights.includes('other')) return turnBack(now, 'interrupted');
  const first = now.progress.findIndex((one) => one !== 'applied');
  return applyFrom({ ...now, aim: 'finish' }, first === -1 ? now.steps.length : first);
};

const lookedBeforeUndo = (state: RunState, sights: readonly Sight[]): Next => {
  const foreign = sights.flatMap((sight, step) =>
    state.steps[step] === 'file' && (sight === 'other' || sight === 'between') ? [step] : [],
  );
  if (foreign.length > 0) return [{ ...state, phase: 'done' }, [{ do: 'refuse', steps: foreign }]];
  return turnBack(seen(state, sights), 'asked');
};

type Handlers = {
  readonly [K in RunEvent['type']]: (state: RunState, event: Extract<RunEvent, { type: K }>, rules: RunRules) => Next;
};

const HANDLERS: Handlers = {
  begun: (state, { at }) => {
    const begun: RunState = { ...state, begunAt: at };
    return state.needsTrial ? [{ ...begun, phase: 'trying' }, [{ do: 'try' }]] : backUp(begun);
  },
  tried: (state, { outcome }, rules) => {
    if (outcome === 'booted' || (outcome === 'not-triable' && rules.mayGoUntried)) return backUp(state);
    return turnBack(state, outcome === 'failed' ? 'trial-failed' : 'untried');
  },
  'backed-up': (state, { error }) => (error === undefined ? applyFrom(state, 0) : turnBack(state, 'backup-failed')),
  applied: (state, { step, error }) =>
    error === undefined ? applyFrom(marked(state, step, 'applied'), step + 1) : turnBack(state, 'apply-failed'),
  verified: (state, { healthy }) => {
    const told: RunState = { ...state, healthyAfter: healthy };
    if (state.phase === 'verifying-return') return returned(told);
    return healthy ? [{ ...told, phase: 'done' }, []] : turnBack(told, 'unhealthy');
  },
  looked: (state, event, rules) =>
    state.mayRefuse ? lookedBeforeUndo(state, event.sights) : lookedAfterCrash(state, event, event.sights, rules),
  reverted: (state, { step, error }) => revertNext(marked(state, step, error === undefined ? 'reverted' : 'stuck')),
  resumed: (state) => {
    if (isOver(state)) return [state, []];
    const resumed: RunState = { ...state, resumed: true };
    if (!state.progress.some((one) => one !== 'untouched')) return turnBack(resumed, 'interrupted');
    return [{ ...resumed, phase: 'looking' }, [{ do: 'look' }]];
  },
  'undo-asked': (state) =>
    state.phase === 'done'
      ? [{ ...state, phase: 'looking', aim: 'return', turned: 'asked', mayRefuse: true }, [{ do: 'look' }]]
      : [state, []],
};

/**
 * The life of a run: trial → backup → apply → verify → done; whatever fails on the way takes back what was applied. After a crash it looks at what
 * really is, then finishes or takes back. Pure: time comes in the event, what is to be done comes out as data.
 */
export const decide = (state: RunState, event: RunEvent, rules: RunRules): Next => {
  const handle = HANDLERS[event.type] as (state: RunState, event: RunEvent, rules: RunRules) => Next;
  return handle(state, event, rules);
};
