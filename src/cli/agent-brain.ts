import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '#kernel/fault.ts';
import { SECOND, type Ms } from '#kernel/time.ts';
import { segment } from './asking.ts';
import type { Client } from './client.ts';

/** A host as the brain tells of it. */
export interface KnownHost {
  readonly name: string;
  readonly local?: boolean;
  readonly ssh?: string;
  /** Whether its agent answers: `waiting` has never been heard of. */
  readonly agent: 'waiting' | 'connected' | 'gone';
  readonly lastSeenAt?: string;
  readonly version?: string;
}

const LOOK_EVERY_MS: Ms = 500;

/** All hosts of the brain. @throws Fault as the client does */
export const knownHosts = async (brain: Client): Promise<readonly KnownHost[]> =>
  ((await brain.get('/hosts')) as { readonly items: readonly KnownHost[] }).items;

const listed = (hosts: readonly KnownHost[]): string =>
  hosts.length === 0 ? 'The brain has no hosts yet.' : `The brain has: ${hosts.map(({ name }) => name).join(', ')}.`;

/**
 * The host that is meant: by its name, or by the address that the configuration has for it.
 * @throws Fault NOT_FOUND when the brain has none such
 */
export const meantHost = (
  hosts: readonly KnownHost[],
  name: string | undefined,
  ssh: string | undefined,
): KnownHost => {
  const found = name === undefined ? hosts.filter((one) => one.ssh === ssh) : hosts.filter((one) => one.name === name);
  const [host] = found;
  if (host !== undefined && found.length === 1) return host;
  const entry = `hosts:\n  - { name: ${name ?? 'vps'}${ssh === undefined ? '' : `, ssh: "${ssh}"`} }`;
  throw new Fault(
    'NOT_FOUND',
    name === undefined
      ? `Which host is ${ssh ?? 'meant'}? ${listed(hosts)}`
      : `The brain knows no host ${name}. ${listed(hosts)}`,
    `Name it (dozor agent install NAME --ssh …), or add it to the brain's dozor.yaml:\n${entry}`,
  );
};

/** A code with which the agent of a host joins, once. @throws Fault as the client does */
export const agentCode = async (brain: Client, host: string, address: string | undefined): Promise<string> => {
  const body = address === undefined ? {} : { address };
  return ((await brain.post(`/hosts/${segment(host)}/code`, body)) as { readonly code: string }).code;
};

/**
 * Waits until the brain has heard of a host's agent anew.
 * @param before when it had been heard of last before it was started
 * @returns false when it was not within `withinMs`
 */
export const reported = async (
  brain: Client,
  host: string,
  before: string | undefined,
  withinMs: Ms = 45 * SECOND,
): Promise<boolean> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = (await knownHosts(brain)).find(({ name }) => name === host);
    if (found?.agent === 'connected' && found.lastSeenAt !== before) return true;
    if (performance.now() > deadline) return false;
    await pause(LOOK_EVERY_MS);
  }
};
