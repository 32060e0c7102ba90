import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fingerprintOf, openCertificate, type OwnCertificate } from '#auth/certificate.ts';
import { askPinned } from './link.ts';

describe('the pinned link', () => {
  const servers: Server[] = [];
  let dir: string;
  let own: OwnCertificate;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-link-'));
    own = openCertificate(dir, ['localhost'], Date.now());
  });
  after(() => {
    for (const server of servers) server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const brain = async (answer: RequestListener): Promise<string> => listen(createServer({ ...own }, answer));
  const ask = async (addresses: readonly string[], more: { fingerprint?: string; timeoutMs?: number } = {}) =>
    askPinned(
      { addresses, fingerprint: more.fingerprint ?? fingerprintOf(own.cert) },
      { path: '/witness/report', body: { version: '1' }, key: 'dzk_x', timeoutMs: more.timeoutMs ?? 5_000 },
    );

  it('asks with its key and reads the answer', async () => {
    let seen = '';
    const address = await brain((request, response) => {
      seen = `${request.method} ${request.url} ${String(request.headers['x-dozor-witness'])} ${String(request.headers.host)}`;
      response.end('{"good":true}');
    });
    const answer = await ask([address]);
    assert.deepEqual(answer, { ok: true, value: { status: 200, body: { good: true }, address } });
    assert.equal(seen, 'POST /api/v1/witness/report dzk_x localhost');
  });

  it('sends nothing to a server with another certificate', async () => {
    let requests = 0;
    const address = await brain((_, response) => {
      requests += 1;
      response.end('{}');
    });
    const answer = await ask([address], { fingerprint: '0'.repeat(64) });
    assert.equal(!answer.ok && answer.error.kind, 'wrong-certificate');
    assert.equal(requests, 0);
  });

  it('goes on to the next address when one refuses, and when one hangs', async () => {
    const hanging = await listen(createTcp(() => undefined));
    const address = await brain((_, response) => response.end('{}'));
    const answer = await ask(['127.0.0.1:1', hanging, address]);
    assert.equal(answer.ok && answer.value.address, address);
  });

  it('is silence when nobody answers, when the answer breaks off, and when it never comes', async () => {
    const broken = await brain((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    });
    const mute = await brain(() => undefined);
    for (const [address, timeoutMs] of [['127.0.0.1:1'], [broken], [mute, 300]] as const) {
      const answer = await ask([address], timeoutMs === undefined ? {} : { timeoutMs });
      assert.equal(!answer.ok && answer.error.kind, 'silent', address);
    }
  });
});
