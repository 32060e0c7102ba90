import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { secretsFrom } from '../config/environment.ts';
import { Fault } from '../kernel/fault.ts';
import type { Resource } from '../store/contract.ts';
import { after, Definitions, needsRestart } from './definitions.ts';
import { settings } from '../../test/fakes/samples.ts';

const T = Date.UTC(2026, 0, 10);
let count = 0;

const definitions = (more: { readonly file?: string; readonly urls?: readonly string[] } = {}): Definitions =>
  new Definitions({
    secrets: secretsFrom({}),
    file: more.file === undefined ? undefined : fileOf(more.file),
    urls: more.urls ?? [],
    newId: () => `id${(count += 1)}`,
    now: () => T,
  });

const fileOf = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'dozor-definitions-')), 'dozor.yaml');
  writeFileSync(file, text);
  return file;
};

/** What is there after a run with these, on top of what was there before. */
const run = async (one: Definitions, before: readonly Resource[] = []): Promise<readonly Resource[]> => {
  one.knows(before);
  return after(before, one.merge(await one.read(), before).resources);
};

const living = (resources: readonly Resource[]): readonly string[] =>
  resources
    .filter(({ retiredAt }) => retiredAt === undefined)
    .map(({ origin, kind, name }) => `${origin} ${kind} ${name}`);

const FILE = 'services: [{ name: shop, monitors: [{ name: job, kind: heartbeat, every: 1h }] }]\n';

describe('what is defined', () => {
  it('comes from the file and the command line together', async () => {
    const resources = await run(definitions({ file: FILE, urls: ['tcp://db.example:5432'] }));
    assert.deepEqual(living(resources).toSorted(), [
      'cli monitor port',
      'cli service db.example:5432',
      'file monitor job',
      'file service shop',
    ]);
  });

  it('is a clash when both name the same service', async () => {
    const file = 'services: [{ name: "db.example:5432" }]\n';
    await assert.rejects(
      run(definitions({ file, urls: ['tcp://db.example:5432'] })),
      (error) => error instanceof Fault && error.code === 'CONFIG_CLASH',
    );
  });

  it('stays when Dozor is started again without a word, and is replaced by other URLs', async () => {
    const first = await run(definitions({ urls: ['tcp://db.example:5432'] }));
    const again = await run(definitions(), first);
    assert.deepEqual(living(again), living(first));
    assert.deepEqual(
      again.map(({ id }) => id),
      first.map(({ id }) => id),
    );
    const other = await run(definitions({ urls: ['tcp://cache.example:6379'] }), again);
    assert.deepEqual(living(other), ['cli service cache.example:6379', 'cli monitor port']);
  });

  it('retires with the file what it has no more, and what others hung onto it', async () => {
    const first = await run(definitions({ file: FILE }));
    const shop = first.find(({ name }) => name === 'shop');
    const stored: Resource = {
      id: 'stored',
      num: 90,
      kind: 'monitor',
      parentId: shop?.id ?? '',
      name: 'extra',
      origin: 'stored',
      spec: { kind: 'heartbeat', every: '1h' },
      position: 0,
      createdAt: T,
    };
    const next = await run(definitions({ file: 'services: []\n' }), [...first, stored]);
    assert.deepEqual(living(next), []);
    assert.equal(next.find(({ id }) => id === 'stored')?.retiredAt, T);
  });

  it('gives no number twice', async () => {
    const first = await run(definitions({ file: FILE }));
    const more = `${FILE.trimEnd().slice(0, -1)}, { name: docs }]\n`;
    const next = await run(definitions({ file: more }), first);
    const numbers = next.map(({ num }) => num);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.equal(next.length, first.length + 1);
  });

  it('leaves out a stored object that cannot be compiled any more, and names it', () => {
    const broken = (origin: Resource['origin']): Resource => ({
      id: 'x',
      num: 1,
      kind: 'monitor',
      parentId: 's',
      name: 'old',
      origin,
      spec: { kind: 'gopher' },
      position: 0,
      createdAt: T,
    });
    const named: string[] = [];
    const [left] = definitions().compileAll([broken('stored')], ({ name }, fault) =>
      named.push(`${name} ${fault.code}`),
    );
    assert.equal(left?.compiled, undefined);
    assert.deepEqual(named, ['old INPUT_INVALID']);
    assert.throws(
      () => definitions().compileAll([broken('file')], () => undefined),
      (error) => error instanceof Fault && error.code === 'CONFIG_INVALID',
    );
  });
});

describe('settings that changed', () => {
  it('are named when only a restart can put them in force', () => {
    const before = settings();
    assert.deepEqual(needsRestart(before, settings({ locale: 'ru' })), []);
    assert.deepEqual(
      needsRestart(
        before,
        settings({
          listen: { host: '0.0.0.0', port: 4600 },
          retention: { checksMs: 2, minutesMs: 1, hoursMs: 1 },
          network: { controls: [], resolvers: ['9.9.9.9'], allowPrivate: false },
        }),
      ),
      ['listen', 'retention', 'network.resolvers'],
    );
  });
});
