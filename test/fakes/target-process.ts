import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startTarget } from './target.ts';

/** A target in a process of its own. */
export interface TargetProcess {
  readonly url: string;
  readonly pid: number;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets it stand still (`SIGSTOP`): its port accepts, nobody answers; `SIGCONT` ends that. */
  signal(name: NodeJS.Signals): void;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const launch = async (port: number) => {
  const child = spawn(process.execPath, [import.meta.filename, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, url: first.trim() };
};

/** Starts a target as a process. */
export const startTargetProcess = async (): Promise<TargetProcess> => {
  let { child, url } = await launch(0);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    signal: (name) => void child.kill(name),
    restart: async () => {
      ({ child, url } = await launch(Number(new URL(url).port)));
    },
    close: kill,
  };
};

if (import.meta.main) {
  const target = await startTarget({ port: Number(process.argv[2] ?? 0) });
  process.stdout.write(`${target.url}\n`);
}
