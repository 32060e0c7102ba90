/** Runs every figure of this folder in turn, each in a process of its own. Run: `npm run bench`, or `npm run bench -- cli http-check` for some. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Those that have a command of their own, and this one. */
const APART = new Set(['run', 'sim']);

const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => basename(name, '.ts'))
  .filter((name) => !APART.has(name));
const asked = process.argv.slice(2);
const failed: string[] = [];
for (const name of asked.length === 0 ? all : asked) {
  console.log(`\n== ${name}`);
  const done = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (done.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(`\nnot reached: ${failed.join(', ')}`);
  process.exitCode = 1;
}
