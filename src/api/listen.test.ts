import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Fault } from '#kernel/fault.ts';
import { apiUnderTest } from '../../test/fakes/api.ts';
import { makeAuthority, type Authority } from '../../test/fakes/certificates.ts';
import { listen } from './listen.ts';

let folder = '';
let authority: Authority;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'dozor-listen-'));
  authority = makeAuthority();
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
  authority.remove();
});

const ask = (get: typeof getPlain, url: string, options: object): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false, ...options }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    }).on('error', reject);
  });

const isFault = (code: string) => (error: unknown) =>
  error instanceof Fault && error.code === code && error.hint !== '';

test('one port speaks plain HTTP and TLS; the socket is 0600 and asks no token', async () => {
  const issued = authority.selfSigned('localhost');
  const { api } = await apiUnderTest(() => issued);
  const socketPath = join(folder, 'dozor.sock');
  const listening = await api.listen({ host: '127.0.0.1', port: 0, socketPath });
  const { port } = listening;
  assert.equal((await ask(getPlain, `http://127.0.0.1:${port}/health`, {})).status, 200);
  const secure = await ask(getSecure as typeof getPlain, `https://127.0.0.1:${port}/health`, {
    rejectUnauthorized: false,
  });
  assert.equal(secure.status, 200);
  assert.equal((await ask(getPlain, `http://127.0.0.1:${port}/api/v1/status`, {})).status, 401);
  assert.equal((await ask(getPlain, 'http://localhost/api/v1/status', { socketPath })).status, 200);
  assert.equal(statSync(socketPath).mode & 0o777, 0o600);
  await listening.close();
});

test('a port that is taken, an address that is not ours and a socket that is answered are told apart', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { api } = await apiUnderTest();
  await assert.rejects(api.listen({ host: '127.0.0.1', port }), isFault('PORT_IN_USE'));
  await assert.rejects(api.listen({ host: '203.0.113.1', port: 0 }), isFault('LISTEN_REFUSED'));
  await assert.rejects(
    api.listen({ host: '127.0.0.1', port: 0, socketPath: join(folder, 'x'.repeat(120)) }),
    isFault('LISTEN_REFUSED'),
  );
  taken.close();
  const socketPath = join(folder, 'twice.sock');
  const first = await api.listen({ host: '127.0.0.1', port: 0, socketPath });
  await assert.rejects(api.listen({ host: '127.0.0.1', port: 0, socketPath }), isFault('DATA_IN_USE'));
  await first.close();
});

test('a socket file left by a kill is no hindrance', async () => {
  const socketPath = join(folder, 'left.sock');
  writeFileSync(socketPath, '');
  const { api } = await apiUnderTest();
  const listening = await api.listen({ host: '127.0.0.1', port: 0, socketPath });
  assert.equal((await ask(getPlain, 'http://localhost/health', { socketPath })).status, 200);
  await listening.close();
});

test('a body over 1 MB is refused over a real connection, and the next request is served', async () => {
  const { api } = await apiUnderTest();
  const listening = await api.listen({ host: '127.0.0.1', port: 0, socketPath: join(folder, 'big.sock') });
  const post = async (body: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${listening.port}/beat/good-key`, { method: 'POST', body });
    await answer.text();
    return answer.status;
  };
  assert.equal(await post('x'.repeat(900_000)), 200);
  const big = await fetch(`http://127.0.0.1:${listening.port}/sign-in`, {
    method: 'POST',
    body: 'x'.repeat(100_000),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(big.status, 413);
  await big.text();
  assert.equal(await post('x'), 200);
  await listening.close();
});

test('bytes that are neither HTTP nor TLS end their connection and harm nobody', async () => {
  const { api, logged } = await apiUnderTest();
  const listening = await api.listen({ host: '127.0.0.1', port: 0 });
  for (const bytes of [
    Buffer.from([0x16, 3, 1, 0, 1, 0]),
    Buffer.from('\0\0\0\0\r\n\r\n'),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ]) {
    const socket = connect(listening.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
  }
  assert.equal((await ask(getPlain, `http://127.0.0.1:${listening.port}/health`, {})).status, 200);
  assert.deepEqual(logged, []);
  await listening.close();
});

test('a live reader that goes away frees its place, over a real connection too', async () => {
  const { api, brain, secrets } = await apiUnderTest();
  const gone = Promise.withResolvers<void>();
  const subscribe = brain.subscribe.bind(brain);
  brain.subscribe = (listener) => {
    const stop = subscribe(listener);
    return () => {
      stop();
      gone.resolve();
    };
  };
  const listening = await api.listen({ host: '127.0.0.1', port: 0 });
  const headers = { authorization: `Bearer ${secrets.viewer}` };
  const request = getPlain(`http://127.0.0.1:${listening.port}/api/v1/events`, { agent: false, headers }, (answer) => {
    answer.on('error', () => undefined);
    answer.once('data', () => request.destroy());
  });
  request.on('error', () => undefined);
  await gone.promise;
  await listening.close();
});

test(
  'a request whose headers or body never end is cut off, in plain HTTP and under TLS',
  { timeout: 20_000 },
  async () => {
    const listening = await listen({
      host: '127.0.0.1',
      port: 0,
      certificate: authority.selfSigned('localhost'),
      listener: () => (request, answer) => void request.resume().once('end', () => answer.end()),
      limits: { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10 },
    });
    const { port } = listening;
    /** Resolves with what came when the connection is cut; a reset is a cut as well. */
    const drip = (socket: Socket, start: string): Promise<string> =>
      new Promise((resolve) => {
        let said = '';
        const dripping = setInterval(() => socket.write('a: b\r\n'), 5);
        socket.on('data', (part: Buffer) => (said += part.toString('latin1')));
        socket.on('error', () => socket.destroy());
        socket.once('close', () => {
          clearInterval(dripping);
          resolve(said);
        });
        socket.write(start);
      });
    const headers = 'GET /health HTTP/1.1\r\nHost: localhost\r\n';
    const body = 'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n';
    for (const start of [headers, body]) {
      assert.match(await drip(connect(port, '127.0.0.1'), start), /^(HTTP\/1\.1 408 |$)/);
      const secure = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
      assert.match(await drip(secure, start), /^(HTTP\/1\.1 408 |$)/);
    }
    await listening.close();
  },
);
