import { catalog } from '../i18n/catalog.ts';
import { Fault } from '../kernel/fault.ts';
import type { Actor } from '../incident/incident.ts';
import type { Core } from './core.ts';
import { hostFace } from './host-standings.ts';
import type { Hosts } from './hosts.ts';
import type { Decision } from './inbound.ts';
import type { Incidents } from './incidents.ts';

/** Answers a tap on a proposed repair: orders it, or says why not. */
export const decisions = (parts: {
  readonly core: Core;
  readonly hosts: Hosts;
  readonly incidents: Incidents;
}): ((decision: Decision, actor: Actor) => Promise<string>) => {
  const face = hostFace(parts);
  return async ({ do: what, appId, planId }, actor) => {
    const { registry } = parts.core;
    const { answer } = catalog(parts.core.settings().locale).hosts;
    const app = registry.apps().find(({ id }) => id === appId);
    if (app === undefined) return answer.notProposed;
    const host = registry.hostOf(app);
    if (host === undefined || parts.hosts.agents.stateOf(host.id) !== 'connected')
      return answer.agentAway(host?.name ?? app.name);
    try {
      await face.order(app.id, { do: what, planId }, actor);
    } catch (error) {
      if (error instanceof Fault && error.code === 'CONFLICT') return answer.notProposed;
      throw error;
    }
    return what === 'repair' ? answer.repairing(app.name) : answer.left(app.name);
  };
};
