import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A server to be watched, in a process of its own, so that its work is not counted as the watch's. */
export interface TargetServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT/m/INDEX`; arrivals are recorded per path. */
  readonly url: (index: number) => string;
  /** Requests so far. */
  count(): Promise<number>;
  /** For each path the moments at which it was asked, epoch ms with fractions. */
  arrivals(): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Forgets the arrivals so far. */
  forget(): Promise<void>;
  close(): void;
}

/** Starts it. */
export const startTargetServer = async (): Promise<TargetServer> => {
  const child = fork(join(import.meta.dirname, 'target-server.ts'), { serialization: 'advanced' });
  const [port] = (await once(child, 'message')) as [number];
  const ask = async (what: string): Promise<unknown> => {
    child.send(what);
    const [answer] = (await once(child, 'message')) as [unknown];
    return answer;
  };
  return {
    port,
    url: (index) => `http://127.0.0.1:${port}/m/${index}`,
    count: async () => Number(await ask('count')),
    arrivals: async () => new Map((await ask('arrivals')) as [string, number[]][]),
    forget: async () => void (await ask('forget')),
    close: () => void child.kill(),
  };
};
