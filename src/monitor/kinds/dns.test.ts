import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { askOnce } from '../../../test/fakes/asking.ts';
import { a, aaaa, mx, named, startNameServer, txt, type NameAnswer } from '../../../test/fakes/name-server.ts';

const ZONE: Readonly<Record<string, NameAnswer>> = {
  A: { records: [a('192.0.2.1'), a('192.0.2.2')] },
  AAAA: { records: [aaaa('::1')] },
  CNAME: { records: [named(5, 'Target.Example')] },
  MX: { records: [mx(20, 'b.example'), mx(10, 'a.example')] },
  NS: { records: [named(2, 'ns1.example')] },
  TXT: { records: [txt('v=spf1 -all')] },
};

const serve = async (
  test: TestContext,
  answer: (type: string, name: string) => NameAnswer | Promise<NameAnswer>,
): Promise<string> => {
  const server = await startNameServer(answer);
  test.after(() => server.close());
  return server.address;
};

describe('a DNS check', () => {
  it('finds what is expected among the records of each type', async (test) => {
    const server = await serve(test, (type) => ZONE[type] ?? { rcode: 3 });
    const expected: Readonly<Record<string, string>> = {
      A: '192.0.2.2',
      AAAA: '::1',
      CNAME: 'target.example.',
      MX: '10 a.example',
      NS: 'NS1.example',
      TXT: 'v=spf1 -all',
    };
    for (const [type, value] of Object.entries(expected)) {
      const result = await askOnce({ kind: 'dns', host: 'x.example', type, server, expect: [value] });
      assert.equal(result.class, 'ok', type);
      assert.equal(result.ip, '127.0.0.1');
    }
    assert.equal(
      (await askOnce({ kind: 'dns', host: 'x.example', type: 'MX', server, expect: ['b.example'] })).class,
      'ok',
    );
  });

  it('shows the records to the person who asks', async (test) => {
    const server = await serve(test, () => ZONE['A'] ?? { rcode: 3 });
    const result = await askOnce({ kind: 'dns', host: 'x.example', server }, { source: 'now' });
    assert.equal(result.detail, '192.0.2.1, 192.0.2.2');
  });

  it('tells other records from the expected ones', async (test) => {
    const server = await serve(test, () => ({ records: [a('203.0.113.66')] }));
    const result = await askOnce({ kind: 'dns', host: 'x.example', server, expect: ['192.0.2.1'] });
    assert.equal(result.class, 'hard');
    assert.deepEqual(result.reason, {
      code: 'dns.unexpected',
      params: { name: 'x.example', type: 'A', expected: '192.0.2.1', found: '203.0.113.66' },
    });
  });

  it('tells a missing name, missing records, a failing server and a silent one apart', async (test) => {
    const code = async (answer: NameAnswer): Promise<string | undefined> => {
      const server = await serve(test, () => answer);
      return (await askOnce({ kind: 'dns', host: 'x.example', server }, { timeoutMs: 300 })).reason?.code;
    };
    assert.equal(await code({ rcode: 3 }), 'dns.not-found');
    assert.equal(await code({ records: [] }), 'dns.no-records');
    assert.equal(await code({ rcode: 2 }), 'dns.failed');
    assert.equal(await code({ silence: true }), 'dns.timeout');
  });

  it('waits for a slow server while it repeats its question', async (test) => {
    let count = 0;
    let tellFirst: (answer: NameAnswer) => void = () => assert.fail('nothing was asked');
    const server = await serve(test, () => {
      count += 1;
      if (count === 3) tellFirst({ records: [a('192.0.2.1')] });
      if (count > 1) return { silence: true };
      return new Promise((resolve) => {
        tellFirst = resolve;
      });
    });
    assert.equal((await askOnce({ kind: 'dns', host: 'x.example', server }, { timeoutMs: 800 })).class, 'ok');
  });

  it('survives a lost packet within its deadline', async (test) => {
    let count = 0;
    const server = await serve(test, () => {
      count += 1;
      return count === 1 ? { silence: true } : { records: [a('192.0.2.1')] };
    });
    assert.equal((await askOnce({ kind: 'dns', host: 'x.example', server }, { timeoutMs: 3_000 })).class, 'ok');
  });
});
