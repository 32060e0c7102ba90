import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** How a target answers. `every`: each nth request is answered by another conduct, the others well. `drip`: a byte at a time, never to the end. */
export type Conduct =
  | {
      readonly do: 'answer';
      readonly status?: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  | { readonly do: 'every'; readonly nth: number; readonly conduct: Conduct }
  | { readonly do: 'hang' }
  | { readonly do: 'reset' }
  | { readonly do: 'slow'; readonly byMs: number }
  | { readonly do: 'drip'; readonly everyMs: number };

/** Answers 200 `{"status":"ok"}`. */
export const WELL: Conduct = { do: 'answer' };

/** A server that is watched, on loopback. */
export interface Target {
  /** `http://127.0.0.1:PORT/health` (https with a certificate, another host when one was given). */
  readonly url: string;
  readonly port: number;
  /** How many requests have come. */
  asked(): number;
  /** Behaves so from now on, or for the next `times` requests and as before afterwards. */
  becomes(conduct: Conduct, times?: number): void;
  /** As if its process were killed: the port is closed, connections are cut. */
  die(): Promise<void>;
  /** Listens again on the same port. */
  revive(): Promise<void>;
  /** Presents another certificate from the next connection on. */
  present(certificate: { readonly cert: string; readonly key: string }): void;
  close(): Promise<void>;
}

const answerWell = (response: ServerResponse, conduct: Conduct & { do: 'answer' }): void => {
  const { status = 200, body = '{"status":"ok"}', headers = {} } = conduct;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
};

const drip = (response: ServerResponse, everyMs: number): void => {
  response.writeHead(200, { 'content-length': '1000000' });
  const timer = setInterval(() => response.write('.'), everyMs);
  response.once('close', () => clearInterval(timer));
};

const later = (response: ServerResponse, byMs: number): void => {
  const timer = setTimeout(() => answerWell(response, { do: 'answer' }), byMs);
  response.once('close', () => clearTimeout(timer));
};

const act = (conduct: Conduct, count: number, request: IncomingMessage, response: ServerResponse): void => {
  switch (conduct.do) {
    case 'answer':
      return answerWell(response, conduct);
    case 'every':
      return act(count % conduct.nth === 0 ? conduct.conduct : WELL, count, request, response);
    case 'hang':
      return undefined;
    case 'reset':
      return void request.socket.resetAndDestroy();
    case 'slow':
      return later(response, conduct.byMs);
    case 'drip':
      return drip(response, conduct.everyMs);
  }
};

/** Starts a target that is well. */
export const startTarget = async ({
  port = 0,
  host = '127.0.0.1',
  certificate,
}: {
  readonly port?: number;
  readonly host?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
} = {}): Promise<Target> => {
  let conduct: Conduct = WELL;
  let passing: { readonly conduct: Conduct; left: number } | undefined;
  let count = 0;
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    count += 1;
    request.resume();
    const now = passing !== undefined && passing.left > 0 ? passing.conduct : conduct;
    if (passing !== undefined) passing.left -= 1;
    act(now, count, request, response);
  };
  const secure = certificate === undefined ? undefined : createSecure(certificate, listener);
  const server: Server = (secure as Server | undefined) ?? createServer(listener);
  server.keepAliveTimeout = 1;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port);
  const bound = (server.address() as AddressInfo).port;
  const die = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.resetAndDestroy();
    });
  return {
    url: `${secure === undefined ? 'http' : 'https'}://${host}:${bound}/health`,
    port: bound,
    asked: () => count,
    becomes: (next, times) => {
      if (times === undefined) conduct = next;
      passing = times === undefined ? undefined : { conduct: next, left: times };
    },
    die,
    revive: async () => listen(bound),
    present: (given) => secure?.setSecureContext(given),
    close: die,
  };
};
