import { join } from 'node:path';
import { Fault } from '../../kernel/fault.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { decide, isOver, type RunEffect, type RunEvent, type RunState, type Sight } from '../run.ts';
import type { PastRun, RunRecord } from '../record.ts';
import { beginJournal, continueJournal, readRun, runIds, stateOf, type JournalFile } from './journal-file.ts';
import { acquire } from './lock.ts';
import { applyStep, backUpStep, clearLeftovers, lookAtStep, revertStep, type Performing } from './perform.ts';
import { appKey, privateFolder, protectFolder } from './place.ts';

/** What a run needs of the world besides the disk. */
export interface RunParts {
  /** The home of the user who runs Dozor: runs are written down below it. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): EpochMs;
  /** Boots the planned state beside the running app. */
  try(record: RunRecord): Promise<'booted' | 'failed' | 'not-triable'>;
  /** Whether the app is well after the change, or after it was taken back. */
  verify(record: RunRecord, of: 'plan' | 'return'): Promise<boolean>;
  /** Told before and after everything that is done. */
  tell?(news: RunNews): void;
  /** Aborted: what is applied is taken back. */
  readonly signal?: AbortSignal;
  /** Called at each point at which the process may die. */
  readonly point?: (name: string) => void;
}

/** What a run is doing, for people who wait. */
export type RunNews =
  | { readonly now: RunEffect; readonly record: RunRecord }
  | { readonly happened: RunEvent; readonly record: RunRecord };

/** A run that was carried out, taken up again or undone. */
export interface RunEnd extends PastRun {
  /** The steps that kept an undo from beginning: somebody changed their files since. */
  readonly refused: readonly number[];
}

const runsFolder = (home: string, app: string, dir: string): string =>
  join(protectFolder(home), appKey(app, dir), 'runs');

interface Under {
  readonly record: RunRecord;
  readonly journal: JournalFile;
  readonly how: Performing;
  readonly parts: RunParts;
}

const outcomeOf = async (doing: Promise<void>): Promise<{ readonly error?: string }> => {
  try {
    await doing;
    return {};
  } catch (error) {
    return { error: (error as Error).message };
  }
};

const stepOf = ({ record }: Under, at: number): RunRecord['steps'][number] => {
  const step = record.steps[at];
  if (step === undefined) throw new Error(`run ${record.id} has no step ${at}`);
  return step;
};

const backUpAll = async ({ record, how }: Under): Promise<void> => {
  for (const [at, step] of record.steps.entries()) await backUpStep(step, at, how);
};

const stopped = async (): Promise<void> => {
  throw new Error('stopped by hand');
};

/** Does what the machine asks for, and gives what came of it as the next event. */
const performed = async (effect: RunEffect, under: Under): Promise<RunEvent | undefined> => {
  const { record, parts, how } = under;
  const at = (): EpochMs => parts.now();
  if (effect.do === 'try') return { type: 'tried', outcome: await parts.try(record), at: at() };
  if (effect.do === 'back-up') return { type: 'backed-up', ...(await outcomeOf(backUpAll(under))), at: at() };
  if (effect.do === 'apply') {
    const { step } = effect;
    const doing = parts.signal?.aborted === true ? stopped() : applyStep(stepOf(under, step), step, how);
    return { type: 'applied', step, ...(await outcomeOf(doing)), at: at() };
  }
  if (effect.do === 'verify') return { type: 'verified', healthy: await parts.verify(record, effect.of), at: at() };
  if (effect.do === 'look') {
    const sights: Sight[] = [];
    for (const step of record.steps) sights.push(await lookAtStep(step));
    return { type: 'looked', sights, at: at() };
  }
  if (effect.do === 'refuse') return undefined;
  const { step } = effect;
  return { type: 'reverted', step, ...(await outcomeOf(revertStep(stepOf(under, step), step, how))), at: at() };
};

const drive = async (
  from: RunState,
  first: RunEvent,
  under: Under,
): Promise<readonly [RunState, readonly number[]]> => {
  const { record, journal, parts, how } = under;
  let state = from;
  let event: RunEvent | undefined = first;
  let refused: readonly number[] = [];
  while (event !== undefined) {
    how.point(`before ${event.type} is written`);
    await journal.add(event);
    how.point(`after ${event.type} is written`);
    parts.tell?.({ happened: event, record });
    const [next, [effect]] = decide(state, event, record.rules);
    state = next;
    if (effect === undefined) break;
    if (effect.do === 'refuse') refused = effect.steps;
    parts.tell?.({ now: effect, record });
    event = await performed(effect, under);
    how.point(`after ${effect.do}`);
  }
  return [state, refused];
};

