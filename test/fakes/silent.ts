import net, { type AddressInfo, type Socket } from 'node:net';

/** A server that lets everybody in and never says a word. */
export interface SilentServer {
  readonly port: number;
  /** How many have ever connected. */
  connections(): number;
  /** Resolves when somebody is connected. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on loopback. */
export const startSilentServer = async (): Promise<SilentServer> => {
  const sockets = new Set<Socket>();
  let count = 0;
  let tell: (() => void)[] = [];
  const server = net.createServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    tell.forEach((one) => one());
    tell = [];
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    connected: () =>
      count > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            tell.push(resolve);
          }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
