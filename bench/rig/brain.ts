import { once } from 'node:events';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openStage, type RunningBrain, type Stage } from '../../test/e2e/harness.ts';
import { LOOPBACK_CONTROLS, type Piece } from '../../test/e2e/settings.ts';

/** Runs with a folder, brains and fakes of its own; all of it ends afterwards, also when `work` throws. */
export const onStage = async (work: (stage: Stage) => Promise<void>): Promise<void> => {
  const endings: (() => void | Promise<void>)[] = [];
  try {
    await work(openStage({ after: (end) => endings.push(end) }));
  } finally {
    for (const end of endings) await end();
  }
};

/** Many monitors of one server, ten to a service, all settings but theirs at their defaults; nothing leaves the machine. */
export const manyMonitors = (count: number, urlOf: (index: number) => string, monitor: Piece): Piece => ({
  locale: 'en',
  timezone: 'UTC',
  network: LOOPBACK_CONTROLS,
  services: Array.from({ length: Math.ceil(count / 10) }, (_, group) => ({
    name: `service ${group}`,
    monitors: Array.from({ length: Math.min(10, count - group * 10) }, (_one, place) => ({
      name: `monitor ${group * 10 + place}`,
      kind: 'http',
      url: urlOf(group * 10 + place),
      // a copy each: shared parts would be written as aliases of one
      ...structuredClone(monitor),
    })),
  })),
});

/** What the brain says of itself. */
export interface OwnFigures {
  readonly checksTotal: number;
  readonly lateness: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly problems: readonly string[];
}

/** Asks the brain over its socket. */
export const ownFigures = async (brain: RunningBrain): Promise<OwnFigures> => {
  const { status, body } = await brain.api('GET', '/status');
  if (status !== 200) throw new Error(`the brain answered ${status}`);
  return body.health as OwnFigures;
};

/** The bare loop as a process. */
export interface BareLoop {
  readonly pid: number;
  count(): Promise<number>;
  close(): void;
}

/** Starts the bare loop; `rate` a second, 0 for as fast as it goes. */
export const startBareLoop = (port: number, rate: number): BareLoop => {
  const child = fork(join(import.meta.dirname, 'bare-loop.ts'), [String(port), String(rate)]);
  return {
    pid: child.pid ?? 0,
    count: async () => {
      child.send('count');
      const [count] = (await once(child, 'message')) as [number];
      return count;
    },
    close: () => void child.kill(),
  };
};
