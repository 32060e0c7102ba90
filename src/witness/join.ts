import { Fault, FAULTS, type FaultCode } from '../kernel/fault.ts';
import { SECOND } from '../kernel/time.ts';
import type { WitnessBriefing } from '../engine/brain.ts';
import { unpackCode } from './code.ts';
import type { Membership } from './files.ts';
import { askPinned, type LinkFailure } from './link.ts';

/** Joining waits longer than watching does: a person looks on. */
const TIMEOUT_MS = 10 * SECOND;

interface Joined {
  readonly key: string;
  readonly watcher: string;
  readonly briefing: WitnessBriefing;
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
}

const unreachable = ({ kind, message }: LinkFailure): Fault =>
  kind === 'wrong-certificate'
    ? new Fault(
        'JOIN_REFUSED',
        `Somebody else answers there: ${message}.`,
        'Either the brain lost its data folder (make a new code), or another machine stands in between: then do not join.',
      )
    : new Fault(
        'BRAIN_UNREACHABLE',
        `The brain does not answer: ${message}.`,
        'Does it run, does it listen for other machines (listen: 0.0.0.0:4600), and does a firewall let its port through?',
      );

const refusal = (status: number, body: unknown): Fault => {
  const { code = '', detail, hint = '' } = (typeof body === 'object' && body !== null ? body : {}) as Problem;
  const known = Object.hasOwn(FAULTS, code) ? (code as FaultCode) : 'JOIN_REFUSED';
  return new Fault(known, detail ?? `The brain answered ${status}.`, hint);
};

/**
 * Spends a join code: proves by the pinned certificate that the brain is the right one, and exchanges the one-time token for a key that lasts.
 * @throws Fault JOIN_REFUSED (no code, wrong certificate, used, too old), BRAIN_UNREACHABLE, RATE_LIMITED.
 */
export const joinBrain = async (
  text: string,
  version: string,
): Promise<{ readonly membership: Membership; readonly briefing: WitnessBriefing }> => {
  const { addresses, fingerprint, token } = unpackCode(text);
  const answer = await askPinned(
    { addresses, fingerprint },
    { path: '/witness/join', body: { token, version }, timeoutMs: TIMEOUT_MS },
  );
  if (!answer.ok) throw unreachable(answer.error);
  const { status, body, address } = answer.value;
  if (status !== 200) throw refusal(status, body);
  const { key, watcher, briefing } = body as Joined;
  return {
    // what answered once is asked first from now on
    membership: {
      brain: briefing.brain.name,
      name: watcher,
      key,
      fingerprint,
      addresses: [address, ...addresses.filter((other) => other !== address)],
    },
    briefing,
  };
};
