import type { Core } from './core.ts';
import type { Hearts } from './hearts.ts';
import type { Incidents } from './incidents.ts';
import type { Surroundings } from './tidings.ts';
import type { Watch } from './watch.ts';
import type { Watched } from './watched.ts';

const isInDoubt = (one: Watched): boolean =>
  one.state.verdict === 'suspect' || one.state.verdict === 'down' || one.state.doubt !== null;

/** What stands around an incident: how many others are in doubt, where it is, who shares its host. */
export const surroundings = (parts: {
  readonly core: Core;
  readonly watch: Watch;
  readonly hearts: Hearts;
  readonly incidents: Incidents;
}): Surroundings => {
  const { core, watch, incidents } = parts;
  const onHost = (host: string): Set<string> => {
    const services = new Set<string>();
    for (const one of watch.all()) if (one.target.host === host) services.add(one.monitor.serviceId);
    return services;
  };
  return {
    inDoubt: () => {
      const services = new Set<string>();
      for (const one of watch.all()) if (isInDoubt(one)) services.add(one.monitor.serviceId);
      return services.size;
    },
    isHurtOrSuspect: (serviceId) => {
      if (incidents.openOf(serviceId) !== undefined) return true;
      for (const one of watch.all()) if (one.monitor.serviceId === serviceId && isInDoubt(one)) return true;
      return false;
    },
    hostOf: (incident) => {
      const hurt = incident.involved.find(({ verdict }) => verdict === 'down') ?? incident.involved[0];
      return hurt === undefined ? undefined : watch.of(hurt.monitorId)?.target.host;
    },
    servicesOn: (host) => (host === undefined ? core.registry.services().length : Math.max(1, onHost(host).size)),
  };
};
