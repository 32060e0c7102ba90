import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Network } from './network.ts';

/** A way from one network into the other: what connects to `host` is passed on to the inside address and port that `to` names then. */
export const openWay = async (host: string, to: () => string) => {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const [address = '', port = ''] = to().split(':');
    const far = connect(Number(port), address);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** The inner address of a network: its gateway's neighbour. */
export const insideOf = (network: Network): string => network.neighbour(0).replace(/\.\d+$/, '.2');
