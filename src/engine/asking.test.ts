import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts';
import { monitor as sampleMonitor } from '../../test/fakes/samples.ts';
import type { CheckResult } from '../monitor/check.ts';
import { defineKind, type CheckContext, type MonitorKind, type NameResolver } from '../monitor/kind.ts';
import { Asker, type Asking } from './asking.ts';

const T = Date.UTC(2026, 0, 10);
const OK: CheckResult = { startedAt: T, tookMs: 1, class: 'ok', phases: {} };

const resolver: NameResolver = { addresses: async () => ['10.0.0.7', '203.0.113.7'] } as unknown as NameResolver;

const kindThat = (check: (context: CheckContext) => Promise<CheckResult>): MonitorKind =>
  defineKind({
    kind: 'fake',
    title: { en: 'Fake', ru: 'Проба' },
    config: z.object({ kind: z.literal('fake') }),
    passive: false,
    defaults: { everyMs: 1_000, timeoutMs: 5_000, pulse: false },
    target: () => ({ label: 'fake' }),
    check: (_config, context) => check(context),
  });

const rig = (): { readonly clock: FakeClock; readonly asker: Asker; readonly bugs: string[] } => {
  const clock = fakeClock(T);
  const bugs: string[] = [];
  const asker = new Asker(
    clock,
    resolver,
    (where, error) => bugs.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
    ({ origin }) => origin === 'stored',
  );
  return { clock, asker, bugs };
};

const asking = (kind: MonitorKind, more: Partial<Asking> = {}): Asking => ({
  monitor: sampleMonitor('m1', { kind: 'fake', name: 'health', origin: 'file' }),
  kind,
  source: 'full',
  ...more,
});

/** A check that ends when the test says so, or never. */
const pending = (): { readonly kind: MonitorKind; readonly begun: ((result: CheckResult) => void)[] } => {
  const begun: ((result: CheckResult) => void)[] = [];
  return { kind: kindThat(() => new Promise((resolve) => begun.push(resolve))), begun };
};

describe('the asker', () => {
  it('gives the check its configuration, source, time-out and path, and returns its result', async () => {
    const seen: CheckContext[] = [];
    const kind = kindThat(async (context) => {
      seen.push(context);
      return OK;
    });
    const { asker } = rig();
    assert.equal(await asker.ask(asking(kind, { source: 'pulse', pulsePath: '/live' })), OK);
    assert.deepEqual([seen[0]?.source, seen[0]?.timeoutMs, seen[0]?.pulsePath], ['pulse', 5_000, '/live']);
    assert.equal(asker.running, 0);
  });

  it('aborts the check at its deadline and takes what it says then', async () => {
    const kind = kindThat(
      ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ ...OK, class: 'soft' }))),
    );
    const { asker, clock, bugs } = rig();
    const result = asker.ask(asking(kind));
    clock.advance(5_000);
    assert.equal((await result).class, 'soft');
    assert.deepEqual(bugs, []);
  });

  it('gives the place of a check that ignores its deadline to others, as a bug of its kind', async () => {
    const { asker, clock, bugs } = rig();
    const { kind, begun } = pending();
    const result = asker.ask(asking(kind));
    clock.advance(9_999);
    assert.equal(asker.running, 1);
    clock.advance(1);
    assert.deepEqual((await result).reason, {
      code: 'watch.cannot-ask',
      params: { what: 'the check did not end' },
    });
    assert.equal(asker.running, 0);
    assert.deepEqual(bugs, ['check of kind fake ignored its deadline: health']);
    begun[0]?.(OK);
    await setImmediate();
    assert.equal(asker.running, 0);
  });

  it('takes a throw for a bug of the kind that says nothing about the target', async () => {
    const { asker, bugs } = rig();
    const rejected = await asker.ask(asking(kindThat(() => Promise.reject(new Error('broken')))));
    const threw = await asker.ask(
      asking(
        kindThat(() => {
          throw new Error('broken at once');
        }),
      ),
    );
    assert.deepEqual(
      [rejected, threw].map(({ class: told, reason }) => [told, reason?.code, reason?.params?.['what']]),
      [
        ['soft', 'watch.cannot-ask', 'broken'],
        ['soft', 'watch.cannot-ask', 'broken at once'],
      ],
    );
    assert.deepEqual(bugs, ['check of kind fake: broken', 'check of kind fake: broken at once']);
    assert.equal(asker.running, 0);
  });

  it('does not ask what can only be told', async () => {
    const passive: MonitorKind = { ...kindThat(async () => OK), passive: true };
    delete passive.check;
    const { asker } = rig();
    assert.equal((await asker.ask(asking(passive))).reason?.code, 'watch.cannot-ask');
  });

  it('asks a thousand at once and lets the others wait in line', async () => {
    const { asker } = rig();
    const { kind, begun } = pending();
    const all = Array.from({ length: 1_003 }, () => asker.ask(asking(kind)));
    await setImmediate();
    assert.deepEqual([begun.length, asker.running], [1_000, 1_000]);
    for (const end of begun.slice(0, 2)) end(OK);
    await setImmediate();
    assert.deepEqual([begun.length, asker.running], [1_002, 1_000]);
    const newcomer = asker.ask(asking(kind));
    while (begun.length < 1_004) {
      for (const end of begun) end(OK);
      await setImmediate();
      assert.ok(asker.running <= 1_000);
    }
    for (const end of begun) end(OK);
    assert.equal((await Promise.all([...all, newcomer])).length, 1_004);
    assert.equal(asker.running, 0);
  });

  it('shows targets that strangers named public addresses only', async () => {
    const { asker } = rig();
    const lookUp = async (origin: 'stored' | 'file'): Promise<readonly string[]> => {
      let found: readonly string[] = [];
      const kind = kindThat(async (context) => {
        found = await context.resolver.addresses('x.example', 0, context.signal);
        return OK;
      });
      await asker.ask(asking(kind, { monitor: sampleMonitor('m1', { origin, kind: 'fake' }) }));
      return found;
    };
    assert.deepEqual(await lookUp('file'), ['10.0.0.7', '203.0.113.7']);
    assert.deepEqual(await lookUp('stored').catch((error: Error) => error.message), ['203.0.113.7']);
  });
});
