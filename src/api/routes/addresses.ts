import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { Fault } from '#kernel/fault.ts';
import type { World } from '../env.ts';
import { isLoopback } from '../peer.ts';

/** Where the one who joins reaches this Dozor. */
export const AddressInput = z
  .strictObject({
    address: z
      .string()
      .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'must be HOST:PORT')
      .optional()
      .meta({ description: 'Where this Dozor is reached from there, when that is none of its own addresses.' }),
  })
  .meta({ id: 'JoinCodeInput' });

/** A join code and what it holds. */
export const CodeView = z
  .object({
    code: z.string(),
    watcher: z.string(),
    addresses: z.array(z.string()),
    fingerprint: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'WitnessCode' });

const withPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** Addresses of this machine that others may know it by. */
const outwardAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80'))
    .toSorted((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address);

/** Where a witness or agent may find this Dozor. @throws Fault CONFLICT when it listens for this machine alone. */
export const addressesOf = ({ brain, listening }: World, who: 'witness' | 'agent'): readonly string[] => {
  const { listen, publicUrl } = brain.settings();
  const { host, port } = listening() ?? listen;
  if (isLoopback(host) || host === 'localhost')
    throw new Fault(
      'CONFLICT',
      `Dozor listens on ${withPort(host, port)} only: no ${who} on another machine can reach it.`,
      `Set "listen: 0.0.0.0:${port}" (or this machine's own address) and restart it, or name a forwarded address: --address HOST:PORT`,
    );
  const isAny = host === '0.0.0.0' || host === '::';
  const named = publicUrl !== undefined && URL.canParse(publicUrl) ? [new URL(publicUrl).hostname] : [];
  const hosts = isAny ? [...outwardAddresses(), ...named] : [host, ...named];
  return [...new Set(hosts.map((one) => withPort(one.replaceAll(/[[\]]/g, ''), port)))];
};
