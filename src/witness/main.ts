import { systemClock } from '../engine/system-clock.ts';
import { childHelper } from './child-helper.ts';
import { readFileOf, type Membership } from './files.ts';
import type { LeanTask } from './lean.ts';
import { Sentry } from './sentry.ts';

/** V8 counts little of what a closed TLS connection leaves behind and would let 20 kB of each pile up for hours. */
const COLLECT_EVERY_MS = 30_000;

/** Watches until it is told to stop. Without a task it only loads itself, which fills the compile cache. */
const watch = ({ dir, rules, version, ...more }: LeanTask): void => {
  const membership = readFileOf<Membership>(dir, 'membership');
  if (membership === undefined) throw new Error(`${dir} has joined no brain`);
  const sentry = new Sentry({
    clock: systemClock,
    dir,
    membership,
    rules,
    version,
    helper: childHelper({ dir, rules, ...more }),
    say: (line) => process.stdout.write(`${new Date().toISOString()} ${line}\n`),
  });
  const stop = (): void => void sentry.stop().then(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  setInterval(() => {
    globalThis.gc?.();
  }, COLLECT_EVERY_MS);
  sentry.start();
};

const task = process.argv[2];
if (task !== undefined) watch(JSON.parse(task) as LeanTask);
