import { systemClock } from '../engine/system-clock.ts';
import { Fault } from '../kernel/fault.ts';
import { redact } from '../kernel/redact.ts';
import { lockFolder } from '../store/sqlite/lock.ts';
import { readFileOf, type Membership } from '../witness/files.ts';
import type { AgentTask } from './lean.ts';
import { BrainLink } from './link.ts';
import { makeAgent } from './make-agent.ts';

/** A small heap is collected when there is reason to; an agent at rest has none for hours. */
const COLLECT_EVERY_MS = 60_000;

const say = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${redact(line)}\n`);
};

const bug = (error: unknown): void =>
  say(`bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);

/** Watches until it is told to stop. Without a task it only loads itself, which fills the compile cache. */
const run = ({ dir, version }: AgentTask): void => {
  const membership = readFileOf<Membership>(dir, 'agent');
  if (membership === undefined) throw new Error(`${dir} has joined no brain`);
  const lock = lockFolder(dir);
  let link: BrainLink | undefined;
  const { key } = membership;
  const made = makeAgent({
    dir,
    clock: systemClock,
    uplink: ({ revision }) => {
      link = new BrainLink({ brain: membership, key, version, now: () => systemClock.now(), briefing: revision });
      return link;
    },
    clockSkew: () => link?.clockSkewMs,
    onNote: say,
    onBug: bug,
  });
  process.on('unhandledRejection', bug);
  const end = (): void => {
    // What is under way at the brain must not keep the end waiting.
    setTimeout(() => process.exit(0), 3_000).unref();
    link?.close();
    void made.stop().then(() => {
      lock.release();
      process.exit(0);
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  setInterval(() => {
    globalThis.gc?.();
  }, COLLECT_EVERY_MS);
  made.agent.start();
};

const task = process.argv[2];
if (task !== undefined)
  try {
    run(JSON.parse(task) as AgentTask);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${error.message}\n${error.hint}\n`);
    process.exitCode = error.exit;
  }
