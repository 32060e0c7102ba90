import { defined } from '../kernel/defined.ts';
import type { Alert, AlertFacts, Channel, Policy } from '../alert/model.ts';
import { policyFor } from '../alert/policy.ts';
import type { Core } from './core.ts';

/** An alert of these facts, made now. */
export const alertOf = (core: Core, facts: AlertFacts, transition: number): Alert => ({
  id: core.newId(),
  kind: facts.kind,
  severity: facts.severity,
  transition,
  createdAt: core.clock.now(),
  facts,
  ...defined({ incidentId: facts.incidentId }),
});

/** The policy of that name, else the default one; automatic when none is written. */
export const policyNamed = (
  core: Core,
  name: string | undefined,
  silentPossible: (channel: Channel) => boolean,
): Policy => {
  const channels = core.registry
    .channels()
    .map((channel) => ({ name: channel.name, silentPossible: silentPossible(channel) }));
  return policyFor(name, core.registry.policies(), channels);
};
