import { defined } from '../kernel/defined.ts';
import { HOUR, type EpochMs } from '../kernel/time.ts';
import type { ProcessEvent, ProcessState } from './model.ts';
import { phaseOf, type Phase } from './phase.ts';
import type { SuperviseRules } from './rules.ts';
import type { AppState, Exit, Slot } from './state.ts';

/** So many exits are kept: more than any rule counts, few enough for the state to stay small. */
const EXITS = 30;

const FRESH: Slot = {
  startedAt: 0,
  restarts: 0,
  handledAt: 0,
  running: false,
  downSince: 0,
  stopped: false,
  gaveUpAt: 0,
  endedRun: 0,
  status: '',
  healthy: false,
};

const withSlot = (state: AppState, id: string, slot: Slot): AppState => ({
  ...state,
  slots: { ...state.slots, [id]: slot },
});

/** An exit that nobody wanted goes into the lists that the rules count. */
const addedExit = (state: AppState, exit: Exit): AppState => {
  const hour = Math.floor(exit.at / HOUR);
  const last = state.hours.at(-1);
  return {
    ...state,
    exits: [...state.exits, exit].slice(-EXITS),
    hours:
      last?.hour === hour
        ? [...state.hours.slice(0, -1), { hour, exits: last.exits + 1 }]
        : [...state.hours, { hour, exits: 1 }],
  };
};

/** The last good sign of the app before an exit: a good check, else the run itself when it lived beyond its start. */
const goodBefore = (state: AppState, at: EpochMs, boot: boolean): EpochMs | undefined => {
  const { health } = state;
  if (health !== null) return health.ok ? health.at : health.goodAt;
  return boot ? state.exits.findLast((exit) => exit.goodAt !== undefined)?.goodAt : at;
};

/**
 * Exits that happened unseen, by the manager's counter: each further start is a run that ended. A counter that went back was reset or reloaded,
 * and one that a person's restart moved along tells nothing of crashes.
 */
const unseenExits = (slot: Slot, process: ProcessState): number => {
  if (process.startedAt <= slot.startedAt || process.restarts <= slot.restarts) return 0;
  if ((process.handledAt ?? 0) > slot.handledAt) return 0;
  const accounted = slot.endedRun === slot.startedAt ? 1 : 0;
  return Math.max(0, process.restarts - slot.restarts - accounted);
};

/** Makes up the exits that were missed, spread evenly between what was known and the start of the run that is known now. */
const caughtUp = (state: AppState, process: ProcessState, rules: SuperviseRules): AppState => {
  const slot = state.slots[process.id];
  if (slot === undefined) return state;
  const missed = Math.min(unseenExits(slot, process), EXITS);
  if (missed === 0) return state;
  const span = process.startedAt - slot.startedAt;
  let after = state;
  for (let index = 1; index <= missed; index++) {
    const at = Math.min(state.at, slot.startedAt + Math.round((span * index) / missed));
    const uptimeMs = Math.round(span / missed);
    const boot = uptimeMs < rules.bootMs && !slot.healthy;
    after = addedExit(
      after,
      defined({ at, id: process.id, startedAt: at - uptimeMs, uptimeMs, boot, goodAt: goodBefore(state, at, boot) }),
    );
  }
  return after;
};

/** The start of a run as the machine's clock has it: not in the future, and guessed where the manager does not know. */
const startOf = (process: ProcessState, at: EpochMs, guess: EpochMs): EpochMs =>
  process.startedAt > 0 ? Math.min(process.startedAt, at) : guess;

const laterHand = (slot: Slot | undefined, process: ProcessState): EpochMs =>
  Math.max(process.handledAt ?? 0, slot?.handledAt ?? 0);

/** Was the app healthy in this run? */
const healthyRun = (slot: Slot | undefined, startedAt: EpochMs): boolean =>
  slot !== undefined && slot.startedAt === startedAt && slot.healthy;

/** A process began a run. */
export const started = (state: AppState, process: ProcessState, at: EpochMs, rules: SuperviseRules): AppState => {
  const slot = state.slots[process.id];
  const startedAt = startOf(process, at, at);
  if (slot !== undefined && startedAt < slot.startedAt) return state;
  const next = caughtUp(state, { ...process, startedAt }, rules);
  const run: Slot = {
    ...FRESH,
    startedAt,
    restarts: process.restarts,
    handledAt: laterHand(slot, process),
    running: true,
    endedRun: slot?.endedRun ?? 0,
    status: process.status,
    healthy: healthyRun(slot, startedAt),
  };
  return { ...withSlot(next, process.id, run), manager: { ...next.manager, lost: false } };
};

/** Is this exit part of a deploy that is under way: the end of a process that was there before it? */
const partOfDeploy = (state: AppState, startedAt: EpochMs, at: EpochMs): boolean => {
  const { deploy } = state;
  return deploy !== null && startedAt < deploy.at && at - deploy.at < deploy.graceMs;
};

