import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { askOnce } from '../../../test/fakes/asking.ts';
import { serveWeb as serve } from '../../../test/fakes/web.ts';
import type { CheckResult } from '../check.ts';

/** A server that answers each connection's first bytes as it likes. */
const serveRaw = async (test: TestContext, answer: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const ask = async (url: string, more: object = {}, timeoutMs = 5_000): Promise<CheckResult> =>
  await askOnce({ kind: 'http', url, ...more }, { timeoutMs });

const code = async (url: string, more: object = {}, timeoutMs = 5_000): Promise<string> => {
  const result = await ask(url, more, timeoutMs);
  return result.reason?.code ?? result.warning?.code ?? 'ok';
};

const json =
  (value: unknown): RequestListener =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };

describe('an HTTP check of a good answer', () => {
  it('measures each phase and names address and status', async (test) => {
    const url = await serve(test, json({ status: 'ok' }));
    const result = await ask(url.replace('127.0.0.1', 'localhost'));
    assert.equal(result.class, 'ok');
    assert.deepEqual(Object.keys(result.phases), ['dns', 'tcp', 'ttfb', 'body']);
    assert.equal(result.ip, '127.0.0.1');
    assert.equal(result.status, 200);
    assert.equal(result.detail, undefined);
  });

  it('sends method, headers, body, sign-in and who asks', async (test) => {
    const seen: IncomingMessage[] = [];
    let body = '';
    const url = await serve(test, (request, response) => {
      seen.push(request);
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => response.end('done'));
    });
    const asked = { method: 'POST', headers: { 'x-key': 'one', accept: 'text/plain' }, body: 'привет' };
    assert.equal(await code(`${url}/a?b=c`, { ...asked, auth: { user: 'ann', password: 'p:w' } }), 'ok');
    assert.equal(body, 'привет');
    const [request] = seen;
    assert.equal(request?.method, 'POST');
    assert.equal(request?.url, '/a?b=c');
    assert.equal(request?.headers['authorization'], `Basic ${Buffer.from('ann:p:w').toString('base64')}`);
    assert.equal(request?.headers['x-key'], 'one');
    assert.equal(request?.headers['accept'], 'text/plain');
    assert.match(request?.headers['user-agent'] ?? '', /^Dozor\/\d/);
    await code(url, { auth: { bearer: 'abc' } });
    assert.equal(seen[1]?.headers['authorization'], 'Bearer abc');
    await code(url.replace('//', '//joe:s%40d@'));
    assert.equal(seen[2]?.headers['authorization'], `Basic ${Buffer.from('joe:s@d').toString('base64')}`);
  });

  it('opens a fresh connection each time', async (test) => {
    const ports = new Set<number | undefined>();
    const url = await serve(test, (request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    for (let count = 0; count < 3; count += 1) await ask(url);
    assert.equal(ports.size, 3);
  });

  it('warns of an answer slower than asked for, which stays good', async (test) => {
    const url = await serve(test, (_request, response) => setTimeout(() => response.end('late'), 30));
    const result = await ask(url, { expect: { maxLatency: '5ms' } });
    assert.equal(result.class, 'ok');
    assert.equal(result.warning?.code, 'http.slow');
    assert.equal(result.warning.params['limitMs'], 5);
  });

  it('asks the pulse’s path, of which status alone is expected', async (test) => {
    const paths: (string | undefined)[] = [];
    const url = await serve(test, (request, response) => {
      paths.push(`${request.method} ${request.url}`);
      response.end('pong');
    });
    const spec = {
      kind: 'http',
      url: `${url}/health`,
      method: 'POST',
      body: '{}',
      expect: { json: { '$.status': 'ok' } },
    };
    const pulse = await askOnce(spec, { source: 'pulse', pulsePath: '/ping?x=1' });
    assert.equal(pulse.class, 'ok');
    const full = await askOnce(spec);
    assert.equal(full.reason?.code, 'content.not-json');
    assert.deepEqual(paths, ['GET /ping?x=1', 'POST /health']);
  });

  it('reads compressed answers and other charsets', async (test) => {
    const url = await serve(test, (request, response) => {
      const isGzip = request.url === '/gzip';
      if (request.url === '/koi') {
        response.setHeader('content-type', 'text/html; charset=windows-1251');
        return response.end(Buffer.from([0xf0, 0xe0, 0xe1, 0xee, 0xf2, 0xe0, 0xe5, 0xf2]));
      }
      response.setHeader('content-encoding', isGzip ? 'gzip' : 'br');
      const data = Buffer.from('{"status":"ok"}');
      return response.end(isGzip ? gzipSync(data) : brotliCompressSync(data));
    });
    assert.equal(await code(`${url}/gzip`, { expect: { json: { '$.status': 'ok' } } }), 'ok');
    assert.equal(await code(`${url}/br`, { expect: { json: { '$.status': 'ok' } } }), 'ok');
    assert.equal(await code(`${url}/koi`, { expect: { keyword: 'работает' } }), 'ok');
  });
});

describe('an HTTP check of an answer that fails', () => {
  it('by status names what was expected and shows the answer without its secrets', async (test) => {
    const url = await serve(test, (_request, response) => {
      response.statusCode = 503;
      response.end('{"error":"db down","dsn":"postgres://app:s3cret@db/x","apiKey":"k123456"}');
    });
    const result = await ask(url);
    assert.deepEqual(result.reason, { code: 'http.status', params: { status: 503, expected: '200-299' } });
    assert.equal(result.class, 'hard');
    assert.match(result.detail ?? '', /db down/);
    assert.doesNotMatch(result.detail ?? '', /s3cret|k123456/);
    assert.equal(await code(url, { expect: { status: [200, '500-599'] } }), 'ok');
  });

  it('by silence, drip or stall tells the phase in which the deadline struck', async (test) => {
    const silent = await serve(test, () => undefined);
    assert.equal(await code(silent, {}, 100), 'http.timeout');
    const drip = await serve(test, (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const result = await ask(drip, {}, 150);
    assert.equal(result.reason?.code, 'http.body-timeout');
    assert.equal(result.status, 200);
    assert.deepEqual(result.reason.params, { ms: 150 });
  });

  it('by a cut before the answer is a reset, in the midst of it a truncation', async (test) => {
    const reset = await serveRaw(test, (socket) => socket.resetAndDestroy());
    assert.equal(await code(reset), 'tcp.reset');
    const closed = await serveRaw(test, (socket) => socket.end());
    assert.equal(await code(closed), 'tcp.reset');
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart';
    const truncated = await serveRaw(test, (socket) => socket.end(head));
    assert.equal(await code(truncated), 'http.truncated');
    const torn = await serveRaw(test, (socket) => socket.write(head, () => socket.resetAndDestroy()));
    assert.match(await code(torn), /^http\.truncated$|^tcp\.reset$/);
  });

  it('by what is no HTTP, or no body of the named coding, is malformed', async (test) => {
    const gibberish = await serveRaw(test, (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    assert.equal(await code(gibberish), 'http.malformed');
    const chunk = await serveRaw(test, (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n'),
    );
    assert.equal(await code(chunk), 'http.malformed');
    const coding = await serve(test, (_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end('not gzip at all');
    });
    assert.equal(await code(coding, { expect: { keyword: 'x' } }), 'http.malformed');
  });

  it('by size is cut at a megabyte, compressed or not', async (test) => {
    let isCut = false;
    const url = await serve(test, (request, response) => {
      if (request.url === '/bomb') {
        response.setHeader('content-encoding', 'gzip');
        return response.end(gzipSync(Buffer.alloc(8 * 1024 * 1024)));
      }
      const block = Buffer.alloc(65_536, 'a');
      const pour = (): void => {
        while (response.write(block));
        response.once('drain', pour);
      };
      response.once('close', () => {
        isCut = true;
      });
      return pour();
    });
    assert.equal(await code(url), 'http.body-too-large');
    assert.equal(await code(`${url}/bomb`, { expect: { keyword: 'x' } }), 'http.body-too-large');
    assert.equal(isCut, true);
  });

  it('by content says what is wrong where', async (test) => {
    const url = await serve(test, json({ status: 'degraded', count: 1, list: [{ 'a key': null }] }));
    const wrong = async (expect: object): Promise<unknown> => (await ask(url, { expect })).reason;
    assert.deepEqual(await wrong({ json: { '$.status': 'ok' } }), {
      code: 'content.json-mismatch',
      params: { path: '$.status', expected: '"ok"', found: '"degraded"' },
    });
    assert.equal(await code(url, { expect: { json: { '$.count': '1' } } }), 'content.json-mismatch');
    assert.equal(
      await wrong({ json: { '$.count': 1, '$.list[0]["a key"]': null, '$.gone': { exists: false } } }),
      undefined,
    );
    assert.equal(await code(url, { expect: { json: { '$.status': { not: 'degraded' } } } }), 'content.json-mismatch');
    assert.equal(await code(url, { expect: { keyword: 'absent' } }), 'content.keyword-missing');
    assert.equal(await code(url, { expect: { keyword: { not: 'degraded' } } }), 'content.keyword-present');
    assert.equal(await code(url, { expect: { regex: '"count":\\d{2}' } }), 'content.regex-missing');
    assert.equal(await code(url, { expect: { regex: { not: 'deg' } } }), 'content.regex-present');
    assert.equal(await code(url, { expect: { header: { 'Content-Type': 'text/html' } } }), 'content.header-mismatch');
    assert.equal(await code(url, { expect: { header: { 'content-type': { contains: 'json' } } } }), 'ok');
    assert.equal(await code(url, { expect: { header: { 'x-frame-options': { present: false } } } }), 'ok');
  });

  it('by a pattern that backtracks without end is no evidence against the target', async (test) => {
    const url = await serve(test, (_request, response) => response.end(`${'a'.repeat(64)}b`));
    for (const regex of ['^(a{1,30}){1,30}$', '^(a?){30}a{30}b$', `^${'(a|a)'.repeat(40)}b$`])
      assert.equal(await code(url, { expect: { regex } }), 'watch.cannot-ask', regex);
    const result = await ask(url, { expect: { regex: '^(a+)+$' } });
    assert.equal(result.reason?.code, 'watch.cannot-ask');
    assert.equal(await code(url, { expect: { regex: '^a+b$' } }), 'ok');
  });

  it('by emptiness where content was expected, or by no JSON', async (test) => {
    const url = await serve(test, (request, response) => response.end(request.url === '/empty' ? '' : '<html>'));
    assert.equal(await code(`${url}/empty`, { expect: { json: { '$.status': 'ok' } } }), 'content.empty');
    assert.equal(await code(`${url}/empty`), 'ok');
    assert.equal(await code(url, { expect: { json: { '$.status': 'ok' } } }), 'content.not-json');
  });
});

describe('an HTTP check that cannot ask', () => {
  it('says so when a certificate’s file is missing', async () => {
    const result = await ask('https://127.0.0.1:1/', { ca: '/nowhere/ca.pem' });
    assert.equal(result.reason?.code, 'watch.cannot-ask');
    assert.match(String(result.reason.params['what']), /ENOENT/);
  });

  it('tells a name that is not there', async () => {
    const result = await askOnce(
      { kind: 'http', url: 'http://gone.example/' },
      { resolver: { addresses: () => Promise.reject(Object.assign(new Error('gone'), { code: 'ENOTFOUND' })) } },
    );
    assert.deepEqual(result.reason?.code, 'dns.not-found');
    assert.equal(result.class, 'hard');
  });
});
