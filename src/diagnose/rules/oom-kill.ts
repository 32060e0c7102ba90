import type { AppFacts } from '../app-facts.ts';
import { clue } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Clue, Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import type { OomKillFact } from '../machine-facts.ts';
import { defineRule } from '../rule.ts';
import { told } from '../signature.ts';

/** The kernel's clock and the manager's log (whole seconds) agree within this. */
const SAME_MOMENT_MS = 5_000;
const RECENT_MS = 60 * 60_000;

const isNode = (program: string): boolean => /^(node|MainThread|npm|tsx)/.test(program);

interface Match {
  readonly kill: OomKillFact;
  readonly sure: number;
}

/** A kill that no pid joins to an app whose ends are not known: by its name and moment alone, and only for what SIGKILL ended. */
const sureByName = ({ program, at }: OomKillFact, reading: Reading, now: number): number => {
  if (reading.signal !== 'SIGKILL' || !isNode(program)) return 0;
  if (at === undefined) return 0.6;
  return now - at > RECENT_MS ? 0 : 0.75;
};

/** A process that lives is none that was killed, however its number fits: numbers come again. */
const isPidOf = (kill: OomKillFact, app: AppFacts | undefined): boolean =>
  valueOf(app?.manager)?.processes.some(({ pid, isAlive }) => pid === kill.pid && !isAlive) === true;

const sureOf = (kill: OomKillFact, app: AppFacts | undefined, reading: Reading, now: number): number => {
  if (isPidOf(kill, app)) return 0.97;
  const { at } = kill;
  const exits = valueOf(app?.logs)?.exits ?? [];
  if (at === undefined || exits.length === 0) return sureByName(kill, reading, now);
  // Where moments of both are known and none fits, it was somebody else's process.
  const near = exits.find((exit) => Math.abs(exit.at - at) < SAME_MOMENT_MS);
  if (near === undefined) return 0;
  if (near.signal === undefined) return 0.8;
  // The kernel kills by SIGKILL alone: what ended by another signal at that moment ended by itself.
  return near.signal === 'SIGKILL' ? 0.96 : 0;
};

const matchOf = (kill: OomKillFact, facts: Facts, reading: Reading): readonly Match[] => {
  const sure = sureOf(kill, facts.app, reading, facts.at);
  return sure === 0 ? [] : [{ kill, sure }];
};

const trendClue = (app: AppFacts | undefined): readonly Clue[] => {
  const slope = valueOf(app?.manager)?.processes.find(
    ({ memorySlopeBytesPerHour }) => (memorySlopeBytesPerHour ?? 0) > 0,
  )?.memorySlopeBytesPerHour;
  return slope === undefined ? [] : [clue('memory', 'memory-grows', { bytesPerHour: Math.round(slope) })];
};

const memoryClue = (facts: Facts): readonly Clue[] => {
  const memory = valueOf(facts.machine?.memory);
  if (memory === undefined) return [];
  const { totalBytes, availableBytes, swapTotalBytes } = memory;
  return [clue('memory', 'memory-left', { totalBytes, availableBytes, swapTotalBytes })];
};

const judge = (reading: Reading, facts: Facts): readonly Finding[] => {
  const matches = (valueOf(facts.machine?.oomKills) ?? []).flatMap((kill) => matchOf(kill, facts, reading));
  const [best] = [...matches].sort((a, b) => b.sure - a.sure || (b.kill.at ?? 0) - (a.kill.at ?? 0));
  if (best === undefined) return [];
  const { kill } = best;
  return [
    {
      cause: 'kernel-out-of-memory',
      params: { pid: kill.pid, ...(kill.rssBytes === undefined ? {} : { rssBytes: kill.rssBytes }) },
      confidence: best.sure,
      evidence: [
        clue(
          'kernel',
          kill.isGroupLimit ? 'killed-at-group-limit' : 'killed-for-memory',
          {
            pid: kill.pid,
            program: told(kill.program),
            count: matches.length,
            ...(kill.rssBytes === undefined ? {} : { rssBytes: kill.rssBytes }),
          },
          kill.at,
        ),
        ...trendClue(facts.app),
        ...memoryClue(facts),
      ],
    },
  ];
};

/** What the kernel's log says of processes killed for memory, joined with the app's ends. */
export const oomKill = defineRule({
  name: 'oom-kill',
  causes: ['kernel-out-of-memory'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
