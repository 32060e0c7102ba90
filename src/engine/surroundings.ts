import type { Core } from './core.ts';
import { reason } from '../monitor/reason.ts';
import type { Hearts } from './hearts.ts';
import type { Hosts } from './hosts.ts';
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
  readonly hosts: Hosts;
}): Surroundings => {
  const { core, watch, incidents, hosts } = parts;
  const { registry } = core;
  /** A service whose apps run on one machine stands and falls with it, whatever name people reach it by. */
  const machineOf = (serviceId: string | undefined): string | undefined => {
    const [only, second] = serviceId === undefined ? [] : hosts.hostsOf(serviceId);
    return second === undefined ? only?.name : undefined;
  };
  const isAppDown = (serviceId: string): boolean =>
    registry.appsOf(serviceId).some((app) => hosts.apps.of(app).told === 'down');
  const onHost = (host: string): Set<string> => {
    const services = new Set<string>();
    for (const { id } of registry.services()) if (machineOf(id) === host) services.add(id);
    for (const one of watch.all()) if (one.target.host === host) services.add(one.monitor.serviceId);
    return services;
  };
  return {
    inDoubt: () => {
      const services = new Set<string>();
      for (const one of watch.all()) if (isInDoubt(one)) services.add(one.monitor.serviceId);
      for (const { id } of registry.apps().length === 0 ? [] : registry.services()) if (isAppDown(id)) services.add(id);
      return services.size;
    },
    isHurtOrSuspect: (serviceId) => {
      if (incidents.openOf(serviceId) !== undefined) return true;
      for (const one of watch.all()) if (one.monitor.serviceId === serviceId && isInDoubt(one)) return true;
      return false;
    },
    hostOf: (incident) => {
      const machine = machineOf(incident.serviceId);
      if (machine !== undefined) return machine;
      const hurt = incident.involved.find(({ verdict }) => verdict === 'down') ?? incident.involved[0];
      return hurt === undefined ? undefined : watch.of(hurt.monitorId)?.target.host;
    },
    causeOf: (incident) => {
      const silent = hosts.silentFor(incident);
      return silent === undefined ? incident.reason : reason('host.gone', { host: silent.host });
    },
    servicesOn: (host) => (host === undefined ? core.registry.services().length : Math.max(1, onHost(host).size)),
  };
};
