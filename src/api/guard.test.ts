import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settings } from '../../test/fakes/samples.ts';
import { apiUnderTest, FAR, LOCAL, SOCKET } from '../../test/fakes/api.ts';
import { ProblemView } from './contract.ts';

const CERTIFICATE = () => ({ key: 'k', cert: 'c' });

test('a name that was rebound to our address is refused before anything is read', async () => {
  const under = await apiUnderTest();
  const answer = await under.json('GET', '/api/v1/status', { scope: 'admin', headers: { host: 'evil.example' } });
  assert.equal(answer.status, 403);
  assert.match(ProblemView.parse(answer.body).hint ?? '', /publicUrl/);
});

test("publicUrl's host is ours", async () => {
  const under = await apiUnderTest();
  under.brain.settingsNow = settings({ publicUrl: 'https://watch.onai.example' });
  const answer = await under.call('GET', '/api/v1/status', {
    scope: 'viewer',
    headers: { host: 'watch.onai.example' },
  });
  assert.equal(answer.status, 200);
});

test("a foreign page's request is refused even with a good session", async () => {
  const under = await apiUnderTest();
  const { secret } = await under.auth.tokens.startSession('aidar', 'admin');
  const cookie = `dozor_session=${secret}`;
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    const answer = await under.call('POST', '/api/v1/deploys', { body: {}, headers: { cookie, ...headers } });
    assert.equal(answer.status, 403, JSON.stringify(headers));
  }
  const own = await under.call('POST', '/api/v1/deploys', {
    body: {},
    headers: { cookie, origin: 'http://127.0.0.1:4600' },
  });
  assert.equal(own.status, 201);
});

test('plain HTTP from another machine is refused and told of https', async () => {
  const under = await apiUnderTest(CERTIFICATE);
  const headers = { host: '203.0.113.30:4600' };
  const answer = await under.json('GET', '/api/v1/status', { scope: 'admin', peer: FAR, headers });
  assert.equal(answer.status, 403);
  assert.match(ProblemView.parse(answer.body).hint ?? '', /https:\/\/203\.0\.113\.30:4600/);
  assert.equal((await under.call('GET', '/metrics', { scope: 'admin', peer: FAR, headers })).status, 403);
});

test('pages asked for in the clear from another machine are sent to https, when there is a certificate', async () => {
  const headers = { host: '203.0.113.30:4600', accept: 'text/html' };
  const secure = await (await apiUnderTest(CERTIFICATE)).call('GET', '/i/7F3K?lang=ru', { peer: FAR, headers });
  assert.equal(secure.status, 307);
  assert.equal(secure.headers.get('location'), 'https://203.0.113.30:4600/i/7F3K?lang=ru');
  const bare = await (await apiUnderTest()).call('GET', '/', { peer: FAR, headers });
  assert.equal(bare.status, 403);
  assert.match(await bare.text(), /ssh -L/);
});

test('health, readiness and heartbeats may be asked from anywhere, under any name', async () => {
  const under = await apiUnderTest();
  for (const path of ['/health', '/ready', '/beat/good-key'])
    assert.equal((await under.call('GET', path, { peer: FAR, headers: { host: 'dozor:4600' } })).status, 200, path);
});

test('TLS from another machine needs a token like everybody else', async () => {
  const under = await apiUnderTest(CERTIFICATE);
  const peer = { ...FAR, encrypted: true };
  const headers = { host: '203.0.113.30:4600' };
  assert.equal((await under.call('GET', '/api/v1/status', { peer, headers })).status, 401);
  assert.equal((await under.call('GET', '/api/v1/status', { peer, headers, scope: 'viewer' })).status, 200);
});

test('the Unix socket is an admin without a token, under the name of the command line', async () => {
  const under = await apiUnderTest();
  const answer = await under.call('POST', '/api/v1/deploys', { peer: SOCKET, body: {}, headers: { host: 'whatever' } });
  assert.equal(answer.status, 201);
  assert.deepEqual(under.brain.asked.at(-1)?.with[1], { name: 'local admin', via: 'cli' });
});

test('a wrong, foreign or malformed token is refused, also where none would be needed', async () => {
  const under = await apiUnderTest();
  for (const authorization of [
    'Bearer dzr_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'Bearer',
    'Basic YTpi',
    'Bearer x y',
  ])
    assert.equal(
      (await under.call('GET', '/api/v1/status', { headers: { authorization } })).status,
      401,
      authorization,
    );
});

test('every answer carries the security headers, and nothing is cached', async () => {
  const under = await apiUnderTest();
  for (const path of ['/', '/health', '/api/openapi.json', '/api/v1/status', '/nowhere', '/sign-in']) {
    const { headers } = await under.call('GET', path, { peer: LOCAL });
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/, path);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe-inline/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store', path);
  }
});
