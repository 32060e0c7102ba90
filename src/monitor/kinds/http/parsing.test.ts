import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatJsonPath, parseJsonPath, valueAt, type Step } from './json-path.ts';
import { formatStatusRanges, isStatusIn, parseStatusRanges, type StatusRange } from './status-ranges.ts';

const step: fc.Arbitrary<Step> = fc.oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.nat(999));

const range: fc.Arbitrary<StatusRange> = fc
  .tuple(fc.integer({ min: 100, max: 599 }), fc.integer({ min: 100, max: 599 }))
  .map(([one, two]) => [Math.min(one, two), Math.max(one, two)]);

describe('a JSON path', () => {
  it('is read back as it was written, whatever the keys are', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        assert.deepEqual(parseJsonPath(formatJsonPath(steps)), steps);
      }),
    );
  });

  it('leads to each value of any document', () => {
    const walk = (value: unknown, steps: readonly Step[]): readonly (readonly [readonly Step[], unknown])[] => {
      if (Array.isArray(value)) return [[steps, value], ...value.flatMap((one, at) => walk(one, [...steps, at]))];
      if (typeof value !== 'object' || value === null) return [[steps, value]];
      return [[steps, value], ...Object.entries(value).flatMap(([key, one]) => walk(one, [...steps, key]))];
    };
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        for (const [steps, value] of walk(document, [])) assert.equal(valueAt(document, steps), value);
      }),
    );
  });

  it('is read in its three ways, with and without the dollar; nothing else is one', () => {
    assert.deepEqual(parseJsonPath('$.checks[0]["free space"].ok'), ['checks', 0, 'free space', 'ok']);
    assert.deepEqual(parseJsonPath('status'), ['status']);
    assert.deepEqual(parseJsonPath('$'), []);
    for (const wrong of ['$..a', '$.a[', '$.a[x]', '$["a]', '$.a[-1]', 'a..b', '$a[0']) {
      assert.equal(parseJsonPath(wrong), undefined, wrong);
    }
  });

  it('never throws, finds nothing in prototypes, and no index in an object', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseJsonPath(text)));
    assert.equal(valueAt({}, ['constructor']), undefined);
    assert.equal(valueAt([1], ['length']), undefined);
    assert.equal(valueAt({ 0: 'x' }, [0]), undefined);
  });
});

describe('status ranges', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), (ranges) => {
        assert.deepEqual(parseStatusRanges(formatStatusRanges(ranges)), ranges);
      }),
    );
  });

  it('hold a status exactly when it lies in one of them', () => {
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 100, max: 599 }),
        (ranges, status) => {
          const expected = ranges.some(([from, to]) => from <= status && status <= to);
          assert.equal(isStatusIn(status, ranges), expected);
        },
      ),
    );
  });

  it('refuse what is no status', () => {
    for (const wrong of ['', '99', '600', '299-200', '2xx', '200-', '200,,201', 'ok'])
      assert.equal(parseStatusRanges(wrong), undefined, wrong);
    fc.assert(fc.property(fc.string(), (text) => void parseStatusRanges(text)));
  });
});
