import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { recording, type Recording } from './recording.ts';

/** A proxy on loopback. */
export interface FakeProxy {
  /** With user and password when it wants them. */
  readonly url: string;
  readonly port: number;
  /** Where it was asked to connect to, as `host:port`. */
  readonly asked: Recording<string>;
  close(): Promise<void>;
}

/** What a proxy wants, and where it really connects to whatever it is asked for. */
export interface FakeProxyOptions {
  readonly user?: string;
  readonly password?: string;
  /** Connects here instead, so that a name such as api.example can be asked for without a resolver. */
  readonly leadsTo?: { readonly host: string; readonly port: number };
}

const listening = async (server: net.Server | http.Server): Promise<number> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
};

const closing = (server: net.Server | http.Server, sockets: ReadonlySet<Socket>) => (): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });

const keep = (sockets: Set<Socket>, socket: Socket): void => {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.on('error', () => socket.destroy());
};

const credentialsIn = ({ user, password = '' }: FakeProxyOptions): string =>
  user === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;

const join = (client: Socket, far: Socket): void => {
  client.pipe(far);
  far.pipe(client);
};

/** Starts an HTTP proxy that knows CONNECT only. */
export const startFakeConnectProxy = async (options: FakeProxyOptions = {}): Promise<FakeProxy> => {
  const asked = recording<string>((authority) => authority);
  const sockets = new Set<Socket>();
  const wanted =
    options.user === undefined
      ? undefined
      : `Basic ${Buffer.from(`${options.user}:${options.password ?? ''}`).toString('base64')}`;
  const server = http.createServer((_, response) => response.writeHead(405).end());
  server.on('connection', (socket: Socket) => keep(sockets, socket));
  server.on('connect', (request, client: Socket) => {
    const authority = request.url ?? '';
    asked.add(authority);
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${authority}`);
    const far = net.connect(options.leadsTo ?? { host: hostname, port: Number(port) || 80 }, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(client, far);
    });
    keep(sockets, far);
  });
  const port = await listening(server);
  return { url: `http://${credentialsIn(options)}127.0.0.1:${port}`, port, asked, close: closing(server, sockets) };
};

/** Waits for so many bytes of a SOCKS message and hands the rest back. */
const reader = (socket: Socket) => {
  let buffered = Buffer.alloc(0);
  let wanting: { readonly size: number; readonly give: (bytes: Buffer) => void } | undefined;
  const serve = (): void => {
    if (wanting === undefined || buffered.length < wanting.size) return;
    const { size, give } = wanting;
    wanting = undefined;
    const bytes = buffered.subarray(0, size);
    buffered = buffered.subarray(size);
    give(bytes);
  };
  const onData = (chunk: Buffer): void => {
    buffered = Buffer.concat([buffered, chunk]);
    serve();
  };
  socket.on('data', onData);
  return {
    take: (size: number): Promise<Buffer> =>
      new Promise((give) => {
        wanting = { size, give };
        serve();
      }),
    release: (): void => {
      socket.off('data', onData);
    },
  };
};

const readName = async (take: (size: number) => Promise<Buffer>): Promise<string> => {
  const [length = 0] = await take(1);
  return (await take(length)).toString('utf8');
};

/** Starts a SOCKS5 proxy (RFC 1928, RFC 1929): CONNECT only, with or without user and password. */
export const startFakeSocksProxy = async (options: FakeProxyOptions = {}): Promise<FakeProxy> => {
  const asked = recording<string>((authority) => authority);
  const sockets = new Set<Socket>();
  const greet = async (client: Socket, take: (size: number) => Promise<Buffer>): Promise<boolean> => {
    const [, methods = 0] = await take(2);
    await take(methods);
    if (options.user === undefined) {
      client.write(Buffer.from([5, 0]));
      return true;
    }
    client.write(Buffer.from([5, 2]));
    await take(1);
    const given = `${await readName(take)}:${await readName(take)}`;
    const isRight = given === `${options.user}:${options.password ?? ''}`;
    client.write(Buffer.from([1, isRight ? 0 : 1]));
    return isRight;
  };
  const serve = async (client: Socket): Promise<void> => {
    const { take, release } = reader(client);
    if (!(await greet(client, take))) {
      client.end();
      return;
    }
    const [, , , type] = await take(4);
    const host = type === 3 ? await readName(take) : Array.from(await take(type === 4 ? 16 : 4)).join('.');
    const port = (await take(2)).readUInt16BE();
    asked.add(`${host}:${port}`);
    release();
    const far = net.connect(options.leadsTo ?? { host, port }, () => {
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      join(client, far);
    });
    keep(sockets, far);
  };
  const server = net.createServer((client) => {
    keep(sockets, client);
    serve(client).catch((error: unknown) => client.destroy(error instanceof Error ? error : undefined));
  });
  const port = await listening(server);
  return { url: `socks5://${credentialsIn(options)}127.0.0.1:${port}`, port, asked, close: closing(server, sockets) };
};
