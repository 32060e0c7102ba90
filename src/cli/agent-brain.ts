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

const unknownHost = (name: string, hosts: readonly KnownHost[]): Fault =>
  new Fault(
    'NOT_FOUND',
    `The brain knows no host ${name}. It has: ${hosts.map((one) => one.name).join(', ') || 'none yet'}.`,
    `Say how it is reached (--ssh USER@HOST), or add it to the brain's dozor.yaml under hosts:  - { name: ${name}, ssh: "user@host" }`,
  );

/**
 * The host that is meant: by its name, or by the address that the configuration has for it. One that the brain does not know yet is made by it when
 * its agent joins, as long as the way to it is known.
 * @param fallback the name for a host of which only the address is known
 * @throws Fault NOT_FOUND when the brain does not know it and no way to it is named
 */
export const meantHost = (
  hosts: readonly KnownHost[],
  { name, ssh, fallback }: { readonly name?: string; readonly ssh?: string; readonly fallback?: string },
): KnownHost => {
  const byAddress = name === undefined ? hosts.filter((one) => ssh !== undefined && one.ssh === ssh) : [];
  const wanted = name ?? (byAddress.length === 1 ? byAddress[0]?.name : fallback);
  const host = hosts.find((one) => one.name === wanted);
  if (host !== undefined) return host;
  if (wanted !== undefined && ssh !== undefined) return { name: wanted, agent: 'waiting' };
  throw unknownHost(wanted ?? '', hosts);
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
