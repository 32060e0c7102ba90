import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from './failure.ts';
import { WriterDatabase } from './writer-database.ts';
import { Tender } from './tend.ts';
import type { Reply, Request, WriterSettings } from './wire.ts';

/**
 * The writer thread: the only one that changes the store. Batches come first; tending is cut into slices, and after each slice the batches
 * that have come meanwhile are committed.
 */
const settings = workerData as WriterSettings;
const port = parentPort;
if (port === null) throw new Error('the writer runs as a worker thread only');

const database = new WriterDatabase(settings);
const tender = new Tender(settings);

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const tend = async (now: number): Promise<unknown> => {
  for (const step of tender.steps(database, now)) {
    step();
    await nextTurn();
  }
  return database.room();
};

const answer = (request: Request): unknown => {
  if (request.call === 'commit') return database.commit(request.journal, request.ops ?? []);
  if (request.call === 'open') return database.ready();
  if (request.call === 'tend') return tend(Number(request.args));
  if (request.call === 'close') return database.close();
  throw new Error(`the writer does not know ${request.call}`);
};

const serve = async (request: Request): Promise<void> => {
  let reply: Reply;
  try {
    const value = answer(request);
    reply = { id: request.id, value: value instanceof Promise ? await value : value };
  } catch (error) {
    reply = { id: request.id, failure: failureOf(error) };
  }
  port.postMessage(reply);
};

// A thread that is ended from outside would never save its share of the compile cache.
port.once('message', () => setImmediate(flushCompileCache));
port.on('message', (request: Request) => void serve(request));
