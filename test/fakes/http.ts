import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { recording, type Recording } from './recording.ts';

/** A request that a fake received. */
export interface FakeRequest {
  /** When it had arrived wholly, epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Aborts when the caller hangs up. */
  readonly gone: AbortSignal;
}

/** What a fake answers with; an object as body goes out as JSON. */
export interface FakeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** How a fake misbehaves for a number of requests. `hang` never answers, `reset` cuts the connection, `slow` answers rightly but late. */
export type Misbehaviour =
  | { readonly do: 'answer'; readonly reply: FakeReply }
  | { readonly do: 'hang' }
  | { readonly do: 'reset' }
  | { readonly do: 'slow'; readonly byMs: number };

/** What every HTTP fake has. */
export interface FakeHttp {
  readonly url: string;
  readonly port: number;
  readonly requests: Recording<FakeRequest>;
  /** Misbehaves for the next `times` requests (for ever when absent) whose path fits. */
  misbehave(how: Misbehaviour, options?: { readonly times?: number; readonly path?: RegExp }): void;
  /** Behaves again. */
  behave(): void;
  close(): Promise<void>;
}

/** Where a fake listens. */
export interface FakeOptions {
  /** A free port when absent. */
  readonly port?: number;
  readonly host?: string;
}

const read = async (incoming: IncomingMessage, response: ServerResponse): Promise<FakeRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return {
    at: Date.now(),
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    gone: gone.signal,
  };
};

const reply = (response: ServerResponse, { status = 200, headers = {}, body = '' }: FakeReply): void => {
  if (response.destroyed) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
    ...headers,
  });
  response.end(text);
};

/** Starts an HTTP server on loopback that answers each request by `answer`, unless it was told to misbehave. */
export const startFakeHttp = async (
  answer: (request: FakeRequest) => FakeReply | Promise<FakeReply>,
  { port = 0, host = '127.0.0.1' }: FakeOptions = {},
): Promise<FakeHttp> => {
  const requests = recording<FakeRequest>((one) => `${one.method} ${one.path} ${one.body.slice(0, 200)}`);
  let faults: { how: Misbehaviour; left: number; path: RegExp }[] = [];
  const takeFault = (path: string): Misbehaviour | undefined => {
    const fault = faults.find((one) => one.left > 0 && one.path.test(path));
    if (fault !== undefined) fault.left -= 1;
    return fault?.how;
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming, response);
    const fault = takeFault(request.path);
    requests.add(request);
    if (fault?.do === 'hang') return;
    if (fault?.do === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault?.do === 'answer') {
      reply(response, fault.reply);
      return;
    }
    if (fault?.do === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.byMs));
    reply(response, await answer(request));
  };
  const server = http.createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      reply(response, { status: 500, body: `the fake itself failed: ${String(error)}` });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    requests,
    misbehave: (how, { times = Infinity, path = /(?:)/ } = {}) => {
      faults.push({ how, left: times, path });
    },
    behave: () => {
      faults = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
