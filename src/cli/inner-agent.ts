import type { Log } from '#engine/log.ts';
import type { Running } from '#engine/start.ts';
import { systemClock } from '#engine/system-clock.ts';
import { makeAgent, type MadeAgent } from '#host/make-agent.ts';
import type { Stop } from '#kernel/clock.ts';
import { SECOND } from '#kernel/time.ts';
import { VERSION } from './version-number.ts';

/** So soon a change of `hosts:` is noticed. */
const NOTICE_MS = 5 * SECOND;

const agentOf = ({ brain }: Running, host: { readonly id: string; readonly name: string }, dir: string, log: Log) =>
  makeAgent({
    dir,
    clock: systemClock,
    uplink: () => brain.uplink(host.id, { version: VERSION }),
    onNote: (line) => log.info(line, { host: host.name }),
    onBug: (error) => log.bug(`the agent of ${host.name}`, error),
  });

/** The agent inside a brain: as soon as its configuration has a host with `local: true`, the apps of this machine are watched from inside. */
export const watchOwn = (running: Running, dir: string, log: Log): { stop(): Promise<void> } => {
  let made: MadeAgent | undefined;
  let hostId: string | undefined;
  let stopTimer: Stop = () => undefined;
  let isStopped = false;
  const look = async (): Promise<void> => {
    const host = running.brain.hosts().find(({ host: { local } }) => local)?.host;
    if (host?.id === hostId) return;
    await made?.stop();
    made = undefined;
    hostId = undefined;
    if (host === undefined || isStopped) return;
    made = agentOf(running, host, dir, log);
    hostId = host.id;
    made.agent.start();
  };
  const round = (): void => {
    look()
      .catch((error: unknown) => log.warn(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        if (!isStopped) stopTimer = systemClock.after(NOTICE_MS, round, 'idle');
      });
  };
  round();
  return {
    stop: async () => {
      isStopped = true;
      stopTimer();
      await made?.stop();
    },
  };
};
