import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Write } from '#store/contract.ts';
import { openStore } from '#store/sqlite/open.ts';

/**
 * What saving costs: CPU of the whole process (all threads) for 10,000 checks through `write`, at 50 a second as the engine makes them
 * (`--rate N` for another rate), tending included; and the engine thread's own share of it per write.
 */
const CHECKS = Number(process.argv[2] ?? 1_000);
const RATE = Number(process.argv[3] ?? 50);
const DAY = 86_400_000;

const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };
const dir = mkdtempSync(join(tmpdir(), 'dozor-write-'));
const retention = { checksMs: 7 * DAY, minutesMs: 14 * DAY, hoursMs: 730 * DAY };
const store = await openStore({ dir, clock, quotaBytes: 2 ** 40, keepFreeBytes: 0, retention });

const checkOf = (index: number): Write => ({
  put: 'check',
  check: {
    monitor: 1 + (index % 100),
    startedAt: Date.now(),
    tookMs: 90 + (index % 37),
    class: 'ok',
    source: 'full',
    verdict: 'up',
    phases: { dns: 1.2, tcp: 15.3, tls: 27.4, ttfb: 43.1, body: 0.3 },
    ip: `192.0.2.${index % 100}`,
    status: 200,
  },
});

await wait(300);
const before = process.cpuUsage();
let inWrite = 0;
let pending: Promise<void>[] = [];
const start = performance.now();
for (let index = 0; index < CHECKS; index += 1) {
  const due = start + (index * 1000) / RATE;
  const ahead = due - performance.now();
  if (ahead > 1) await wait(ahead);
  const writes = [checkOf(index)];
  const entered = performance.now();
  pending.push(store.write(writes));
  inWrite += performance.now() - entered;
  if (pending.length === 1_000) {
    await Promise.all(pending);
    pending = [];
  }
}
await Promise.all(pending);
await store.tend(Date.now());
const used = process.cpuUsage(before);
const idle = process.cpuUsage();
await wait(0);
for (let index = 0; index < CHECKS; index += 1) {
  const ahead = (index * 1000) / RATE - (performance.now() - start - (CHECKS * 1000) / RATE);
  if (ahead > 1) await wait(ahead);
}
const bare = process.cpuUsage(idle);
const cpu = (used.user + used.system - bare.user - bare.system) / 1e6;
console.log(
  JSON.stringify({
    checks: CHECKS,
    rate: RATE,
    commits: store.health().commits,
    cpuSecondsPer10000: Math.round(((cpu * 10_000) / CHECKS) * 1000) / 1000,
    microsecondsInWrite: Math.round((inWrite * 1e4) / CHECKS) / 10,
  }),
);
await store.close();
rmSync(dir, { recursive: true });
