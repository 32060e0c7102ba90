import { chmod, rm } from 'node:fs/promises';
import { createServer as createHttp, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { Fault } from '#kernel/fault.ts';
import { SECOND } from '#kernel/time.ts';

/** First byte of a TLS record that begins a handshake (RFC 8446 § 5.1). */
const TLS_HANDSHAKE = 0x16;

const LIMITS = {
  requestTimeout: 60 * SECOND,
  headersTimeout: 15 * SECOND,
  keepAliveTimeout: 20 * SECOND,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 5 * SECOND,
};
/** A connection that says nothing at all is cut after so long. */
const SILENT = 15 * SECOND;
const MAX_CONNECTIONS = 2_000;
/** Linux keeps 108 bytes for it, the closing zero included (unix(7)). */
const MAX_SOCKET_PATH = 107;

/** Where to listen, and what to answer with. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
  readonly certificate: { readonly key: string; readonly cert: string } | undefined;
  readonly listener: (unix: boolean) => RequestListener;
  /** Other limits than the usual ones (for tests). */
  readonly limits?: Partial<typeof LIMITS>;
}

/** Listening, until closed. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Ends listening; connections that are still open are cut after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

const refusal = (error: NodeJS.ErrnoException, where: string): Error => {
  if (error.code === 'EADDRINUSE')
    return new Fault(
      'PORT_IN_USE',
      `${where} is taken by another program.`,
      'Stop it (ss -ltnp shows it), or choose another: --listen HOST:PORT',
      { cause: error },
    );
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return new Fault(
      'LISTEN_REFUSED',
      `This user may not listen on ${where}.`,
      'Choose a port of 1024 or above: --listen HOST:PORT',
      { cause: error },
    );
  if (
    error.code === 'EADDRNOTAVAIL' ||
    error.code === 'ENOTFOUND' ||
    error.code === 'EAI_AGAIN' ||
    error.code === 'EINVAL'
  )
    return new Fault(
      'LISTEN_REFUSED',
      `${where} is no address of this machine.`,
      'See `ip address`; 127.0.0.1 always works, 0.0.0.0 is all of them.',
      { cause: error },
    );
  return error;
};

const listening = (
  server: Server | HttpServer,
  target: { host: string; port: number } | { path: string },
  where: string,
) =>
  new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(refusal(error, where));
    server.once('error', fail);
    server.listen(target, () => {
      server.off('error', fail);
      resolve();
    });
  });

/** Looks at the first byte and hands the connection to the server that speaks it. */
const sniff =
  (plain: HttpServer, secure: Server | undefined) =>
  (socket: Socket): void => {
    const quiet = (): void => {
      socket.destroy();
    };
    socket.on('error', quiet);
    socket.setTimeout(SILENT, quiet);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return quiet();
      socket.setTimeout(0);
      socket.off('timeout', quiet);
      socket.unshift(first);
      const server = first[0] === TLS_HANDSHAKE ? secure : plain;
      if (server === undefined) return quiet();
      server.emit('connection', socket);
    });
  };

const closing = (server: Server | HttpServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/** A socket file that nobody answers on is left from a kill; one that is answered belongs to another Dozor. */
const clearSocket = async (path: string): Promise<void> => {
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  if (answered)
    throw new Fault('DATA_IN_USE', `Another Dozor answers on ${path}.`, 'Stop it first, or use another --data DIR.');
  await rm(path, { force: true });
};

const listenUnix = async (path: string, listener: RequestListener): Promise<HttpServer> => {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH)
    throw new Fault('LISTEN_REFUSED', `The path ${path} is too long for a socket.`, 'Use a shorter --data DIR.');
  await clearSocket(path);
  const server = createHttp(LIMITS, listener);
  // Between bind and chmod nobody else may connect.
  const before = process.umask(0o177);
  try {
    await listening(server, { path }, path);
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
  return server;
};

/** Serves plain HTTP and TLS on one port, and the Unix socket. @throws Fault PORT_IN_USE, LISTEN_REFUSED, DATA_IN_USE. */
export const listen = async (options: ListenOptions): Promise<Listening> => {
  const { host, port, certificate } = options;
  const limits = { ...LIMITS, ...options.limits };
  const plain = createHttp(limits, options.listener(false));
  const secure =
    certificate === undefined
      ? undefined
      : createHttps(
          { ...limits, ...certificate, handshakeTimeout: SILENT, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] },
          options.listener(false),
        );
  // Node looks for requests that never end only once a server listens; these two are handed their connections.
  for (const server of [plain, secure]) server?.emit('listening');
  const front = createTcp({ pauseOnConnect: false }, sniff(plain, secure));
  front.maxConnections = MAX_CONNECTIONS;
  const sockets = new Set<Socket>();
  front.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listening(front, { host, port }, `${host}:${port}`);
  const unix =
    options.socketPath === undefined
      ? undefined
      : await listenUnix(options.socketPath, options.listener(true)).catch(async (error: unknown) => {
          await closing(front);
          throw error;
        });
  const address = front.address();
  return {
    host,
    port: address !== null && typeof address === 'object' ? address.port : port,
    async close(graceMs = 1 * SECOND) {
      const ends = [closing(front), ...(unix === undefined ? [] : [closing(unix)])];
      plain.close();
      secure?.close();
      const late = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
        unix?.closeAllConnections();
      }, graceMs);
      await Promise.all(ends);
      clearTimeout(late);
    },
  };
};
