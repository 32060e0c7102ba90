import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WitnessRules } from '../config/witness-rules.ts';
import { MINUTE, SECOND, type Ms } from '../kernel/time.ts';
import type { Helper } from './helper.ts';

/** One task for a child. Holds no secrets: those stand in the environment and in the files. */
export interface Task {
  readonly task: keyof Helper;
  readonly input: object;
  readonly dir: string;
  /** The witness's configuration, if there is one. */
  readonly file?: string;
  readonly rules: WitnessRules;
}

/** Telling goes on while tries are close together; looking and judging have to be quick. */
const LIMITS: Readonly<Record<keyof Helper, Ms>> = { look: 15 * SECOND, judge: 30 * SECOND, deliver: 10 * MINUTE };

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

const runChild = (task: Task): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, JSON.stringify(task)], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    const deadline = setTimeout(() => child.kill('SIGKILL'), LIMITS[task.task]);
    const fail = (why: string): void => reject(new Error(`${task.task}: ${why}`));
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.stdin.on('error', () => child.kill('SIGKILL'));
    child.on('error', (error) => fail(error.message));
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      if (code !== 0) return fail(`the child ended with ${signal ?? `code ${code}`}`);
      return resolve((JSON.parse(text) as { readonly outcome: unknown }).outcome ?? undefined);
    });
  });

/** The helper of a lean process: each task is done by a child that lives as long as the task. */
export const childHelper = (world: Pick<Task, 'dir' | 'file' | 'rules'>): Helper => {
  const ask = async (task: keyof Helper, input: object): Promise<unknown> => runChild({ ...world, task, input });
  return {
    look: async (input) => (await ask('look', input)) as Awaited<ReturnType<Helper['look']>>,
    judge: async (input) => (await ask('judge', input)) as Awaited<ReturnType<Helper['judge']>>,
    deliver: async (input) => (await ask('deliver', input)) as Awaited<ReturnType<Helper['deliver']>>,
  };
};
