import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '#config/environment.ts';
import type { RunRecord, WorkStep } from '../record.ts';
import { hashOf } from './durable.ts';
import { holding, pastRuns, type RunParts } from './runner.ts';

const ENV = processEnvironment();

const RULES = { mayGoUntried: false, finishWithinMs: 3_600_000 };
const SELF = fileURLToPath(import.meta.url);

const parts = (root: string, point?: (name: string) => void): RunParts => ({
  home: join(root, 'home'),
  env: { PATH: ENV['PATH'] },
  now: () => Date.now(),
  try: async () => 'booted',
  verify: async () => !existsSync(join(root, 'ill')),
  ...(point === undefined ? {} : { point }),
});

const touch = (path: string): readonly string[] => [
  process.execPath,
  '-e',
  `fs.appendFileSync(${JSON.stringify(path)}, 'x')`,
];

const recordOf = (root: string): RunRecord => {
  const app = join(root, 'app');
  const near = join(root, 'near');
  const steps: readonly WorkStep[] = [
    { do: 'trash', path: join(app, 'dist'), to: join(near, 'trash/dist'), bytes: 3 },
    {
      do: 'write',
      path: join(app, 'env.env'),
      after: 'B=2\n',
      afterHash: hashOf('B=2\n'),
      beforeHash: hashOf('A=1\n'),
    },
    { do: 'write', path: join(app, 'new.txt'), after: 'new', afterHash: hashOf('new') },
    { do: 'swap', path: join(app, 'src'), staged: join(near, 'staged/src'), aside: join(near, 'aside/src') },
    { do: 'swap', path: join(app, 'lib'), staged: join(near, 'staged/lib'), aside: join(near, 'aside/lib') },
    { do: 'run', argv: touch(join(root, 'ran')), undo: touch(join(root, 'unran')), timeoutMs: 20_000 },
  ];
  return {
    version: 1,
    id: 'RUN1',
    kind: 'protect',
    app: 'api',
    dir: app,
    at: 1,
    actions: ['x'],
    steps,
    needsTrial: true,
    touchesApp: true,
    isCure: false,
    rules: RULES,
  };
};

const lay = (root: string): void => {
  for (const folder of ['app/dist', 'app/src', 'near/staged/src', 'near/staged/lib', 'home'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'app/dist/index.js'), 'old');
  writeFileSync(join(root, 'app/env.env'), 'A=1\n');
  chmodSync(join(root, 'app/env.env'), 0o640);
  writeFileSync(join(root, 'app/src/a.ts'), 'one');
  writeFileSync(join(root, 'near/staged/src/a.ts'), 'two');
  writeFileSync(join(root, 'near/staged/lib/b.ts'), 'lib');
};

/** Everything below the app, as text. */
const seen = (folder: string, under = ''): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
      const path = join(under, entry.name);
      if (entry.isDirectory()) return Object.entries(seen(folder, path));
      const mode = (statSync(join(folder, path)).mode & 0o777).toString(8);
      return [[path, `${mode} ${readFileSync(join(folder, path), 'utf8')}`]];
    }),
  );

/** This file is also the process that dies: at its point number N, by SIGKILL. */
const dieAt = async (root: string, points: number, task: string): Promise<void> => {
  let count = 0;
  const point = (): void => {
    count += 1;
    if (count === points) process.kill(process.pid, 'SIGKILL');
  };
  const record = recordOf(root);
  await holding('api', record.dir, parts(root, point), async (held) => {
    await held.settle();
    if (task === 'run') await held.carryOut(record);
    if (task === 'undo') await held.undo(record.id);
  });
};

const childTask = ENV['DOZOR_CRASH_TASK'];
if (childTask !== undefined) await dieAt(ENV['DOZOR_CRASH_ROOT'] ?? '', Number(ENV['DOZOR_CRASH_POINT']), childTask);

