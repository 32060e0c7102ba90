import { WITNESS_RULES } from '#config/witness-rules.ts';
import type { Log } from '#engine/log.ts';
import type { Running } from '#engine/start.ts';
import { systemClock } from '#engine/system-clock.ts';
import type { Stop } from '#kernel/clock.ts';
import { SECOND } from '#kernel/time.ts';
import { createResolver } from '#network/resolver.ts';
import { readFileOf, type Membership } from '#witness/files.ts';
import { helperHere } from '#witness/helper.ts';
import { Sentry } from '#witness/sentry.ts';
import { VERSION } from './version-number.ts';

/** So soon a brain notices that its folder has joined another one. */
const NOTICE_MS = 10 * SECOND;

const sentryOf = (running: Running, dir: string, membership: Membership, say: (line: string) => void): Sentry => {
  const { brain } = running;
  const { witness: rules = WITNESS_RULES, network } = brain.settings();
  const resolver = createResolver({ clock: systemClock, servers: network.resolvers });
  const people = async () => ({
    settings: brain.settings(),
    contacts: brain.contacts(),
    channels: running.pairedChannels(),
  });
  const helper = helperHere({ dir, clock: systemClock, resolver, rules, people });
  return new Sentry({ clock: systemClock, dir, membership, rules, helper, version: VERSION, say });
};

/** The witness inside a brain: as soon as its folder has joined another brain, that one is watched and told of by this one's channels. */
export const watchOther = (running: Running, dir: string, log: Log): { stop(): Promise<void> } => {
  let sentry: Sentry | undefined;
  let key: string | undefined;
  let stopTimer: Stop = () => undefined;
  const look = async (): Promise<void> => {
    const membership = readFileOf<Membership>(dir, 'membership');
    if (membership?.key === key) return;
    key = membership?.key;
    await sentry?.stop();
    sentry = membership && sentryOf(running, dir, membership, (line) => log.info(line, { witness: membership.name }));
    sentry?.start();
  };
  const round = (): void => {
    look()
      .catch((error: unknown) => log.warn(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        stopTimer = systemClock.after(NOTICE_MS, round);
      });
  };
  round();
  return {
    stop: async () => {
      stopTimer();
      await sentry?.stop();
    },
  };
};
