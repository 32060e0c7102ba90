// Import rules: who may import whom (docs/adr, .dependency-cruiser.cjs), and the proof that the rules bite.
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');
const run = promisify(execFile);

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Runs a tool that exits with another code than 0 when it has found something, and reads what it found. */
const found = async (program: string, words: readonly string[], cwd: string): Promise<unknown> => {
  const done = await run(join(BIN, program), words, { cwd, maxBuffer: 256_000_000 }).catch(
    (error: { stdout?: string; stderr?: string }) => error,
  );
  try {
    return JSON.parse(done.stdout ?? '');
  } catch (cause) {
    throw new Error(`${program} gave no JSON: ${done.stderr ?? ''}`, { cause });
  }
};

const cruise = async (cwd: string): Promise<Cruise> =>
  (await found('depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'], cwd)) as Cruise;

/** Breaches that must be reported: the file, what it says, the rule that forbids it. */
const BREACHES: readonly { readonly file: string; readonly text: string; readonly rule: string }[] = [
  {
    file: 'src/kernel/seeded-relative.ts',
    text: "export { REASONS } from '../monitor/reason.ts';\n",
    rule: 'kernel-imports-nothing',
  },
  {
    file: 'src/kernel/seeded-alias.ts',
    text: "import { REASONS } from '#monitor/reason.ts';\nexport const seeded = REASONS;\n",
    rule: 'kernel-imports-nothing',
  },
  {
    file: 'src/monitor/seeded-type.ts',
    text: "import type { Incident } from '#incident/incident.ts';\nexport type Seeded = Incident;\n",
    rule: 'monitor-is-below-incident',
  },
  {
    file: 'src/incident/seeded-world.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const seeded = readFileSync;\n",
    rule: 'pure-rooms-touch-no-world',
  },
  {
    file: 'src/monitor/kinds/seeded-plugin.ts',
    text: "export { seeded } from './seeded-sibling.ts';\n",
    rule: 'plugins-know-no-sibling',
  },
  { file: 'src/monitor/kinds/seeded-sibling.ts', text: 'export const seeded = 1;\n', rule: '' },
  {
    file: 'src/engine/seeded-face.ts',
    text: "export { run } from '#cli/run.ts';\n",
    rule: 'shell-below-faces',
  },
  {
    file: 'src/store/seeded-shell.ts',
    text: "export type { Brain } from '#engine/brain.ts';\n",
    rule: 'middle-below-shell',
  },
  { file: 'src/api/seeded-cycle-a.ts', text: "export { b as a } from './seeded-cycle-b.ts';\n", rule: 'no-cycles' },
  { file: 'src/api/seeded-cycle-b.ts', text: "export { a as b } from './seeded-cycle-a.ts';\n", rule: '' },
];

/** Globals that pure files must not name: no import reveals these. */
const WORLD = ['Date', 'fetch', 'setTimeout', 'setInterval', 'process', 'console'];

const plant = (folder: string, file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

const checkTree = async (): Promise<readonly string[]> => {
  const tree = await cruise(ROOT);
  const files = globSync('src/**/*.ts', { cwd: ROOT });
  const cruised = tree.modules.filter(({ source }) => source.startsWith('src/'));
  const problems = tree.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  if (cruised.length < files.length)
    problems.push(
      `only ${cruised.length} of ${files.length} source files were looked at: the tool does not read TypeScript`,
    );
  console.log(`${cruised.length} files looked at, ${tree.summary.violations.length} violations`);
  return problems;
};

const checkBreaches = async (folder: string): Promise<readonly string[]> => {
  for (const { file, text } of BREACHES) plant(folder, file, text);
  const { violations } = (await cruise(folder)).summary;
  return BREACHES.filter(
    ({ file, rule }) => rule !== '' && !violations.some((one) => one.from === file && one.rule.name === rule),
  ).map(({ file, rule }) => `the seeded breach ${file} was not reported as ${rule}`);
};

const checkPurity = async (folder: string): Promise<readonly string[]> => {
  const file = 'src/kernel/seeded-globals.ts';
  plant(folder, file, WORLD.map((name) => `export const seeded${name} = ${name};\n`).join(''));
  const { diagnostics } = (await found('oxlint', ['--format', 'json', file], folder)) as {
    diagnostics: readonly { readonly code: string; readonly message: string }[];
  };
  const reported = diagnostics.filter(({ code }) => code.includes('no-restricted-globals'));
  return WORLD.filter((name) => !reported.some(({ message }) => message.includes(`'${name}'`))).map(
    (name) => `the seeded use of ${name} in a pure room was not reported by the linter`,
  );
};

const checkBites = async (): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'dozor-breach-'));
  try {
    for (const name of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs', '.oxlintrc.json'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return [...(await checkBreaches(folder)), ...(await checkPurity(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const problems = [...(await checkTree()), ...(await checkBites())];
for (const problem of problems) console.error(problem);
if (problems.length === 0)
  console.log(
    `each of ${BREACHES.filter(({ rule }) => rule !== '').length} seeded breaches and ${WORLD.length} globals was reported`,
  );
process.exitCode = problems.length === 0 ? 0 : 1;