/** A process ended a run. Told twice, or of a run that is over already, it counts once. */
export const exited = (
  state: AppState,
  event: Extract<ProcessEvent, { type: 'exited' }>,
  at: EpochMs,
  rules: SuperviseRules,
): AppState => {
  const { process } = event;
  const known = state.slots[process.id];
  const startedAt = startOf(process, at, Math.max(0, at - event.uptimeMs));
  if (known !== undefined && (startedAt < known.startedAt || startedAt === known.endedRun)) return state;
  const next = caughtUp(state, { ...process, startedAt }, rules);
  const wanted = event.wanted || partOfDeploy(state, startedAt, at);
  const slot: Slot = {
    ...FRESH,
    startedAt,
    restarts: Math.max(process.restarts, known?.startedAt === startedAt ? known.restarts : 0),
    handledAt: laterHand(known, process),
    downSince: at,
    stopped: wanted,
    endedRun: startedAt,
    status: process.status,
    healthy: healthyRun(known, startedAt),
  };
  const after = withSlot(next, process.id, slot);
  if (event.why === 'memory-limit') return { ...after, memoryRestarts: [...after.memoryRestarts, at].slice(-20) };
  return wanted ? after : addedExit(after, exitOf(state, event, slot, at, rules));
};

const exitOf = (
  state: AppState,
  { process, uptimeMs, code, signal }: Extract<ProcessEvent, { type: 'exited' }>,
  { startedAt, healthy }: Slot,
  at: EpochMs,
  rules: SuperviseRules,
): Exit => {
  const boot = !healthy && uptimeMs < rules.bootMs;
  return defined({ at, id: process.id, startedAt, uptimeMs, boot, code, signal, goodAt: goodBefore(state, at, boot) });
};

/** The manager restarts it no more. */
export const gaveUp = (state: AppState, process: ProcessState, at: EpochMs): AppState => {
  const slot = state.slots[process.id] ?? { ...FRESH, startedAt: process.startedAt, restarts: process.restarts };
  if (slot.startedAt > process.startedAt && process.startedAt > 0) return state;
  return withSlot(state, process.id, {
    ...slot,
    running: false,
    stopped: false,
    downSince: slot.running || slot.downSince === 0 ? at : slot.downSince,
    gaveUpAt: slot.gaveUpAt === 0 ? at : slot.gaveUpAt,
    status: process.status,
  });
};

/**
 * Was it stopped by hand, when it is seen stopped? A manager stops by itself only what may not be restarted (after an exit that was counted);
 * whatever had been given up before, or was running, was stopped by a person.
 */
const stoppedByHand = (slot: Slot | undefined): boolean => {
  if (slot === undefined || slot.running || slot.gaveUpAt > 0) return true;
  return slot.stopped || slot.endedRun !== slot.startedAt || slot.status === 'waiting restart';
};

const seenSlot = (known: Slot | undefined, process: ProcessState, at: EpochMs): Slot => {
  const phase = phaseOf(process);
  const slot = known ?? FRESH;
  const startedAt = startOf(process, at, slot.startedAt);
  const running = phase === 'running';
  return {
    startedAt,
    restarts: process.restarts,
    handledAt: laterHand(known, process),
    running,
    downSince: running ? 0 : downSince(slot, at),
    stopped: phase === 'stopped' && stoppedByHand(known),
    gaveUpAt: gaveUpAt(slot, phase, startedAt, at),
    endedRun: slot.endedRun,
    status: process.status,
    healthy: healthyRun(known, startedAt),
  };
};

const downSince = (slot: Slot, at: EpochMs): EpochMs => (slot.running || slot.downSince === 0 ? at : slot.downSince);

/** PM2 overwrites `errored` with "waiting restart" where a delay is set: what was given up stays so until the next run. */
const gaveUpAt = (slot: Slot, phase: Phase, startedAt: EpochMs, at: EpochMs): EpochMs => {
  if (phase === 'given-up') return slot.gaveUpAt === 0 ? at : slot.gaveUpAt;
  return phase === 'waiting' && slot.startedAt === startedAt ? slot.gaveUpAt : 0;
};

/** Is this look older than what events have told since: of an earlier run, or of one whose end is known? */
const overtaken = (known: Slot, process: ProcessState): boolean => {
  if (process.startedAt <= 0) return false;
  if (process.startedAt < known.startedAt) return true;
  return process.startedAt === known.endedRun && phaseOf(process) === 'running';
};

const lostSlots = (state: AppState, at: EpochMs): AppState['slots'] =>
  Object.fromEntries(
    Object.entries(state.slots).map(([id, slot]) => [
      id,
      { ...slot, running: false, status: 'missing', downSince: downSince(slot, at) },
    ]),
  );

/** All processes of the app, as the manager lists them now. What is no longer listed was deleted or scaled away, but where its manager died meanwhile. */
export const seen = (
  state: AppState,
  processes: readonly ProcessState[],
  at: EpochMs,
  rules: SuperviseRules,
): AppState => {
  let next = state;
  const slots: Record<string, Slot> = {};
  for (const process of processes) {
    const known = state.slots[process.id];
    if (known !== undefined && overtaken(known, process)) {
      slots[process.id] = known;
      continue;
    }
    next = caughtUp(next, process, rules);
    slots[process.id] = seenSlot(known, process, at);
  }
  if (processes.length === 0 && state.manager.lost) return { ...next, slots: lostSlots(state, at) };
  return { ...next, slots, manager: { ...next.manager, lost: false } };
};
