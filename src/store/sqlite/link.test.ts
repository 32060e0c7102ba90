import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Link } from './link.ts';

const ECHO = `
  const { parentPort, threadId } = require('node:worker_threads');
  parentPort.on('message', ({ id }) => parentPort.postMessage({ id, value: threadId }));
`;

test('a thread that is asked nothing is put to rest, and the next request starts another', async () => {
  const started: Worker[] = [];
  const link = new Link(() => {
    const worker = new Worker(ECHO, { eval: true });
    started.push(worker);
    return worker;
  }, 1);
  const first = await link.call({ call: 'who' });
  const [worker] = started;
  assert.ok(worker);
  await once(worker, 'exit');
  const second = await link.call({ call: 'who' });
  assert.notEqual(second, first);
  assert.equal(started.length, 2);
  await link.close();
});

test('without a rest the same thread answers again', async () => {
  const link = new Link(() => new Worker(ECHO, { eval: true }));
  assert.equal(await link.call({ call: 'who' }), await link.call({ call: 'who' }));
  await link.close();
});
