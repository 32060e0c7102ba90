/**
 * Runs every figure of this folder in turn, each in a process of its own, and prints one table with the machine and its load. Run: `npm run bench`
 * (about 20 minutes), or `npm run bench -- cli watch-cpu` for some. All traffic stays on 127.0.0.1.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import type { Figure } from './rig/figure.ts';

/** Those that have a command of their own, and this one. */
const APART = new Set(['run', 'sim']);

const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => basename(name, '.ts'))
  .filter((name) => !APART.has(name));

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ` +
  `Linux ${release()}, Node ${process.version}`;

interface Row extends Figure {
  readonly file: string;
  readonly load: string;
}

const folder = mkdtempSync(join(tmpdir(), 'dozor-figures-'));
const notes = join(folder, 'figures');
const rows: Row[] = [];
const failed: string[] = [];
const asked = process.argv.slice(2);
for (const name of asked.length === 0 ? all : asked) {
  console.log(`\n== ${name} (load ${load()})`);
  writeFileSync(notes, '');
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: 'inherit',
    env: { ...process.env, DOZOR_BENCH_FIGURES: notes },
  });
  const figures = readFileSync(notes, 'utf8').split('\n').filter(Boolean);
  for (const line of figures) rows.push({ ...(JSON.parse(line) as Figure), file: name, load: load() });
  if (status !== 0) failed.push(name);
}
rmSync(folder, { recursive: true });

console.log(`\n${new Date().toISOString().slice(0, 16)}Z, ${machine()}\n`);
console.log('| | Figure | Goal | Measured | Load | File |\n| --- | --- | --- | --- | --- | --- |');
for (const { reached, what, goal, measured, load: then, file } of rows)
  console.log(`| ${reached ? '✔' : '✘'} | ${what} | ${goal} | ${measured} | ${then} | ${file} |`);
if (failed.length > 0) {
  console.log(`\nnot reached: ${failed.join(', ')}`);
  process.exitCode = 1;
}
