import type { FaultPlace } from '../kernel/fault.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';
import type { Policy } from './model.ts';

/** What choosing a policy needs to know of a channel. */
export interface ChannelChoice {
  readonly name: string;
  /** It can tell without a sound (a chat, a mail); an SMS or a call cannot. Taken for true when left out. */
  readonly silentPossible?: boolean;
}

/**
 * The policy of somebody who wrote none: every channel that can be silent at once, every channel with sound after 45 s, again every 30
 * minutes until acknowledged. SMS and calls have no part in the first step: they come when it has not healed in 45 s.
 */
export const automaticPolicy = (channels: readonly ChannelChoice[]): Policy => {
  const silent = channels.filter((channel) => channel.silentPossible !== false).map(({ name }) => name);
  const all = channels.map(({ name }) => name);
  return {
    id: 'automatic',
    name: 'automatic',
    origin: 'stored',
    steps: [
      ...(silent.length > 0 ? [{ afterMs: 0, notify: silent, loud: 'auto' } as const] : []),
      { afterMs: 45 * SECOND, notify: all, loud: 'always' },
    ],
    repeatEveryMs: 30 * MINUTE,
    until: 'acknowledged',
  };
};

/**
 * The policy that a service names, else `default`, else the automatic one. Without a name (a storm, the watch itself): `default`, else the
 * automatic one. A name that no policy has (it was retired) falls back likewise: better told by another policy than not at all.
 */
export const policyFor = (
  name: string | undefined,
  policies: readonly Policy[],
  channels: readonly ChannelChoice[],
): Policy => {
  const called = (wanted: string): Policy | undefined => policies.find((policy) => policy.name === wanted);
  return (name === undefined ? undefined : called(name)) ?? called('default') ?? automaticPolicy(channels);
};

/** Every step that names a channel that does not exist, as places for a Fault; empty when all is well. */
export const unknownChannels = (policy: Policy, channels: readonly string[]): readonly FaultPlace[] =>
  policy.steps.flatMap((step, index) =>
    step.notify
      .filter((name) => !channels.includes(name))
      .map((name) => ({
        path: `policies.${policy.name}.steps[${index}].notify`,
        message: `there is no channel "${name}"`,
        hint: channels.length === 0 ? 'no channel is defined yet' : `channels are: ${channels.join(', ')}`,
      })),
  );
