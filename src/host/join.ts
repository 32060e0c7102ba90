import { Fault } from '../kernel/fault.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import { unpackCode } from '../witness/code.ts';
import type { Membership } from '../witness/files.ts';
import type { AgentJoined, AgentJoining, HostBriefing } from './contract.ts';
import { BrainLink } from './link.ts';

/** A person looks on. */
const TIMEOUT_MS: Ms = 15 * SECOND;

/**
 * Spends the join code of an agent: proves by the pinned certificate that the brain is the right one, and exchanges the one-time token for a key that
 * lasts. @throws Fault JOIN_REFUSED (no code of an agent, wrong certificate, used, too old), BRAIN_UNREACHABLE, RATE_LIMITED.
 */
export const joinAsAgent = async (
  code: string,
  version: string,
  now: () => EpochMs,
): Promise<{ readonly membership: Membership; readonly briefing: HostBriefing }> => {
  const { addresses, fingerprint, token, role } = unpackCode(code);
  if (role !== 'agent')
    throw new Fault(
      'JOIN_REFUSED',
      'That is the code of a witness.',
      'For an agent, on the brain: dozor hosts code NAME',
    );
  const link = new BrainLink({ brain: { addresses, fingerprint }, version, now });
  try {
    const { key, brain, briefing } = (await link.ask(
      '/agents/join',
      { token } satisfies AgentJoining,
      TIMEOUT_MS,
    )) as AgentJoined;
    return { membership: { brain: brain.name, name: briefing.host, key, fingerprint, addresses }, briefing };
  } finally {
    link.close();
  }
};
