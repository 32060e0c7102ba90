import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { catalog } from '#i18n/catalog.ts';
import { reasons } from '#i18n/en/reasons.ts';
import { LOCALES } from '#kernel/locale.ts';
import { askOnce } from '../../../test/fakes/asking.ts';
import { startSilentServer } from '../../../test/fakes/silent.ts';
import type { CheckResult } from '../check.ts';
import { REASONS, type ReasonCode } from '../reason.ts';
import { KINDS, kindOf } from './index.ts';

const SECRET = 'hunter2-secret';

/** One specification a kind, pointed at a port of loopback; a kind without one fails the first test. */
const SPECS: Readonly<Record<string, (port: number) => Readonly<Record<string, unknown>>>> = {
  http: (port) => ({
    kind: 'http',
    url: `http://user:${SECRET}@127.0.0.1:${port}/health?token=${SECRET}`,
    headers: { 'X-Key': SECRET },
  }),
  tcp: (port) => ({ kind: 'tcp', host: '127.0.0.1', port, send: `AUTH ${SECRET}`, expect: 'ok' }),
  tls: (port) => ({ kind: 'tls', host: '127.0.0.1', port }),
  dns: (port) => ({ kind: 'dns', host: 'name.example', server: `127.0.0.1:${port}` }),
  ping: () => ({ kind: 'ping', host: '127.0.0.1' }),
  heartbeat: () => ({ kind: 'heartbeat', every: '1h', key: SECRET }),
};

const specOf = (kind: string, port: number): Readonly<Record<string, unknown>> => {
  const make = SPECS[kind];
  assert.ok(make !== undefined, `the contract knows no specification of ${kind}`);
  return make(port);
};

/** A port on which TCP is accepted and UDP is taken, and nothing is ever answered. */
const silentPort = async (test: TestContext): Promise<number> => {
  const server = await startSilentServer();
  const socket = createSocket('udp4');
  socket.bind(server.port, '127.0.0.1');
  await once(socket, 'listening');
  test.after(async () => {
    socket.close();
    await server.close();
  });
  return server.port;
};

const isConsistent = (result: CheckResult): boolean =>
  result.reason === undefined ? result.class === 'ok' : REASONS[result.reason.code].class === result.class;

describe('every kind', () => {
  it('is found by its name and has titles, defaults and a specification in this test', () => {
    for (const kind of KINDS) {
      assert.equal(kindOf(kind.kind), kind);
      for (const locale of LOCALES) assert.ok(kind.title[locale].length > 0);
      assert.ok(kind.defaults.everyMs > 0 && kind.defaults.timeoutMs > 0);
      assert.equal(kind.config.parse(specOf(kind.kind, 80))['kind'], kind.kind);
      assert.equal(kind.check === undefined, kind.passive);
    }
  });

  it('refuses keys that it does not know, and an empty configuration, with a path', () => {
    for (const kind of KINDS) {
      const odd = kind.config.safeParse({ ...specOf(kind.kind, 80), hsot: 'x' });
      assert.match(JSON.stringify(odd.error?.issues), /"unrecognized_keys".*hsot/);
      assert.equal(kind.config.safeParse({ kind: kind.kind }).success, false, kind.kind);
    }
  });

  it('has a configuration that is drawn as JSON Schema, with titles for a form', () => {
    for (const kind of KINDS) {
      const schema = z.toJSONSchema(kind.config, { io: 'input' });
      assert.equal(schema.type, 'object');
      for (const [key, property] of Object.entries(schema.properties ?? {}))
        if (key !== 'kind') assert.ok((property as { title?: string }).title, `${kind.kind}.${key} has no title`);
    }
  });

  it('has a label without secrets', () => {
    for (const kind of KINDS) {
      const target = kind.target(kind.config.parse(specOf(kind.kind, 8_080)) as { kind: string });
      assert.ok(target.label.length > 0);
      assert.ok(!JSON.stringify(target).includes(SECRET), target.label);
    }
  });
});

describe('every active kind', () => {
  const active = KINDS.filter((kind) => !kind.passive).map((kind) => kind.kind);

  for (const kind of active) {
    it(`${kind}: ends at once under an aborted signal, with a soft reason`, async (test) => {
      const port = await silentPort(test);
      const result = await askOnce(specOf(kind, port), { signal: AbortSignal.abort() });
      assert.equal(result.class, 'soft');
      assert.ok(isConsistent(result));
    });
  }

  // ping's silence cannot be made on loopback without a firewall; its deadline is proven by the aborted signal
  for (const kind of active.filter((name) => name !== 'ping')) {
    it(`${kind}: keeps its deadline against a server that accepts and never answers`, async (test) => {
      const port = await silentPort(test);
      const result = await askOnce(specOf(kind, port), { timeoutMs: 200 });
      assert.equal(result.class, 'soft');
      assert.ok(isConsistent(result));
      assert.match(result.reason?.code ?? '', /timeout|no-answer/);
      assert.ok(!JSON.stringify(result).includes(SECRET), JSON.stringify(result));
    });

    it(`${kind}: tells a closed port`, async () => {
      const server = await startSilentServer();
      await server.close();
      const result = await askOnce(specOf(kind, server.port));
      assert.ok(result.reason !== undefined && isConsistent(result));
      assert.match(result.reason.code, /^(tcp\.refused|dns\.failed)$/);
    });
  }
});

describe('the words for reasons', () => {
  // a code without words, or words without a code, does not compile
  const words: Readonly<Record<ReasonCode, unknown>> = reasons;
  const codes: Readonly<Record<keyof typeof reasons, unknown>> = REASONS;

  it('exist for each reason in each language, long and short, with and without what was seen', () => {
    assert.deepEqual(Object.keys(words).toSorted(), Object.keys(codes).toSorted());
    const seen = {
      ms: 5_000,
      name: 'n',
      type: 'A',
      expected: 'e',
      found: 'f',
      status: 500,
      days: 5,
      code: 'C',
      keyword: 'k',
    };
    for (const locale of LOCALES)
      for (const code of Object.keys(REASONS) as ReasonCode[]) {
        const phrase = catalog(locale).reasons[code];
        for (const params of [{}, seen]) {
          assert.match(phrase.long(params), /^\S.*[^.\s]$/, `${locale} ${code}`);
          assert.doesNotMatch(phrase.long(params), /undefined|NaN/, `${locale} ${code}`);
          assert.ok(phrase.short(params).length <= 20, `${locale} ${code}: ${phrase.short(params)}`);
        }
      }
  });

  it('read like the messages: connection refused, no answer within 5 s', () => {
    assert.equal(catalog('en').reasons['tcp.refused'].long({}), 'connection refused');
    assert.equal(catalog('ru').reasons['tcp.refused'].long({}), 'соединение отклонено');
    assert.equal(catalog('en').reasons['http.timeout'].long({ ms: 5_000 }), 'connected, but no answer within 5 s');
    assert.equal(catalog('ru').reasons['http.timeout'].long({ ms: 1_500 }), 'соединение есть, ответа нет за 1,5 с');
    const ends = catalog('ru').reasons['tls.expires-soon'];
    const said = [1, 3, 11, 21].map((days) => ends.long({ days }).split('через ')[1]);
    assert.deepEqual(said, ['1 день', '3 дня', '11 дней', '21 день']);
  });
});
