/**
 * What the command line costs: CPU of `dozor --help` and `dozor status` (over a Unix socket, warm compile cache) above that of an empty script, in
 * alternating rounds, all threads counted. Run: `node bench/cli.ts [rounds]`. Prints medians in ms; fails above 100 ms.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reportAtMost } from './rig/figure.ts';
import { median } from './rig/numbers.ts';

const LIMIT_MS = 100;
const ROUNDS = Number(process.argv[2] ?? 15);
const BIN = join(import.meta.dirname, '../bin/dozor.js');
const run = promisify(execFile);

/** Writes what the process has used when it ends; the same for all, so it falls out of the difference. */
const HOOK = `data:text/javascript,${encodeURIComponent(
  "import fs from 'node:fs'; process.on('exit', () => { const { user, system } = process.cpuUsage(); fs.writeFileSync(process.env.CPU_FILE, String(user + system)); });",
)}`;

const now = new Date().toISOString();
const service = (name: string) => ({
  id: name,
  name,
  verdict: 'up',
  since: now,
  paused: false,
  inMaintenance: false,
  muted: false,
  monitors: [],
});
const ANSWERS: Readonly<Record<string, object>> = {
  '/api/v1/status': {
    at: now,
    verdict: 'up',
    services: {},
    openIncidents: 0,
    health: { version: '0', startedAt: now, checksTotal: 1, lateness: { p99: 1 }, problems: [], watched: true },
    watchers: [],
  },
  '/api/v1/services': { items: Array.from({ length: 20 }, (_, at) => service(`service ${at}`)) },
  '/api/v1/incidents': { items: [] },
};

const folder = mkdtempSync(join(tmpdir(), 'dozor-bench-'));
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(ANSWERS[(request.url ?? '').replace(/\?.*/, '')] ?? {}));
});
await new Promise<void>((done) => server.listen(join(folder, 'dozor.sock'), done));
const empty = join(folder, 'empty.mjs');
writeFileSync(empty, '');

const cpuMs = async (...words: readonly string[]): Promise<number> => {
  const file = join(folder, 'cpu');
  await run(process.execPath, ['--import', HOOK, ...words], {
    env: { ...process.env, CPU_FILE: file, DOZOR_DATA: folder, DOZOR_URL: '' },
  });
  return Number(readFileSync(file, 'utf8')) / 1000;
};

const cases = { empty: [empty], help: [BIN, '--help'], status: [BIN, 'status'] } as const;
const used = { empty: [] as number[], help: [] as number[], status: [] as number[] };
for (const words of Object.values(cases)) await cpuMs(...words);
for (let round = 0; round < ROUNDS; round += 1)
  for (const [name, words] of Object.entries(cases)) used[name as keyof typeof used].push(await cpuMs(...words));
server.close();
rmSync(folder, { recursive: true, force: true });

const base = median(used.empty);
console.log(`empty script: ${base.toFixed(1)} ms of CPU (median of ${ROUNDS})`);
for (const name of ['help', 'status'] as const)
  reportAtMost(
    `CPU of dozor ${name === 'help' ? '--help' : name} over an empty script`,
    median(used[name]) - base,
    LIMIT_MS,
    ' ms',
    0,
  );
