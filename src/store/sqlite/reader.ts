import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { backupTo } from './backup.ts';
import { inTransaction, openForReading } from './database.ts';
import { failureOf } from './failure.ts';
import { checks } from './queries/checks.ts';
import { history } from './queries/history.ts';
import {
  acceptedFor,
  alerts,
  audit,
  beats,
  deliveries,
  events,
  incident,
  incidents,
  sentSince,
  timeline,
  tokenByHash,
  tokens,
} from './queries/lists.ts';
import { load } from './queries/load.ts';
import { spans, uptime } from './queries/spans.ts';
import type { Reply, Request } from './wire.ts';

/** The reader thread: answers every question from one consistent view of the file, beside the writer and never in its way. */
const { file } = workerData as { readonly file: string };
const port = parentPort;
if (port === null) throw new Error('the reader runs as a worker thread only');

/** What may be asked. The arguments come from open.ts of the same build, so their types hold. */
const QUERIES = {
  acceptedFor,
  alerts,
  audit,
  beats,
  checks,
  deliveries,
  events,
  history,
  incident,
  incidents,
  load,
  sentSince,
  spans,
  timeline,
  tokenByHash,
  tokens,
  uptime,
} as unknown as Readonly<Record<string, (database: DatabaseSync, args: unknown) => unknown>>;

let open: DatabaseSync | undefined;

const ask = (call: string, args: unknown): unknown => {
  const query = QUERIES[call];
  if (query === undefined) throw new Error(`the reader does not know ${call}`);
  open ??= openForReading(file);
  const database = open;
  return inTransaction(database, 'BEGIN', () => query(database, args));
};

const close = (): void => {
  open?.close();
  open = undefined;
};

const answer = async (request: Request): Promise<unknown> => {
  if (request.call === 'close') return close();
  if (request.call === 'backup') return backupTo(file, String(request.args));
  return ask(request.call, request.args);
};

const serve = async (request: Request): Promise<void> => {
  let reply: Reply;
  try {
    reply = { id: request.id, value: await answer(request) };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.fault === 'STORE_UNAVAILABLE') close();
    reply = { id: request.id, failure };
  }
  port.postMessage(reply);
};

// A thread that is ended from outside would never save its share of the compile cache.
port.once('message', () => setImmediate(flushCompileCache));
port.on('message', (request: Request) => void serve(request));
