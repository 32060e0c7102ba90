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

const launch = async (port: number, wrap: readonly string[], host: string) => {
  const [command, ...rest] = [...wrap, process.execPath, import.meta.filename, String(port), host];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, url: first.trim() };
};

/** Starts a target as a process; `wrap` is a command before it that replaces itself by it, such as `ip netns exec NAME`; `host`: where it listens. */
export const startTargetProcess = async (wrap: readonly string[] = [], host = '127.0.0.1'): Promise<TargetProcess> => {
  let { child, url } = await launch(0, wrap, host);
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
      ({ child, url } = await launch(Number(new URL(url).port), wrap, host));
    },
    close: kill,
  };
};

if (import.meta.main) {
  const target = await startTarget({ port: Number(process.argv[2] ?? 0), host: process.argv[3] ?? '127.0.0.1' });
  process.stdout.write(`${target.url}\n`);
}
