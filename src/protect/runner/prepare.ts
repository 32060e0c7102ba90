import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../kernel/fault.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { Plan, Step } from '../action.ts';
import { stepsToDo, type WorkStep } from '../record.ts';
import { fileHash, hashOf } from './durable.ts';
import { isLink, lookAtFile } from './file.ts';
import { nearFolder } from './place.ts';

/** What making a run of plans is given. */
export interface Preparing {
  readonly runId: string;
  readonly app: string;
  readonly dir: string;
  readonly home: string;
}

const prepareWrite = async (step: Extract<Step, { do: 'write' }>): Promise<WorkStep> => {
  const path = (await isLink(step.path)) ? await realpath(step.path) : step.path;
  const { isPlain } = await lookAtFile(path);
  if (!isPlain) throw new Fault('CONFLICT', `${path} is no plain file.`);
  const beforeHash = step.before === undefined ? undefined : hashOf(step.before);
  if ((await fileHash(path)) !== beforeHash)
    throw new Fault('CONFLICT', `${path} has changed since the plan was made.`, 'Call it again.');
  return {
    do: 'write',
    path,
    after: step.after,
    afterHash: hashOf(step.after),
    ...(beforeHash === undefined ? {} : { beforeHash }),
    ...(step.mode === undefined ? {} : { mode: step.mode }),
  };
};

const preparer = (preparing: Preparing) => {
  const places = new Map<string, number>();
  let near: string | undefined;
  return async (step: Exclude<Step, { do: 'patch' }>): Promise<WorkStep> => {
    if (step.do === 'write') return prepareWrite(step);
    if (step.do !== 'trash') return step;
    near ??= await nearFolder(preparing.app, preparing.dir, preparing.home);
    if (near === undefined)
      throw new Fault(
        'MACHINE_LACKS',
        `There is no place on the file system of ${preparing.dir} that this user may write: nothing can be moved away safely.`,
        'Call Dozor as the user who owns the app.',
      );
    const name = basename(step.path);
    const count = places.get(name) ?? 0;
    places.set(name, count + 1);
    const to = join(near, 'trash', preparing.runId, count === 0 ? name : `${count}-${name}`);
    return { do: 'trash', path: step.path, to, bytes: step.bytes };
  };
};

/** Turns plans into the steps of a run; what the plans saw must still be so. */
export const prepareSteps = async (
  plans: readonly Plan[],
  preparing: Preparing,
): Promise<Result<readonly WorkStep[], Fault>> => {
  const prepare = preparer(preparing);
  const steps: WorkStep[] = [];
  try {
    for (const step of stepsToDo(plans)) steps.push(await prepare(step));
    return ok(steps);
  } catch (error) {
    if (error instanceof Fault) return err(error);
    throw error;
  }
};
