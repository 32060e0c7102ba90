import { readdir, readlink } from 'node:fs/promises';
import type { PortFact } from '#diagnose/machine-facts.ts';
import { known, unknown, valueOf, type Known } from '#diagnose/known.ts';
import { createBreather } from './deadline.ts';
import { readProc } from './files.ts';
import { listPids, readBootTime, readCommand, readProcess } from './processes.ts';

/** A listening socket as the kernel's tables show it. */
export interface ListeningSocket {
  readonly port: number;
  readonly address: string;
  readonly inode: string;
}

const LISTENING = '0A';
/** Cheap sieve: a busy machine's table has thousands of lines of connections. */
const MAY_LISTEN = ` ${LISTENING} `;

/** An address of /proc/net/tcp or tcp6: 32-bit words, each in the machine's byte order (little-endian wherever Node has builds but s390x). */
export const parseAddress = (hex: string): string => {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8)
    for (let at = 6; at >= 0; at -= 2) bytes.push(Number.parseInt(hex.slice(word + at, word + at + 2), 16));
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((one) => one === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  return groups
    .join(':')
    .replace(/(^|:)0(:0)+(:|$)/, '::')
    .replace(/:{3,}/, '::');
};

/** The listening sockets of one of the kernel's tables. */
export const parseSockets = (table: string): readonly ListeningSocket[] =>
  table.split('\n').flatMap((line) => {
    if (!line.includes(MAY_LISTEN)) return [];
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address, port] = (local ?? '').split(':');
    if (state !== LISTENING || address === undefined || port === undefined || inode === undefined) return [];
    return [{ port: Number.parseInt(port, 16), address: parseAddress(address), inode }];
  });

/** All listening TCP sockets of this network namespace; undefined where the kernel shows none. */
export const readListening = async (): Promise<readonly ListeningSocket[] | undefined> => {
  const [four, six] = await Promise.all([readProc('/proc/net/tcp'), readProc('/proc/net/tcp6')]);
  if (four === undefined && six === undefined) return undefined;
  return [...parseSockets(four ?? ''), ...parseSockets(six ?? '')];
};

const socketsOf = async (pid: number): Promise<readonly string[]> => {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
};

/** Who holds these sockets: their inodes with the process that has them open (the youngest, where a parent handed one down). */
export const findOwners = async (
  inodes: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const owners = new Map<string, number>();
  if (inodes.size === 0) return owners;
  const breathe = createBreather();
  for (const pid of await listPids()) {
    if (signal?.aborted === true) break;
    for (const inode of await socketsOf(pid)) if (inodes.has(inode)) owners.set(inode, pid);
    await breathe();
  }
  return owners;
};

/** Node calls its main thread `MainThread`, and that is what the kernel shows: the command says more. */
const programName = (name: string, command: string | undefined): string =>
  (name === 'MainThread' ? command?.split(' ')[0]?.split('/').pop() : undefined) ?? name;

/** Who listens on which TCP port. A port whose owner may not be seen is told without one. */
export const collectPorts = async (signal?: AbortSignal): Promise<Known<readonly PortFact[]>> => {
  const sockets = await readListening();
  if (sockets === undefined) return unknown('unsupported');
  const owners = await findOwners(new Set(sockets.map(({ inode }) => inode)), signal);
  const bootedAt = valueOf(await readBootTime()) ?? 0;
  const facts = await Promise.all(
    sockets.map(async ({ port, address, inode }): Promise<PortFact> => {
      const pid = owners.get(inode);
      if (pid === undefined) return { port, address };
      const [owner, command] = await Promise.all([readProcess(pid, bootedAt), readCommand(pid)]);
      return {
        port,
        address,
        pid,
        ...(owner === undefined ? {} : { program: programName(owner.program, command), startedAt: owner.startedAt }),
        ...(command === undefined ? {} : { command }),
      };
    }),
  );
  return known([...facts].sort((a, b) => a.port - b.port));
};