const underWay = (record: RunRecord, folder: string, journal: JournalFile, parts: RunParts): Under => ({
  record,
  journal,
  parts,
  how: {
    runId: record.id,
    backups: join(folder, 'backup'),
    env: parts.env,
    point: parts.point ?? (() => undefined),
  },
});

const goOn = async (
  folder: string,
  past: PastRun,
  type: 'resumed' | 'undo-asked',
  parts: RunParts,
): Promise<RunEnd> => {
  const journal = await continueJournal(folder);
  const under = underWay(past.record, folder, journal, parts);
  try {
    await clearLeftovers(past.record.steps, past.record.id);
    const [, refused] = await drive(past.state, { type, at: parts.now() }, under);
    const now = await readRun(folder);
    if (now === undefined) throw new Error(`run ${past.record.id} is no longer there`);
    return { ...now, refused };
  } finally {
    await journal.close();
  }
};

/** Every run of an app that was written down, oldest first. */
export const pastRuns = async (app: string, dir: string, home: string): Promise<readonly PastRun[]> => {
  const folder = runsFolder(home, app, dir);
  const runs: PastRun[] = [];
  for (const id of await runIds(folder)) {
    const run = await readRun(join(folder, id));
    if (run !== undefined) runs.push(run);
  }
  return runs;
};

/** What a holder of an app's lock may do. */
export interface Held {
  /** Finishes or takes back what a process that died had begun; undefined when there is nothing of the kind. */
  settle(): Promise<RunEnd | undefined>;
  /** Carries out a run. */
  carryOut(record: RunRecord): Promise<RunEnd>;
  /**
   * Takes a run back.
   * @throws Fault NOT_FOUND, CONFLICT when it is not one that can be taken back
   */
  undo(id: string): Promise<RunEnd>;
}

const settle = async (folder: string, parts: RunParts): Promise<RunEnd | undefined> => {
  let last: RunEnd | undefined;
  for (const id of await runIds(folder)) {
    const run = await readRun(join(folder, id));
    if (run === undefined || isOver(run.state)) continue;
    last = await goOn(join(folder, id), run, 'resumed', parts);
  }
  return last;
};

const carryOut = async (folder: string, record: RunRecord, parts: RunParts): Promise<RunEnd> => {
  const own = join(folder, record.id);
  const journal = await beginJournal(own, record);
  const under = underWay(record, own, journal, parts);
  try {
    under.how.point('after the plan is written');
    await drive(stateOf(record), { type: 'begun', at: parts.now() }, under);
    const now = await readRun(own);
    if (now === undefined) throw new Error(`run ${record.id} is no longer there`);
    return { ...now, refused: [] };
  } finally {
    await journal.close();
  }
};

const undo = async (folder: string, id: string, parts: RunParts): Promise<RunEnd> => {
  const ids = await runIds(folder);
  const run = ids.includes(id) ? await readRun(join(folder, id)) : undefined;
  if (run === undefined)
    throw new Fault(
      'NOT_FOUND',
      `There is no run ${id} of this app.`,
      `Runs: ${ids.slice(-5).join(', ') || 'none yet'}`,
    );
  if (run.state.phase !== 'done')
    throw new Fault('CONFLICT', `Run ${id} is ${run.state.phase}: there is nothing of it to undo.`);
  return goOn(join(folder, id), run, 'undo-asked', parts);
};

/**
 * Does something while no other process runs anything on this app.
 * @throws Fault CONFLICT when one does
 */
export const holding = async <T>(
  app: string,
  dir: string,
  parts: RunParts,
  work: (held: Held) => Promise<T>,
): Promise<T> => {
  const folder = runsFolder(parts.home, app, dir);
  await privateFolder(protectFolder(parts.home));
  await privateFolder(folder);
  const lock = await acquire(join(folder, '..', 'lock'));
  if (!lock.ok)
    throw new Fault(
      'CONFLICT',
      `Process ${lock.error.pid} is working on ${app} right now.`,
      'Wait for its end; a lock of a process that died is taken over by itself.',
    );
  try {
    return await work({
      settle: async () => settle(folder, parts),
      carryOut: async (record) => carryOut(folder, record, parts),
      undo: async (id) => undo(folder, id, parts),
    });
  } finally {
    await lock.value.release();
  }
};
