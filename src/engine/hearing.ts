import type { EscalationEvent } from '../alert/conversation.ts';
import type { Channel } from '../alert/model.ts';
import type { Ms } from '../kernel/time.ts';
import type { Core } from './core.ts';
import type { DispatchListener } from './dispatch-listener.ts';

/** So long a channel that failed at once waits for what becomes of the others. */
const OTHERS_MS: Ms = 2_000;

/** What hearing needs to know and to do. */
export interface Ears {
  deliver(incidentId: string, event: Extract<EscalationEvent, { type: 'exhausted' | 'accepted' }>): Promise<void>;
  /** Only a person who was reached makes a further channel needless. */
  reachesPerson(channel: string): boolean;
  /** Is another channel being told of the incident right now? */
  othersAreTold(incidentId: string, channel: string): boolean;
}

/** The channel of that name, while it is defined. */
export const channelNamed = (core: Core, name: string): Channel | undefined =>
  core.registry.channels().find((channel) => channel.name === name);

/**
 * Passes on to the conversation that a channel got through or did not. While another channel is still being told, its answer may make the next
 * step needless: nobody is called because an SMS was over its cap in the moment before Telegram took the message.
 */
export const hearing = (core: Core, ears: Ears): DispatchListener['heard'] => {
  const pass = (incidentId: string, event: Parameters<Ears['deliver']>[1]): void => {
    ears.deliver(incidentId, event).catch((error: unknown) => core.bug('conversation', error));
  };
  return (incidentId, event) => {
    if (event.type === 'exhausted' && ears.othersAreTold(incidentId, event.channel)) {
      const key = `exhausted ${incidentId} ${event.channel}`;
      core.deadlines.set(key, core.clock.now() + OTHERS_MS, () => pass(incidentId, event));
    } else if (event.type === 'exhausted' || ears.reachesPerson(event.channel)) pass(incidentId, event);
  };
};
