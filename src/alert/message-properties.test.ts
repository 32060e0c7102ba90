import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { catalog } from '../i18n/catalog.ts';
import { REASONS, type ReasonCode } from '../monitor/reason.ts';
import { compose, type Reader } from './message.ts';
import type { Alert, AlertFacts, AlertKind } from './model.ts';
import { smsLength } from './sms-length.ts';

const T = Date.UTC(2026, 0, 10, 3, 0, 0);
const KINDS: readonly AlertKind[] = [
  'down',
  'degraded',
  'update',
  'recovered',
  'unseen',
  'storm',
  'blind',
  'unwatched',
  'gap',
  'test',
  'reminder',
  'digest',
];
const moment = fc.integer({ min: T - 90_000_000, max: T });
const optional = <V>(arbitrary: fc.Arbitrary<V>): fc.Arbitrary<V | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const withoutHoles = <V extends object>(value: V): V =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as V;

const factsArb: fc.Arbitrary<AlertFacts> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
    code: optional(fc.constant('7F3K')),
    service: optional(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 })),
    startFrom: optional(moment),
    startTo: optional(moment),
    detectedAt: optional(moment),
    endFrom: optional(moment),
    endTo: optional(moment),
    from: optional(moment),
    to: optional(moment),
    services: optional(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 })),
    of: optional(fc.nat(40)),
    reminder: optional(fc.nat(9)),
    flapping: optional(fc.boolean()),
    controls: optional(fc.record({ ok: fc.nat(6), total: fc.nat(6) })),
    textKey: optional(fc.constantFrom('witness.silent', 'witness.back', 'late.channel', 'watcher.back')),
    failures: fc.array(
      fc.record({
        monitor: fc.constant('health'),
        label: fc.constantFrom('', 'GET api.onai.example/health'),
        reason: fc.constantFrom(...(Object.keys(REASONS) as ReasonCode[])).map((code) => ({ code, params: {} })),
        bad: fc.nat(9),
        asked: fc.nat(9),
        lastAt: moment,
      }),
      { maxLength: 5 },
    ),
  })
  .map((facts) => withoutHoles(facts) as AlertFacts);

const alertOf = (facts: AlertFacts): Alert => ({
  id: 'a',
  kind: facts.kind,
  severity: facts.severity,
  transition: 1,
  createdAt: T,
  facts,
});
const reader: Reader = {
  locale: 'en',
  timezone: 'Asia/Almaty',
  publicUrl: 'https://watch.onai.example/',
  loud: true,
  dedupKey: 'k',
  at: T + 1_000,
};
const clock = /\b(?:\d{4}-\d{2}-\d{2} )?\d{2}:\d{2}:\d{2}\b/g;
const halves = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

describe('any message', () => {
  it('has the same times and as many lines in both languages', () => {
    fc.assert(
      fc.property(factsArb, (facts) => {
        const en = compose(alertOf(facts), reader);
        const ru = compose(alertOf(facts), { ...reader, locale: 'ru' });
        assert.equal(ru.lines.length, en.lines.length);
        const times = (one: typeof en): readonly string[] => [one.title, ...one.lines].join('\n').match(clock) ?? [];
        assert.deepEqual(times(ru), times(en));
        assert.deepEqual(ru.data, en.data);
        assert.deepEqual(
          ru.buttons.map(({ action }) => action),
          en.buttons.map(({ action }) => action),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('has a first line, nothing undefined in it, and no character in halves', () => {
    fc.assert(
      fc.property(factsArb, fc.constantFrom('en' as const, 'ru' as const), fc.boolean(), (facts, locale, edits) => {
        const message = compose(alertOf(facts), { ...reader, locale, ...(edits ? { edits: '1' } : {}) });
        const all = [message.title, ...message.lines, message.short, message.spoken];
        for (const one of all) {
          assert.ok(one.trim().length > 0);
          assert.doesNotMatch(one, /undefined|NaN|Infinity|\[object/);
          assert.doesNotMatch(one, halves);
        }
        assert.doesNotMatch(message.title, /\n/);
      }),
      { numRuns: 500 },
    );
  });

  it('fits into two parts of an SMS when it is about one service, however long its name, with the link to acknowledge', () => {
    const ackLink = 'https://watch.onai.example/a/AbCdEfGhIjKl';
    fc.assert(
      fc.property(factsArb, fc.constantFrom('en' as const, 'ru' as const), (facts, locale) => {
        const { services: _services, textKey: _textKey, ...one } = facts;
        fc.pre(facts.service !== undefined && ['down', 'degraded', 'reminder'].includes(facts.kind));
        const { short } = compose(alertOf(one), { ...reader, locale, ackLink });
        const isCertificate = facts.failures[0]?.reason?.code === 'tls.expires-soon';
        if (!isCertificate) assert.ok(smsLength(short).parts <= 2, short);
        assert.ok(short.endsWith('watch.onai.example/a/AbCdEfGhIjKl'));
      }),
      { numRuns: 500 },
    );
  });

  it('carries no secret that was in its facts', () => {
    const password = 'hunter2hunter2';
    const facts: AlertFacts = {
      kind: 'down',
      severity: 'critical',
      service: 'API',
      failures: [
        {
          monitor: 'db',
          label: `postgres://app:${password}@db/x`,
          reason: { code: 'tcp.unexpected', params: { found: `password=${password}` } },
          bad: 1,
          asked: 1,
        },
      ],
      lastChange: { at: T, what: `TOKEN=${password}` },
    };
    for (const locale of ['en', 'ru'] as const)
      assert.ok(!JSON.stringify(compose(alertOf(facts), { ...reader, locale })).includes(password));
  });
});

describe('the catalogs', () => {
  const shape = (value: unknown, path = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`))
      : [`${path}: ${typeof value}`];

  it('have the same keys in both languages', () => {
    assert.deepEqual(shape(catalog('ru').messages), shape(catalog('en').messages));
    assert.deepEqual(shape(catalog('ru').reasons).toSorted(), shape(catalog('en').reasons).toSorted());
  });
});
