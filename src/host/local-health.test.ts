import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { systemClock } from '#engine/system-clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { askLocally, LocalHealth, targetOf, type LocalAnswer } from './local-health.ts';

describe('asking an app from inside', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  after(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const app = async (answer: RequestListener): Promise<string> =>
    `http://127.0.0.1:${await listen(createServer(answer))}/health`;

  it('takes a good status for well, another for not, and a redirect for an answer', async () => {
    for (const [status, ok] of [
      [200, true],
      [204, true],
      [302, true],
      [503, false],
      [404, false],
    ] as const) {
      const url = await app((_, response) => response.writeHead(status).end());
      const answer = await askLocally(targetOf({ health: url }));
      assert.deepEqual([answer?.ok, answer?.isOpen, answer?.detail], [ok, true, ok ? undefined : String(status)]);
    }
  });

  it('tells a closed port from an open one that does not answer', async () => {
    const closed = await askLocally({ url: 'http://127.0.0.1:1/', port: 1 });
    assert.deepEqual(closed, { ok: false, isOpen: false, detail: 'ECONNREFUSED' });
    const port = await listen(createTcp(() => undefined));
    const hung = await askLocally({ url: `http://127.0.0.1:${port}/`, port }, 200);
    assert.deepEqual(hung, { ok: false, isOpen: true, detail: 'no answer within 0.2 s' });
  });

  it('knocks at the port alone when there is no address, and asks nothing when there is neither', async () => {
    const port = await listen(createTcp(() => undefined));
    assert.deepEqual(await askLocally({ port }), { ok: true, isOpen: true });
    assert.deepEqual(await askLocally({ port: 1 }), { ok: false, isOpen: false, detail: 'port 1 is closed' });
    assert.equal(await askLocally({}), undefined);
  });

  it('is not held up by an answer without an end', async () => {
    const url = await app((_, response) => {
      response.writeHead(200);
      response.write('…');
    });
    assert.equal((await askLocally({ url }))?.ok, true);
  });

  it('asks again and again, and sooner when it is told to hurry', async () => {
    let isWell = false;
    const url = await app((_, response) => response.writeHead(isWell ? 200 : 500).end());
    const answers: LocalAnswer[] = [];
    const health = new LocalHealth(systemClock, targetOf({ health: url }), (answer) => void answers.push(answer));
    health.start();
    await eventually('a first answer', () => answers.length > 0);
    isWell = true;
    health.hurry();
    await eventually('a good answer', () => answers.at(-1)?.ok);
    health.stop();
  });

  it('knows the port of an address', () => {
    assert.deepEqual(targetOf({ health: 'http://127.0.0.1:3000/health' }).port, 3000);
    assert.deepEqual(targetOf({ health: 'https://localhost/health' }).port, 443);
    assert.deepEqual(targetOf({ health: 'http://127.0.0.1:3000/health', port: 4000 }).port, 4000);
    assert.deepEqual(targetOf({}), {});
  });
});