const folders: string[] = [];
const scene = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'dozor-crash-'));
  folders.push(root);
  lay(root);
  return root;
};

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs a child that dies at a point. @returns whether it died there (false: it came to its end first) */
const died = (root: string, task: string, point: number): boolean => {
  const done = spawnSync(process.execPath, [SELF], {
    env: {
      PATH: ENV['PATH'],
      DOZOR_CRASH_TASK: task,
      DOZOR_CRASH_ROOT: root,
      DOZOR_CRASH_POINT: String(point),
    },
    encoding: 'utf8',
  });
  if (done.signal === 'SIGKILL') return true;
  assert.equal(done.status, 0, done.stderr);
  return false;
};

const settle = async (root: string) => {
  const { dir } = recordOf(root);
  return holding('api', dir, parts(root), async (held) => held.settle());
};

const finished = (() => {
  if (childTask !== undefined) return {};
  const root = scene();
  died(root, 'run', 0);
  return seen(join(root, 'app'));
})();
const original = childTask === undefined ? seen(join(scene(), 'app')) : {};

const assertWhole = async (root: string): Promise<string> => {
  const [run] = await pastRuns('api', recordOf(root).dir, join(root, 'home'));
  const now = seen(join(root, 'app'));
  const isFinished = run?.state.phase === 'done';
  assert.deepEqual(now, isFinished ? finished : original, `the run is ${run?.state.phase ?? 'not written down'}`);
  return run?.state.phase ?? 'none';
};

if (childTask === undefined) {
  test('a run that nothing disturbs leaves what was planned, with mode kept', () => {
    assert.equal(finished['env.env'], '640 B=2\n');
    assert.deepEqual(Object.keys(finished).sort(), ['env.env', 'lib/b.ts', 'new.txt', 'src/a.ts']);
  });

  test('killed -9 at each point of a run, the next one finishes it or takes it back', async () => {
    const phases = new Set<string>();
    let point = 1;
    for (; ; point += 1) {
      const root = scene();
      const isDead = died(root, 'run', point);
      await settle(root);
      phases.add(await assertWhole(root));
      if (!isDead) break;
      assert.equal(await settle(root), undefined, 'a second time there is nothing left to settle');
    }
    assert.ok(point > 30, `${point} points`);
    assert.deepEqual([...phases].sort(), ['done', 'undone']);
  });

  test('killed -9 at each point of the way back, the next one goes the whole way back', async () => {
    let point = 1;
    for (; ; point += 1) {
      const root = scene();
      writeFileSync(join(root, 'ill'), '');
      const isDead = died(root, 'run', 30 + point);
      await settle(root);
      const [run] = await pastRuns('api', recordOf(root).dir, join(root, 'home'));
      assert.equal(run?.state.phase, 'undone');
      assert.deepEqual(seen(join(root, 'app')), original);
      if (!isDead) break;
    }
    assert.ok(point > 10, `${point} points`);
  });

  test('killed -9 at each point of an undo, everything is as it was or as it had been planned', async () => {
    let point = 1;
    for (; ; point += 1) {
      const root = scene();
      assert.equal(died(root, 'run', 0), false);
      const isDead = died(root, 'undo', point);
      await settle(root);
      const phase = await assertWhole(root);
      if (!isDead) {
        assert.equal(phase, 'undone');
        break;
      }
    }
    assert.ok(point > 15, `${point} points`);
  });

  test('an undo is refused, and changes nothing, when somebody has changed a file since', async () => {
    const root = scene();
    died(root, 'run', 0);
    writeFileSync(join(root, 'app/env.env'), 'C=3\n');
    const before = seen(join(root, 'app'));
    const { dir } = recordOf(root);
    const end = await holding('api', dir, parts(root), async (held) => held.undo('RUN1'));
    assert.deepEqual(end.refused, [1]);
    assert.equal(end.state.phase, 'done');
    assert.deepEqual(seen(join(root, 'app')), before);
  });

  test('the lock of a process that lives keeps a second one out; that of a dead one does not', async () => {
    const root = scene();
    const { dir } = recordOf(root);
    await holding('api', dir, parts(root), async () => {
      await assert.rejects(
        holding('api', dir, parts(root), async () => undefined),
        (error: Error) => error.message.includes(`Process ${process.pid} is working on api`),
      );
    });
    assert.equal(died(root, 'run', 3), true);
    assert.equal(await holding('api', dir, parts(root), async () => 'free'), 'free');
  });
}
