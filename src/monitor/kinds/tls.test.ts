import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, describe, it, type TestContext } from 'node:test';
import { createServer, type TlsOptions } from 'node:tls';
import { DAY, HOUR } from '#kernel/time.ts';
import { askOnce } from '../../../test/fakes/asking.ts';
import { makeAuthority } from '../../../test/fakes/certificates.ts';
import { expiryWarning } from './tls.ts';

const authority = makeAuthority();
const LOCAL = ['DNS:localhost', 'IP:127.0.0.1'];
const good = authority.issue(LOCAL, -1, 60);
after(() => authority.remove());

const serve = async (test: TestContext, options: TlsOptions): Promise<number> => {
  const server = createServer({ ...options }, (socket) => socket.on('error', () => socket.destroy()));
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => server.close());
  return (server.address() as AddressInfo).port;
};

const ask = async (port: number, more: object = {}) =>
  await askOnce({ kind: 'tls', host: 'localhost', port, ca: authority.ca, ...more });

describe('a TLS check', () => {
  it('of a good certificate names it, its authority and its days', async (test) => {
    const result = await ask(await serve(test, good));
    assert.equal(result.class, 'ok');
    assert.equal(result.warning, undefined);
    assert.deepEqual(result.certificate?.names, ['localhost', '127.0.0.1']);
    assert.equal(result.certificate.issuer, 'Test Authority');
    assert.ok(result.certificate.validTo > Date.now() + 59 * DAY);
    assert.deepEqual(Object.keys(result.phases), ['dns', 'tcp', 'tls']);
  });

  it('by address compares the address that the certificate names', async (test) => {
    const port = await serve(test, good);
    assert.equal((await ask(port, { host: '127.0.0.1' })).class, 'ok');
    const strange = await ask(port, { host: '127.0.0.1', serverName: 'other.example' });
    assert.equal(strange.reason?.code, 'tls.wrong-host');
    assert.equal(strange.reason.params['names'], 'localhost, 127.0.0.1');
  });

  it('tells expired, not yet valid, another host, self-signed and unknown authority apart, and shows the certificate', async (test) => {
    const cases = [
      ['tls.expired', authority.issue(LOCAL, -20, -2)],
      ['tls.not-yet-valid', authority.issue(LOCAL, 2, 20)],
      ['tls.wrong-host', authority.issue(['DNS:elsewhere.example'], -1, 60)],
      ['tls.untrusted', authority.selfSigned('localhost')],
    ] as const;
    for (const [code, issued] of cases) {
      const result = await ask(await serve(test, issued));
      assert.equal(result.reason?.code, code);
      assert.equal(result.class, 'hard');
      assert.ok(result.certificate !== undefined, code);
    }
    const unknown = await ask(await serve(test, good), { ca: undefined });
    assert.equal(unknown.reason?.code, 'tls.untrusted');
  });

  it('warns at the nearest threshold that the certificate has passed', async (test) => {
    const result = await ask(await serve(test, authority.issue(LOCAL, -1, 5.5)));
    assert.equal(result.class, 'ok');
    assert.deepEqual(result.warning, { code: 'tls.expires-soon', params: { days: 5, threshold: 7 } });
    const thresholds = [21 * DAY, 7 * DAY, DAY];
    assert.equal(expiryWarning(22 * DAY, thresholds), undefined);
    assert.deepEqual(expiryWarning(21 * DAY, thresholds)?.params, { days: 21, threshold: 21 });
    assert.deepEqual(expiryWarning(23 * HOUR, thresholds)?.params, { days: 0, threshold: 1 });
  });
});

describe('HTTPS', () => {
  const web = async (test: TestContext, options: object): Promise<string> => {
    const server = createHttps(options, (_request, response) => response.end('secure')).listen(0, '127.0.0.1');
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    await once(server, 'listening');
    test.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return `https://localhost:${(server.address() as AddressInfo).port}/`;
  };

  it('measures the handshake and keeps the certificate', async (test) => {
    const url = await web(test, good);
    const result = await askOnce({ kind: 'http', url, ca: authority.ca, expect: { keyword: 'secure' } });
    assert.equal(result.class, 'ok');
    assert.deepEqual(Object.keys(result.phases), ['dns', 'tcp', 'tls', 'ttfb', 'body']);
    assert.equal(result.certificate?.subject, 'leaf');
  });

  it('is refused before anything is sent when the certificate is not trusted', async (test) => {
    let requests = 0;
    const server = createHttps(authority.selfSigned('localhost'), () => {
      requests += 1;
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.after(() => server.close());
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const result = await askOnce({ kind: 'http', url, auth: { bearer: 'x' } });
    assert.equal(result.reason?.code, 'tls.untrusted');
    assert.equal(requests, 0);
  });

  it('shows a client certificate, and says so when the server wants one that is not there', async (test) => {
    const url = await web(test, { ...good, ca: authority.ca, requestCert: true, rejectUnauthorized: true });
    const bare = await askOnce({ kind: 'http', url, ca: authority.ca });
    assert.equal(bare.reason?.code, 'tls.client-certificate');
    const client = authority.issue(['DNS:client'], -1, 60);
    const shown = await askOnce({ kind: 'http', url, ca: authority.ca, clientCertificate: client });
    assert.equal(shown.class, 'ok');
  });
});
