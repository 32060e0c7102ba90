import { spawn } from 'node:child_process';
import type { ActionApp, ActionContext, Ran } from '#protect/define.ts';

type Looking = NonNullable<Parameters<ActionContext['look']>[1]>;

/** Runs a program as the runner does for an action that looks. */
export const look = async (argv: readonly string[], options: Looking = {}): Promise<Ran> => {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
  });
  const [out, error]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => error.push(part));
  // A program that reads nothing closes its end: how it fares is told by its exit.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | undefined>((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('close', (status) => resolve(status ?? undefined));
  });
  const ran = { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(error).toString() };
  return code === undefined ? ran : { ...ran, code };
};

/** What an action is given in tests: the machine as it is, without PM2 unless given. */
export const actionContext = (
  app: Partial<ActionApp> & Pick<ActionApp, 'dir'>,
  over: Partial<Omit<ActionContext, 'app'>> = {},
): ActionContext => ({
  app: { name: 'api', manager: 'pm2', artifacts: [], ...app },
  protected: [app.name ?? 'api'],
  agent: true,
  sources: async () => ({ code: [], preloaded: false }),
  bootedBy: async () => undefined,
  node: process.execPath,
  env: process.env,
  home: app.dir,
  root: process.getuid?.() === 0,
  now: 1_766_000_000_000,
  signal: new AbortController().signal,
  given: {},
  look,
  ...over,
});
