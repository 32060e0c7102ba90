import type { Worker } from 'node:worker_threads';
import { errorOf } from './failure.ts';
import type { Reply, Request } from './wire.ts';
import { Fault } from '../../kernel/fault.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers requests, one answer each. It keeps the process alive only while an answer is due. Starts at the first request, and again at the next one after it has
 * died.
 */
export class Link {
  readonly #start: () => Worker;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 1;
  #closed = false;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** Sends a request; `transfer` are buffers that the thread takes over. @throws Fault as the thread has it; a plain error for a bug. */
  call(request: Omit<Request, 'id'>, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    // A thread that were begun now would keep the process alive for ever.
    if (this.#closed) return Promise.reject(new Fault('STORE_UNAVAILABLE', 'The store is closed.'));
    const id = this.#nextId;
    this.#nextId += 1;
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...request }, transfer);
    });
  }

  /** Ends the thread, if it was ever started, after it has closed its file. */
  async close(): Promise<void> {
    const worker = this.#worker;
    const done = worker === undefined ? undefined : this.call({ call: 'close' });
    this.#closed = true;
    if (worker === undefined) return;
    try {
      await done;
    } finally {
      this.#worker = undefined;
      await worker.terminate();
    }
  }

  #begin(): Worker {
    const worker = this.#start();
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#died(worker, error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => this.#died(worker, 'its thread ended'));
    return worker;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (reply.failure === undefined) waiting?.resolve(reply.value);
    else waiting?.reject(errorOf(reply.failure));
  }

  #died(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const [id, { reject }] of this.#waiting) {
      this.#waiting.delete(id);
      reject(new Fault('STORE_UNAVAILABLE', `the store's thread broke off: ${why}`, 'It is started again by itself.'));
    }
  }
}
