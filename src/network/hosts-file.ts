import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Clock } from '#kernel/clock.ts';
import { SECOND } from '#kernel/time.ts';

/** Looks a name up in a hosts file; empty when the file does not know it. */
export type HostsFile = (name: string) => readonly string[];

/** Reads the text of a hosts file (hosts(5)): name in lower case → addresses in the file's order. */
export const parseHosts = (text: string): ReadonlyMap<string, readonly string[]> => {
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const alias of aliases) {
      const known = names.get(alias.toLowerCase());
      if (known === undefined) names.set(alias.toLowerCase(), [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return names;
};

/** A hosts file that is read again when it changed, looked at once a second at most; a missing file knows no names. */
export const openHostsFile = (path: string, clock: Clock): HostsFile => {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let version = '';
  let names: ReadonlyMap<string, readonly string[]> = new Map();
  const look = (): void => {
    const found = statSync(path, { throwIfNoEntry: false });
    const seen = found === undefined ? 'missing' : `${found.ino}-${found.mtimeMs}-${found.size}`;
    if (seen === version) return;
    names = found === undefined ? new Map() : parseHosts(readFileSync(path, 'utf8'));
    version = seen;
  };
  return (name) => {
    const now = clock.monotonic();
    if (now - lookedAt >= SECOND) {
      lookedAt = now;
      look();
    }
    return names.get(name.toLowerCase()) ?? [];
  };
};
