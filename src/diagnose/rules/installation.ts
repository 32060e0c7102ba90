import type { AppFacts, PackageFacts } from '../app-facts.ts';
import { beforeTrouble, clue, standingOf, sureBy, supportOf } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Clue, Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import { moduleRequest, packageOf } from '../module-request.ts';
import { defineRule } from '../rule.ts';
import { told } from '../signature.ts';

const lockClues = (app: AppFacts, packages: PackageFacts): readonly Clue[] => {
  const { lockAt, installedAt, lockFile, differing } = packages;
  const [differs] = differing;
  return [
    ...(packages.hasNodeModules ? [] : [clue('file', 'no-node-modules', {})]),
    ...(lockAt !== undefined && installedAt !== undefined && lockAt > installedAt + 1_000
      ? [
          clue(
            'file',
            'lock-after-install',
            { lock: told(lockFile ?? ''), laterMs: lockAt - installedAt, ...beforeTrouble(app, lockAt) },
            lockAt,
          ),
        ]
      : []),
    ...(differs === undefined
      ? []
      : [
          clue('file', 'lock-differs', {
            name: told(differs.name),
            wanted: told(differs.wanted),
            found: told(differs.found),
            count: differing.length,
          }),
        ]),
  ];
};

/** The package that the crash asks for, when package.json lists it and it is not there. */
const askedFor = (reading: Reading, packages: PackageFacts): string | undefined =>
  reading.suspects
    .filter(({ weight }) => weight >= 0.6)
    .map(({ report }) => moduleRequest(report))
    .flatMap((request) => (request?.kind === 'package' ? [packageOf(request.wanted)] : []))
    .find((name) => packages.missing.includes(name));

const missing = (reading: Reading, facts: Facts, app: AppFacts, packages: PackageFacts): readonly Finding[] => {
  const [first] = packages.missing;
  if (first === undefined) return [];
  const asked = askedFor(reading, packages);
  const support =
    asked !== undefined
      ? 'named'
      : supportOf(reading, /Cannot find (?:module|package)/) === 'silent'
        ? 'silent'
        : 'other';
  const evidence = [
    clue('file', 'package-not-installed', {
      names: told(packages.missing.slice(0, 6).join(', ')),
      count: packages.missing.length,
    }),
    ...lockClues(app, packages),
  ];
  const confidence = sureBy(facts, support, { named: 0.98, silent: 0.65, other: 0.3 });
  return [{ cause: 'package-missing', params: { package: told(asked ?? first) }, confidence, evidence }];
};

const broken = (reading: Reading, facts: Facts, app: AppFacts, packages: PackageFacts): readonly Finding[] => {
  const [first] = packages.broken;
  if (first === undefined) return [];
  const isNamed = reading.text.includes(`node_modules/${first}`) || reading.text.includes(`'${first}'`);
  const confidence = sureBy(facts, isNamed ? 'named' : supportOf(reading, /$^/), {
    named: 0.85,
    silent: 0.5,
    other: 0.2,
  });
  const evidence = [
    clue('file', 'package-not-whole', { names: told(packages.broken.slice(0, 6).join(', ')) }),
    ...lockClues(app, packages),
  ];
  return [{ cause: 'package-missing', params: { package: told(first) }, confidence, evidence }];
};

const files = (reading: Reading, facts: Facts, packages: PackageFacts): readonly Finding[] => {
  const problems = [
    ['package.json', packages.manifestProblem],
    [packages.lockFile ?? 'package-lock.json', packages.lockProblem],
  ] as const;
  return problems.flatMap(([path, problem], at): readonly Finding[] => {
    if (problem === undefined) return [];
    const cause = problem === 'conflict markers' ? 'merge-conflict-markers' : 'config-file-invalid';
    const support = reading.text.includes('package.json') && at === 0 ? 'named' : supportOf(reading, /$^/);
    const sure = at === 0 ? { named: 0.97, silent: 0.85, other: 0.4 } : { named: 0.5, silent: 0.3, other: 0.15 };
    return [
      {
        cause,
        params: { path: told(path) },
        confidence: sureBy(facts, support, sure),
        evidence: [clue('file', 'file-unreadable', { path: told(path), problem: told(problem) })],
      },
    ];
  });
};

/** Files that git has not merged: their markers are no code. */
const unmerged = (reading: Reading, facts: Facts, app: AppFacts): readonly Finding[] => {
  const [first] = valueOf(app.git)?.unmerged ?? [];
  if (first === undefined) return [];
  const confidence = sureBy(
    facts,
    supportOf(reading, /SyntaxError|Unexpected token|Unexpected identifier|not valid JSON/),
    { named: 0.93, silent: 0.6, other: 0.25 },
  );
  return [
    {
      cause: 'merge-conflict-markers',
      params: { path: told(first) },
      confidence,
      evidence: [clue('git', 'unmerged', { path: told(first) })],
    },
  ];
};

/** What the manager starts is not there. */
const entry = (reading: Reading, facts: Facts, app: AppFacts): readonly Finding[] => {
  const found = valueOf(app.entry);
  if (found?.file === undefined || found.exists || standingOf(app) === 'up') return [];
  const support = supportOf(
    reading,
    /Cannot find (?:module|package)|ENOENT|ERR_MODULE_NOT_FOUND|Script not found|no such file/,
  );
  const confidence = sureBy(facts, support, { named: 0.96, silent: 0.85, other: 0.5 });
  const evidence = [clue('file', 'entry-not-there', { file: told(found.file), by: told(found.chain.at(-1) ?? '') })];
  return [{ cause: 'entry-missing', params: { path: told(found.file) }, confidence, evidence }];
};

const judge = (reading: Reading, facts: Facts): readonly Finding[] => {
  const { app } = facts;
  if (app === undefined) return [];
  const packages = valueOf(app.packages);
  const installed =
    packages === undefined
      ? []
      : [
          ...missing(reading, facts, app, packages),
          ...broken(reading, facts, app, packages),
          ...files(reading, facts, packages),
        ];
  return [...entry(reading, facts, app), ...installed, ...unmerged(reading, facts, app)];
};

/** What lies in the app's folder against what it asks for: entry, packages, lock file, files that were never merged. */
export const installation = defineRule({
  name: 'installation',
  causes: ['package-missing', 'config-file-invalid', 'merge-conflict-markers', 'entry-missing'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
