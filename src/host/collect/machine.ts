import { hostname } from 'node:os';
import type { DiskFact, MachineFacts } from '#diagnose/machine-facts.ts';
import { unknown, valueOf, type Known } from '#diagnose/known.ts';
import { isShort } from '#diagnose/disk-room.ts';
import type { Ms } from '#kernel/time.ts';
import { collectClockSkew, type AskTime } from './clock.ts';
import { within } from './deadline.ts';
import { collectDisks } from './disks.ts';
import { collectLargest } from './largest.ts';
import { collectLoad, collectMemory } from './memory.ts';
import { collectOomKills } from './oom.ts';
import { collectPorts } from './ports.ts';
import { readBootTime } from './processes.ts';

/** What the collecting of a machine's facts may use. */
export interface MachineQuestion {
  /** Everything is answered, or told as not known, by then. */
  readonly limit: Ms;
  readonly askTime?: AskTime;
}

/** The walk for the largest folders ends a little before the deadline, so that what it has found by then is told. */
const LARGEST_SHARE = 0.7;

const largestOf = async (disks: Known<readonly DiskFact[]>, limit: Ms): Promise<MachineFacts['largest']> => {
  const short = valueOf(disks)?.find((disk) => isShort(disk));
  if (short === undefined) return unknown('unsupported', 'no disk is short');
  const by = short.freeBytes > short.totalBytes * 0.05 ? 'files' : 'bytes';
  return within(limit, async () => {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), limit * LARGEST_SHARE);
    try {
      return await collectLargest(short.mount, ending.signal, by);
    } finally {
      clearTimeout(timer);
    }
  });
};

/** All facts of the machine, collected side by side under one deadline. */
export const collectMachine = async ({ limit, askTime }: MachineQuestion): Promise<MachineFacts> => {
  const started = performance.now();
  const at = Date.now();
  const disksFound = within(limit, collectDisks);
  const largestFound = disksFound.then((disks) => largestOf(disks, limit - (performance.now() - started)));
  const [load, memory, disks, largest, ports, oomKills, clockSkewMs, bootedAt] = await Promise.all([
    within(limit, collectLoad),
    within(limit, collectMemory),
    disksFound,
    largestFound,
    within(limit, collectPorts),
    within(limit, collectOomKills),
    within(limit, (signal) => collectClockSkew(askTime, signal)),
    within(limit, readBootTime),
  ]);
  return { at, hostname: hostname(), load, memory, disks, largest, ports, oomKills, clockSkewMs, bootedAt };
};
