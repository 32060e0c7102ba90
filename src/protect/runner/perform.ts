import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { redact } from '../../kernel/redact.ts';
import type { WorkStep } from '../record.ts';
import type { Sight } from '../run.ts';
import { runCommand } from './command.ts';
import { isThere, renameDurably, syncPath } from './durable.ts';
import { keepCopy, lookAtFile, putBack, replaceFile, temporaryOf } from './file.ts';
import { makeNear } from './place.ts';

/** What performing a step is given. */
export interface Performing {
  readonly runId: string;
  /** Where copies of what is overwritten are kept. */
  readonly backups: string;
  /** The environment for commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called at each point at which the process may die. */
  readonly point: (name: string) => void;
}

type Of<Do extends WorkStep['do']> = Extract<WorkStep, { do: Do }>;

interface Performer<Do extends WorkStep['do']> {
  look(step: Of<Do>): Promise<Sight>;
  backUp(step: Of<Do>, copy: string): Promise<void>;
  /** Does it, from any sight but `other`; doing it twice changes nothing more. */
  apply(step: Of<Do>, copy: string, how: Performing): Promise<void>;
  /** Takes it back, from any sight but `other`. */
  revert(step: Of<Do>, copy: string, how: Performing): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/** The folder for what is moved away is made with the first thing that goes there. */
const moveTo = async (from: string, to: string): Promise<void> => {
  await makeNear(dirname(to));
  await renameDurably(from, to);
};

const write: Performer<'write'> = {
  look: async ({ path, beforeHash, afterHash }) => {
    const { hash, isPlain } = await lookAtFile(path);
    if (!isPlain) return 'other';
    if (hash === afterHash) return 'after';
    return hash === beforeHash ? 'before' : 'other';
  },
  backUp: async ({ path, beforeHash }, copy) => (beforeHash === undefined ? undefined : keepCopy(path, copy)),
  apply: async ({ path, after, beforeHash, mode }, _copy, { runId, point }) =>
    replaceFile(path, after, {
      runId,
      beforeRename: () => point('renaming'),
      ...(beforeHash === undefined ? {} : { like: path }),
      ...(mode === undefined ? {} : { mode }),
    }),
  revert: async ({ path, beforeHash }, copy, { runId, point }) =>
    putBack(path, beforeHash === undefined ? undefined : copy, { runId, beforeRename: () => point('putting back') }),
};

const trash: Performer<'trash'> = {
  look: async ({ path, to }) => {
    const [here, there] = [await isThere(path), await isThere(to)];
    if (here === there) return 'other';
    return here ? 'before' : 'after';
  },
  backUp: nothing,
  apply: async ({ path, to }) => moveTo(path, to),
  revert: async ({ path, to }) => renameDurably(to, path),
};

const doomed = (path: string, runId: string): string => join(dirname(path), `.dozor-gone-${runId}`);

const remove: Performer<'delete'> = {
  look: async ({ path }) => ((await isThere(path)) ? 'before' : 'after'),
  backUp: nothing,
  apply: async ({ path }, _copy, { runId, point }) => {
    const gone = doomed(path, runId);
    await rm(gone, { recursive: true, force: true });
    if (await isThere(path)) await rename(path, gone);
    point('deleting');
    await rm(gone, { recursive: true, force: true });
    await syncPath(dirname(path));
  },
  revert: nothing,
};

const swap: Performer<'swap'> = {
  look: async ({ path, staged, aside }) => {
    const [here, away] = [await isThere(path), await isThere(aside)];
    if (staged === undefined) {
      if (here === away) return 'other';
      return here ? 'before' : 'after';
    }
    if (await isThere(staged)) return away && !here ? 'between' : away ? 'other' : 'before';
    return here ? 'after' : 'other';
  },
  backUp: nothing,
  apply: async ({ path, staged, aside }, _copy, { point }) => {
    if ((await isThere(path)) && !(await isThere(aside))) await moveTo(path, aside);
    point('between two renames');
    if (staged === undefined || !(await isThere(staged))) return;
    await mkdir(dirname(path), { recursive: true });
    await renameDurably(staged, path);
  },
  revert: async ({ path, staged, aside }, _copy, { point }) => {
    if (staged !== undefined && !(await isThere(staged)) && (await isThere(path))) await renameDurably(path, staged);
    point('between two renames back');
    if (await isThere(aside)) await renameDurably(aside, path);
  },
};

const lastWords = (said: string): string => redact(said.trim().split('\n').slice(-8).join('\n')).slice(-1_500);

const command = async (argv: readonly string[], step: Of<'run'>, { env }: Performing): Promise<void> => {
  const { timeoutMs, cwd } = step;
  const ended = await runCommand(argv, {
    timeoutMs,
    env: { ...env, ...step.env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (ended.code === 0 || step.mayFail === true) return;
  const how = ended.isLate ? `not ended after ${timeoutMs} ms` : `exit ${ended.code ?? ended.signal ?? 'unknown'}`;
  throw new Error(`${argv.join(' ')}: ${ended.error ?? how}\n${lastWords(ended.said)}`.trim());
};

const run: Performer<'run'> = {
  look: async () => 'unseen',
  backUp: nothing,
  apply: async (step, _copy, how) => command(step.argv, step, how),
  revert: async (step, _copy, how) => (step.undo === undefined ? undefined : command(step.undo, step, how)),
};

const PERFORMERS: { readonly [Do in WorkStep['do']]: Performer<Do> } = { write, trash, delete: remove, swap, run };

const performerOf = (step: WorkStep): Performer<WorkStep['do']> => PERFORMERS[step.do] as Performer<WorkStep['do']>;

const copyOf = (at: number, { backups }: Pick<Performing, 'backups'>): string => join(backups, String(at));

/** How a step stands on disk now. */
export const lookAtStep = async (step: WorkStep): Promise<Sight> => performerOf(step).look(step);

/** Keeps what a step is going to overwrite. */
export const backUpStep = async (step: WorkStep, at: number, how: Performing): Promise<void> =>
  performerOf(step).backUp(step, copyOf(at, how));

const CHANGED = 'has been changed by somebody since';

const placeOf = (step: WorkStep): string => (step.do === 'run' ? step.argv.join(' ') : step.path);

/** Does a step. Rejects when somebody changed its file meanwhile, or with what the system or the program said; then nothing of it counts as done. */
export const applyStep = async (step: WorkStep, at: number, how: Performing): Promise<void> => {
  const sight = await lookAtStep(step);
  if (sight === 'other') throw new Error(`${placeOf(step)} ${CHANGED}`);
  if (sight !== 'after') await performerOf(step).apply(step, copyOf(at, how), how);
};

/** Takes a step back. Rejects when somebody changed its file since. */
export const revertStep = async (step: WorkStep, at: number, how: Performing): Promise<void> => {
  const sight = await lookAtStep(step);
  if (sight === 'other') throw new Error(`${placeOf(step)} ${CHANGED}`);
  if (sight !== 'before') await performerOf(step).revert(step, copyOf(at, how), how);
};

/** Removes what a process that died left beside the files. */
export const clearLeftovers = async (steps: readonly WorkStep[], runId: string): Promise<void> => {
  for (const step of steps) {
    if (step.do === 'write') await rm(temporaryOf(step.path, runId), { force: true });
    if (step.do === 'delete') await rm(doomed(step.path, runId), { recursive: true, force: true });
  }
};
