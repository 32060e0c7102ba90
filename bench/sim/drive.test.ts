import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY, MINUTE, SECOND } from '#kernel/time.ts';
import { drive, type Outcome, type SetUp } from './drive.ts';
import { FAULT_CASES, type FaultCase } from './faults.ts';
import { seeded } from './random.ts';
import { makeWorld, noise, QUIET } from './world.ts';

const PULSE: SetUp = { pulse: { everyMs: 10 * SECOND, ownPath: false } };
const RUNS = 12;

interface Run {
  readonly start: number;
  readonly outcome: Outcome;
}

const runs = (fault: FaultCase, setUp: SetUp): Run[] =>
  Array.from({ length: RUNS }, (_, run) => {
    const random = seeded(run + 1);
    const start = 5 * MINUTE + random() * 2 * MINUTE;
    const course = fault.build(start);
    const world = makeWorld({ seed: 500 + run, until: start + 20 * MINUTE, fault: course.fault, noise: QUIET });
    return { start, outcome: drive(world, random() * 2 * MINUTE, setUp, course) };
  });

const delays = (fault: FaultCase, setUp: SetUp): number[] =>
  runs(fault, setUp).map(({ start, outcome }) => {
    const alert = outcome.told.find(({ what, at }) => what === 'alert' && at >= start);
    assert.ok(alert !== undefined, `${fault.name}: not found`);
    return (alert.at - start) / SECOND;
  });

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const named = (name: string): FaultCase => {
  const found = FAULT_CASES.find((fault) => fault.name === name);
  assert.ok(found !== undefined);
  return found;
};

describe('the verdict machine in simulated worlds', () => {
  for (const name of ['crash (refused)', 'HTTP 500, 100 %']) {
    it(`finds "${name}" in every run, within 17 s in the mean and 25 s at most`, () => {
      const found = delays(named(name), PULSE);
      assert.ok(mean(found) <= 17, `mean ${mean(found)}`);
      assert.ok(Math.max(...found) <= 25, `most ${Math.max(...found)}`);
    });
  }

  for (const name of ['hang: accepts, never answers', 'host or firewall drops', 'answers after 20 s']) {
    it(`finds "${name}" in every run, within 30 s at most`, () => {
      assert.ok(Math.max(...delays(named(name), PULSE)) <= 30);
    });
  }

  it('finds a crash without a pulse within the interval of the full check and half a minute', () => {
    assert.ok(Math.max(...delays(named('crash (refused)'), {})) <= 162);
  });

  it('finds both crash loops in every run', () => {
    assert.ok(mean(delays(named('crash loop, 1 s up, 4 s down'), PULSE)) <= 35);
    assert.ok(mean(delays(named('crash loop, 40 s up, 20 s down'), PULSE)) <= 80);
  });

  it('tells at most three times of a target that fails half of the time', () => {
    for (const { outcome } of runs(named('HTTP 500, 50 %'), PULSE)) {
      assert.ok(outcome.told.length >= 1 && outcome.told.length <= 3, `told ${outcome.told.length} times`);
    }
  });

  for (const fault of FAULT_CASES.filter(({ isOutage }) => !isOutage)) {
    it(`alarms nobody for "${fault.name}"`, () => {
      for (const setUp of [PULSE, {}]) for (const { outcome } of runs(fault, setUp)) assert.deepEqual(outcome.told, []);
    });
  }

  it('calls itself blind while the own network is down, in every run', () => {
    for (const { start, outcome } of runs(named('own network down, 10 min'), PULSE)) {
      const span = outcome.effects.map(({ effect }) => effect).find((effect) => effect.do === 'blind-span');
      assert.ok(span !== undefined);
      assert.ok(span.from >= start - 5 * SECOND && span.from <= start + 15 * SECOND);
      assert.ok(span.to >= start + 10 * MINUTE && span.to <= start + 10 * MINUTE + 30 * SECOND);
    }
  });

  it('is quiet over three days of noise around a healthy target', () => {
    const around = noise(90_005, 3 * DAY);
    const world = makeWorld({ seed: 90_005, until: 3 * DAY, noise: around });
    const { told, checks } = drive(world, 40 * SECOND, PULSE);
    assert.deepEqual(told, []);
    assert.ok(checks > 3 * 8_640);
  });

  it('gives the same outcome for the same seeds', () => {
    const [first] = runs(named('HTTP 500, 50 %'), PULSE);
    const [second] = runs(named('HTTP 500, 50 %'), PULSE);
    assert.deepEqual(first, second);
  });
});
