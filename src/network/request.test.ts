import assert from 'node:assert/strict';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { makeAuthority } from '../../test/fakes/certificates.ts';
import { startFakeHttp, type FakeHttp } from '../../test/fakes/http.ts';
import { startFakeConnectProxy, startFakeSocksProxy } from '../../test/fakes/proxy.ts';
import { startSilentServer } from '../../test/fakes/silent.ts';
import type { NameResolver } from '#monitor/kind.ts';
import { ANSWER_LIMIT, request, retryAfterOf, type WireFailure, type WireRequest } from './request.ts';

const inTime = (): AbortSignal => AbortSignal.timeout(10_000);

const failed = async (ask: Omit<WireRequest, 'signal'> & { readonly signal?: AbortSignal }): Promise<WireFailure> => {
  const answer = await request({ signal: inTime(), ...ask });
  assert.ok(!answer.ok, 'it was answered');
  return answer.error;
};

describe('a request', () => {
  let fake: FakeHttp;
  let body: unknown = 'hello';
  beforeEach(async () => {
    fake = await startFakeHttp(() => ({ status: 201, headers: { 'x-one': '1' }, body }));
  });
  afterEach(() => fake.close());

  it('sends method, headers and body, and gives status, headers and body back', async () => {
    const answer = await request({
      url: `${fake.url}/a?b=1`,
      method: 'POST',
      headers: { 'x-two': '2' },
      body: 'ы',
      signal: inTime(),
    });
    assert.ok(answer.ok);
    assert.deepEqual([answer.value.status, answer.value.text, answer.value.headers['x-one']], [201, 'hello', '1']);
    const seen = await fake.requests.next();
    assert.deepEqual([seen.method, seen.path, seen.body, seen.headers['x-two']], ['POST', '/a', 'ы', '2']);
    assert.equal(seen.headers['content-length'], '2');
  });

  it('reads no more of an answer than its limit', async () => {
    body = 'x'.repeat(ANSWER_LIMIT * 4);
    const answer = await request({ url: fake.url, signal: inTime() });
    body = 'hello';
    assert.ok(answer.ok);
    assert.equal(answer.value.status, 201);
    assert.equal(answer.value.text.length, ANSWER_LIMIT);
  });

  it('follows no redirect', async () => {
    fake.misbehave({ do: 'answer', reply: { status: 302, headers: { location: `${fake.url}/b` } } });
    const answer = await request({ url: fake.url, signal: inTime() });
    assert.ok(answer.ok);
    assert.equal(answer.value.status, 302);
    assert.equal(fake.requests.items.length, 1);
  });

  it('knows whether it had left when no answer came', async () => {
    fake.misbehave({ do: 'hang' });
    const hung = await failed({ url: fake.url, method: 'POST', body: 'x', signal: AbortSignal.timeout(200) });
    assert.deepEqual([hung.kind, hung.written], ['timeout', true]);
    fake.behave();
    fake.misbehave({ do: 'reset' });
    assert.equal((await failed({ url: fake.url })).written, true);
    await fake.close();
    const refused = await failed({ url: fake.url });
    assert.deepEqual([refused.kind, refused.code, refused.written], ['network', 'ECONNREFUSED', false]);
  });

  it('gives up connecting after its own limit, TLS included', async () => {
    const silent = await startSilentServer();
    const error = await failed({ url: `https://127.0.0.1:${silent.port}/`, connectMs: 100 });
    await silent.close();
    assert.deepEqual([error.kind, error.code, error.written], ['network', 'ETIMEDOUT', false]);
  });

  it('tells nothing to a far side whose certificate nobody vouches for', async () => {
    const authority = makeAuthority();
    let told = 0;
    const server = https.createServer(authority.selfSigned('localhost'), (_, response) => {
      told += 1;
      response.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const error = await failed({ url: `https://127.0.0.1:${port}/bot-token`, method: 'POST', body: 'x' });
    server.close();
    authority.remove();
    assert.deepEqual([error.kind, error.code, error.written], ['network', 'DEPTH_ZERO_SELF_SIGNED_CERT', false]);
    assert.equal(told, 0);
  });

  it('asks the resolver it was given, and says why a name has no address', async () => {
    const resolver: NameResolver = {
      addresses: (host) =>
        host === 'api.example'
          ? Promise.resolve(['127.0.0.1'])
          : Promise.reject(Object.assign(new Error(`ENOTFOUND ${host}`), { code: 'ENOTFOUND' })),
    };
    const answer = await request({ url: `http://api.example:${fake.port}/`, resolver, signal: inTime() });
    assert.ok(answer.ok);
    const unknown = await failed({ url: 'http://gone.example/', resolver });
    assert.deepEqual([unknown.kind, unknown.code, unknown.written], ['network', 'ENOTFOUND', false]);
  });

  for (const [name, start] of [
    ['CONNECT', startFakeConnectProxy],
    ['SOCKS5', startFakeSocksProxy],
  ] as const) {
    it(`goes through a ${name} proxy whose name the resolver knows`, async () => {
      const proxy = await start({ leadsTo: { host: '127.0.0.1', port: fake.port } });
      const resolver: NameResolver = { addresses: () => Promise.resolve(['127.0.0.1']) };
      const url = proxy.url.replace('127.0.0.1', 'proxy.example');
      const answer = await request({ url: 'http://far.example/x', proxy: url, resolver, signal: inTime() });
      await proxy.close();
      assert.ok(answer.ok);
      assert.equal((await fake.requests.next()).headers.host, 'far.example');
    });

    it(`speaks TLS to the far side through a ${name} proxy`, async () => {
      const silent = await startSilentServer();
      const proxy = await start({ leadsTo: { host: '127.0.0.1', port: silent.port } });
      const asking = failed({ url: 'https://far.example/x', proxy: proxy.url, signal: AbortSignal.timeout(500) });
      await silent.connected();
      assert.equal((await asking).written, false);
      assert.equal(await proxy.asked.next(), 'far.example:443');
      await Promise.all([proxy.close(), silent.close()]);
    });

    it(`ends by its signal when a ${name} proxy is silent`, async () => {
      const silent = await startSilentServer();
      const scheme = name === 'CONNECT' ? 'http' : 'socks5';
      const error = await failed({
        url: fake.url,
        proxy: `${scheme}://127.0.0.1:${silent.port}`,
        signal: AbortSignal.timeout(200),
      });
      await silent.close();
      assert.deepEqual([error.kind, error.written], ['timeout', false]);
    });
  }

  it('never throws, whatever it is asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), async (path, header, proxy) => {
        const answer = await request({
          url: `${fake.url}/${path}`,
          headers: { 'x-a': header },
          ...(proxy === '' ? {} : { proxy }),
          signal: inTime(),
        });
        assert.equal(typeof answer.ok, 'boolean');
      }),
      { numRuns: 50 },
    );
    assert.equal((await failed({ url: 'ftp://127.0.0.1/' })).kind, 'bad-url');
    assert.equal((await failed({ url: 'nonsense' })).kind, 'bad-url');
    assert.equal((await failed({ url: fake.url, proxy: 'ftp://127.0.0.1:1' })).kind, 'bad-url');
  });

  it('reads how long it is asked to wait, as seconds or as a date', () => {
    const answer = (value: string) => ({ status: 429, headers: { 'retry-after': value }, text: '' });
    const now = Date.UTC(2026, 10, 24, 3, 0, 0);
    assert.equal(retryAfterOf(answer('7'), now), 7_000);
    assert.equal(retryAfterOf(answer('Tue, 24 Nov 2026 03:00:30 GMT'), now), 30_000);
    assert.equal(retryAfterOf(answer('Tue, 24 Nov 2026 02:00:00 GMT'), now), 0);
    assert.equal(retryAfterOf(answer('soon'), now), undefined);
    assert.equal(retryAfterOf({ status: 429, headers: {}, text: '' }, now), undefined);
  });
});
