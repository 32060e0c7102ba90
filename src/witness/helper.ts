import type { Clock } from '../kernel/clock.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { WitnessRules } from '../config/witness-rules.ts';
import type { WitnessBriefing } from '../engine/brain.ts';
import type { NameResolver } from '../monitor/kind.ts';
import { deliver } from './deliver.ts';
import { askServices } from './judge.ts';
import type { Judgement } from './judgement.ts';
import type { Order } from './order.ts';
import type { People } from './people.ts';
import { lookAround, type Known, type Sight } from './sight.ts';

/** Where the own network has to reach, and which controls are known to answer. */
export interface LookTask {
  readonly known: Known;
  readonly towards?: string;
}

/** What is asked of the heavy half of a witness: looking around, judging, telling. */
export interface Helper {
  /** Which controls of the own network answer now. */
  look(task: LookTask): Promise<Sight>;
  judge(task: LookTask & { readonly services: WitnessBriefing['services'] }): Promise<Judgement>;
  /** Tells; returns when the next try is due, if something still waits. */
  deliver(task: { readonly orders: readonly Order[] }): Promise<EpochMs | undefined>;
}

/** The helper that works in this very process: inside a brain, and in the short-lived child of a witness. */
export const helperHere = (world: {
  readonly dir: string;
  readonly clock: Clock;
  readonly resolver: NameResolver;
  readonly rules: WitnessRules;
  readonly people: () => Promise<People>;
}): Helper => {
  const { dir, clock, resolver, rules } = world;
  const look = async ({ known, towards }: LookTask): Promise<Sight> => {
    const { settings } = await world.people();
    const { controls: anchors, resolvers } = settings.network;
    return lookAround({ clock, resolver, anchors, resolvers, known, towards });
  };
  return {
    look,
    judge: async ({ services, ...task }) => {
      const [sight, seen] = await Promise.all([
        look(task),
        askServices(services, { clock, resolver, timeoutMs: rules.checkTimeoutMs }),
      ]);
      const again = sight.clear ? await look(task) : sight;
      const { ok, total } = again;
      return { sight: sight.clear && again.clear ? 'clear' : 'blind', controls: { ok, total }, services: seen };
    },
    deliver: async ({ orders }) => {
      const { settings, contacts, channels } = await world.people();
      return deliver({ dir, clock, resolver, settings, contacts, channels, orders });
    },
  };
};
