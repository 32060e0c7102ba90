import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { HostSignal, HostVitals } from './contract.ts';
import { Spool } from './spool.ts';

const NOW = 1_800_000_000_000;
const exit = (at: number): HostSignal => ({ type: 'process', at, app: 'api', what: 'exit', code: 1 });
const verdict = (at: number): HostSignal => ({
  type: 'app-verdict',
  at,
  app: 'api',
  from: 'up',
  to: 'down',
  lasting: true,
  afterDeploy: false,
  findings: [],
});
const vitals = (at: number): HostSignal => ({
  type: 'vitals',
  at,
  vitals: { load: [1, 1, 1] } as unknown as HostVitals,
});
const moments = (spool: Spool, most = 100): readonly number[] => spool.batch(most, 1e6).map(({ signal }) => signal.at);

describe('the spool', () => {
  let dir: string;
  let count = 0;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-spool-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));
  const file = (): string => join(dir, `${(count += 1)}.db`);

  it('gives back what it was given, in order, until the brain has it, over restarts', () => {
    const path = file();
    const first = new Spool(path, NOW);
    for (const at of [1, 2, 3]) first.put(exit(at));
    const [one] = first.batch(1, 1e6);
    first.acked(one?.seq ?? 0);
    first.close();
    const second = new Spool(path, NOW - 1e9);
    second.put(verdict(4));
    assert.deepEqual(moments(second), [2, 3, 4]);
    second.close();
  });

  it('never gives out a number twice, not even one whose vitals were never saved', () => {
    const path = file();
    const first = new Spool(path, NOW);
    const given = [first.put(vitals(1)), first.put(exit(2)), first.put(vitals(3))];
    first.close();
    const second = new Spool(path, NOW);
    assert.ok(second.put(exit(4)) > Math.max(...given));
    second.close();
  });

  it('keeps only the newest vitals, in their place among the others', () => {
    const spool = new Spool(file(), NOW);
    spool.put(vitals(1));
    spool.put(exit(2));
    spool.put(vitals(3));
    spool.put(exit(4));
    assert.deepEqual(moments(spool), [2, 3, 4]);
    assert.deepEqual(moments(spool, 2), [2, 3]);
    spool.close();
  });

  it('begins above a spool that was lost, and moves above numbers that the brain knows and it never gave', () => {
    const spool = new Spool(file(), NOW);
    const seq = spool.put(verdict(1));
    assert.ok(seq >= NOW);
    spool.put(vitals(2));
    spool.acked(seq + 1_000_000);
    const batch = spool.batch(10, 1e6);
    assert.deepEqual(
      batch.map(({ signal }) => signal.at),
      [1, 2],
    );
    assert.equal(batch[0]?.seq, seq + 1_000_001);
    spool.acked(batch[1]?.seq ?? 0);
    assert.equal(spool.waiting.signals, 0);
    spool.close();
  });

  it('thins process noise when it is full and never drops a verdict', () => {
    const spool = new Spool(file(), NOW, undefined, { maxBytes: 20_000 });
    for (let at = 0; at < 1_000; at += 1) spool.put(at % 20 === 0 ? verdict(at) : exit(at));
    const kept = spool.batch(10_000, 1e9).map(({ signal }) => signal);
    assert.equal(kept.filter(({ type }) => type === 'app-verdict').length, 50);
    assert.ok(kept.filter(({ type }) => type === 'process').length < 250);
    assert.ok(spool.waiting.bytes < 25_000);
    spool.close();
  });

  it('puts a broken file aside and begins anew', () => {
    const path = file();
    writeFileSync(path, 'no database, but long enough to be looked at as one'.repeat(200));
    let kept = '';
    const spool = new Spool(path, NOW, (aside) => {
      kept = aside;
    });
    spool.put(exit(1));
    assert.deepEqual(moments(spool), [1]);
    assert.ok(readdirSync(dir).some((name) => join(dir, name) === kept));
    spool.close();
  });

  it('says what to do when its folder cannot be made', () => {
    const path = file();
    writeFileSync(path, '');
    assert.throws(() => new Spool(join(path, 'agent.db'), NOW), { code: 'DATA_UNWRITABLE' });
  });

  it('remembers and forgets', () => {
    const path = file();
    const first = new Spool(path, NOW);
    first.remember('a', { b: [1] });
    first.remember('c', 1);
    first.remember('c', undefined);
    first.close();
    const second = new Spool(path, NOW);
    assert.deepEqual([second.recall('a'), second.recall('c')], [{ b: [1] }, undefined]);
    second.close();
  });

  it('loses nothing and doubles nothing at a brain that keeps the highest number, whatever is cut off when', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('put' as const) },
      { weight: 3, arbitrary: fc.constant('hand' as const) },
      { weight: 2, arbitrary: fc.constant('answer lost' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const path = file();
        let spool = new Spool(path, NOW);
        let highest = 0;
        let at = 0;
        const taken: number[] = [];
        const hand = (): number => {
          for (const { seq, signal } of spool.batch(3, 1e6)) {
            if (seq <= highest) continue;
            highest = seq;
            taken.push(signal.at);
          }
          return highest;
        };
        for (const what of [...steps, ...Array.from({ length: 30 }, () => 'hand' as const)]) {
          if (what === 'put') spool.put(exit((at += 1)));
          if (what === 'hand') spool.acked(hand());
          if (what === 'answer lost') hand();
          if (what !== 'restart') continue;
          spool.close();
          spool = new Spool(path, NOW);
        }
        spool.close();
        assert.deepEqual(
          taken,
          Array.from({ length: at }, (_, index) => index + 1),
        );
      }),
      { numRuns: 40 },
    );
  });
});
