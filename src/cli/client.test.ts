import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { connect } from './client.ts';

const seen: { method: string; url: string; token: string | undefined; body: string }[] = [];
let folder = '';
let server: Server;
let answer: { status: number; body: string } = { status: 200, body: '{}' };

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dozor-client-'));
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', token: request.headers.authorization, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(join(folder, 'dozor.sock'), done));
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const isFault = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === code && message.test(error.message);

test('on the same machine the brain is asked over the socket in the data folder, without a token', async () => {
  answer = { status: 200, body: '{"items":[1]}' };
  assert.deepEqual(await connect({ data: folder }, { env: {}, cwd: '/' }).get('/services?limit=5'), { items: [1] });
  assert.deepEqual(seen.at(-1), { method: 'GET', url: '/api/v1/services?limit=5', token: undefined, body: '' });
});

test('what is sent goes out as JSON', async () => {
  await connect({ data: folder }, { env: {}, cwd: '/' }).post('/incidents/7F3K/note', { text: 'по-русски' });
  assert.deepEqual(seen.at(-1), {
    method: 'POST',
    url: '/api/v1/incidents/7F3K/note',
    token: undefined,
    body: '{"text":"по-русски"}',
  });
});

test("a problem becomes the fault that it names, with the brain's hint", async () => {
  const problem = { code: 'READ_ONLY', detail: 'It is defined in dozor.yaml:12.', hint: 'Change it there.' };
  answer = { status: 409, body: JSON.stringify(problem) };
  await assert.rejects(
    connect({ data: folder }, { env: {}, cwd: '/' }).remove('/services/x'),
    (error) =>
      error instanceof Fault &&
      error.code === 'READ_ONLY' &&
      error.message === problem.detail &&
      error.hint === problem.hint,
  );
});

test('a problem without a known code is judged by its status', async () => {
  answer = { status: 404, body: '{"title":"Not found"}' };
  await assert.rejects(connect({ data: folder }, { env: {}, cwd: '/' }).get('/x'), isFault('NOT_FOUND', /Not found/));
});

test('what answers without JSON is no Dozor', async () => {
  answer = { status: 200, body: '<html>' };
  await assert.rejects(
    connect({ data: folder }, { env: {}, cwd: '/' }).get('/x'),
    isFault('BRAIN_UNREACHABLE', /no Dozor/),
  );
});

test('without a brain the fault says where it was looked for and what to do', async () => {
  await assert.rejects(
    connect({}, { env: { DOZOR_DATA: join(folder, 'nothing') }, cwd: '/' }).get('/status'),
    (error) =>
      error instanceof Fault &&
      error.code === 'BRAIN_UNREACHABLE' &&
      /nothing\/dozor\.sock/.test(error.message) &&
      /dozor up/.test(error.hint),
  );
});

test('from elsewhere the brain is asked by DOZOR_URL with DOZOR_TOKEN', async () => {
  const remote = createServer((request, response) => {
    seen.push({ method: '', url: request.url ?? '', token: request.headers.authorization, body: '' });
    response.end('{}');
  });
  await new Promise<void>((done) => remote.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(remote.address() as AddressInfo).port}`;
  await connect({}, { env: { DOZOR_URL: url, DOZOR_TOKEN: 'secret' }, cwd: '/' }).get('/status');
  assert.deepEqual(seen.at(-1), { method: '', url: '/api/v1/status', token: 'Bearer secret', body: '' });
  remote.close();
});

test('an address without a token is refused before anything is sent', () => {
  assert.throws(
    () => connect({}, { env: { DOZOR_URL: 'http://127.0.0.1:1' }, cwd: '/' }),
    isFault('UNAUTHENTICATED', /DOZOR_TOKEN/),
  );
});
