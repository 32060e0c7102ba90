import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { askOnce } from '../../../test/fakes/asking.ts';

const serve = async (test: TestContext, greet: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    greet(socket);
  }).listen(0, host);
  await once(server, 'listening');
  test.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const ask = async (port: number, more: object = {}, timeoutMs = 5_000) =>
  await askOnce({ kind: 'tcp', host: 'localhost', port, ...more }, { timeoutMs });

describe('a TCP check', () => {
  it('is content with a connection when nothing is expected', async (test) => {
    const result = await ask(await serve(test, () => undefined));
    assert.equal(result.class, 'ok');
    assert.deepEqual(Object.keys(result.phases), ['dns', 'tcp']);
  });

  it('tries the next address of a name when the first refuses', async (test) => {
    const result = await ask(await serve(test, () => undefined, '::1'));
    assert.equal(result.class, 'ok');
    assert.equal(result.ip, '::1');
    assert.equal((await ask(await serve(test, () => undefined, '::1'), { ip: 4 })).reason?.code, 'tcp.refused');
  });

  it('waits for the expected answer to what it sends, in as many pieces as it comes', async (test) => {
    const port = await serve(test, (socket) => {
      socket.once('data', (data) => {
        const answer = Buffer.from(`+ПОНГ ${data.length}`);
        // cut in the midst of a letter
        socket.write(answer.subarray(0, 4));
        setImmediate(() => socket.end(answer.subarray(4)));
      });
    });
    assert.equal((await ask(port, { send: 'PING\r\n', expect: 'ПОНГ 6' })).class, 'ok');
    assert.equal((await ask(port, { send: 'PING\r\n', expect: 'ПИНГ' })).reason?.code, 'tcp.unexpected');
  });

  it('tells another answer, an end without one, and silence apart', async (test) => {
    const other = await serve(test, (socket) => socket.end('-ERR token=abcdefgh'));
    const result = await ask(other, { expect: '+OK' });
    assert.equal(result.reason?.code, 'tcp.unexpected');
    assert.equal(result.class, 'hard');
    assert.doesNotMatch(JSON.stringify(result), /abcdefgh/);
    assert.equal(
      (await ask(await serve(test, (socket) => socket.end()), { expect: 'x' })).reason?.code,
      'tcp.unexpected',
    );
    const silent = await ask(await serve(test, () => undefined), { expect: 'x' }, 100);
    assert.equal(silent.reason?.code, 'tcp.no-answer');
    assert.equal(silent.class, 'soft');
  });

  it('reads no more than it needs of an answer without end', async (test) => {
    const port = await serve(test, (socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'a')));
      };
      socket.on('drain', pour);
      pour();
    });
    assert.equal((await ask(port, { expect: 'never' })).reason?.code, 'tcp.unexpected');
  });

  it('tells a reset from a refusal', async (test) => {
    const port = await serve(test, (socket) => socket.once('data', () => socket.resetAndDestroy()));
    assert.equal((await ask(port, { send: 'x', expect: 'y' })).reason?.code, 'tcp.reset');
  });
});
