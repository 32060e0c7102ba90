import { Fault } from '../kernel/fault.ts';
import type { Actor } from '../incident/incident.ts';
import type { Brain, SelfHealth, WitnessBriefing } from './brain.ts';
import type { Asker } from './asking.ts';
import type { Watchers } from './deadman.ts';
import type { ChannelTests } from './channel-test.ts';
import type { Core } from './core.ts';
import type { Deploys } from './deploys.ts';
import type { Hearts } from './hearts.ts';
import { ownerOf } from './host-troubles.ts';
import { hostFace } from './host-standings.ts';
import type { Hosts } from './hosts.ts';
import type { Incidents } from './incidents.ts';
import type { Mutes } from './mutes.ts';
import type { Objects } from './objects.ts';
import type { People } from './people.ts';
import type { Standings } from './standings.ts';
import type { Watch } from './watch.ts';
import type { MonitorKind } from '../monitor/kind.ts';
import type { StoredEvent } from '../store/contract.ts';

/** The parts that the face hands its calls to. */
export interface FaceParts {
  readonly core: Core;
  readonly asker: Asker;
  readonly watch: Watch;
  readonly hearts: Hearts;
  readonly people: People;
  readonly objects: Objects;
  readonly standings: Standings;
  readonly deploys: Deploys;
  readonly mutes: Mutes;
  readonly hosts: Hosts;
  readonly incidents: Incidents;
  readonly pause: (monitor: string, on: boolean, actor: Actor) => Promise<void>;
  readonly watchers: Watchers;
  readonly channelTests: ChannelTests;
  readonly listeners: Set<(event: StoredEvent) => void>;
  readonly health: () => SelfHealth;
  readonly reload: Brain['reload'];
  readonly stop: () => Promise<void>;
  readonly kindOf: (kind: string) => MonitorKind | undefined;
  /** The machine's name, for the witness. */
  readonly name: string;
}

/** The brain as its faces see it: every call goes to the part that does it. */
export const brainFace = (parts: FaceParts): Brain => ({
  ...views(parts),
  ...objectCalls(parts),
  ...incidentCalls(parts),
  ...hostFace(parts),
  announceDeploy: async (input, actor) => ({ services: await parts.deploys.announce(input, actor) }),
  beat: (key, kind, more) => parts.hearts.beat(key, kind, more),
  testChannel: (name, actor) => parts.channelTests.run(name, actor),
  reload: parts.reload,
  subscribe: (listener) => {
    parts.listeners.add(listener);
    return () => void parts.listeners.delete(listener);
  },
  witnessSeen: ({ watcherId }) => {
    parts.watchers.witnessed(watcherId);
    const everyMs = parts.core.registry.watchers().find(({ id }) => id === watcherId)?.everyMs;
    return { ...briefing(parts), ...(everyMs === undefined ? {} : { everyMs }) };
  },
  stop: parts.stop,
});

type Views =
  | 'clock'
  | 'store'
  | 'settings'
  | 'health'
  | 'services'
  | 'service'
  | 'monitor'
  | 'contacts'
  | 'channels'
  | 'policies'
  | 'maintenance'
  | 'watchers'
  | 'nameOf'
  | 'resource';

const views = ({ core, standings, health, watchers }: FaceParts): Pick<Brain, Views> => {
  const { registry } = core;
  return {
    clock: core.clock,
    store: core.store,
    settings: () => core.settings(),
    health,
    services: () => standings.services(),
    service: (idOrName) => standings.of(registry.find('service', idOrName)),
    monitor: (idOrName) => standings.monitor(registry.find('monitor', idOrName)),
    contacts: () => registry.contacts(),
    channels: () => registry.channels(),
    policies: () => registry.policies(),
    maintenance: () => registry.maintenance(),
    watchers: () => watchers.standings(),
    nameOf: (id) => registry.resource(ownerOf(id))?.name,
    resource: (kind, idOrName) => {
      const { id } = registry.find(kind, idOrName);
      const resource = registry.resource(id);
      if (resource === undefined) throw new Fault('NOT_FOUND', `There is no ${kind} "${idOrName}".`);
      const place = registry.place(id);
      return place === undefined ? resource : { ...resource, place };
    },
  };
};

const objectCalls = (
  parts: FaceParts,
): Pick<Brain, 'create' | 'update' | 'remove' | 'pause' | 'checkNow' | 'tryCheck'> => {
  const { core, objects, standings, watch } = parts;
  const { registry } = core;
  return {
    create: (kind, input, actor, trusted) => objects.create(kind, input, actor, trusted),
    update: (kind, idOrName, spec, actor, trusted) => objects.update(kind, idOrName, spec, actor, trusted),
    remove: (kind, idOrName, actor) => objects.remove(kind, idOrName, actor),
    pause: async (idOrName, on, actor) => {
      await parts.pause(idOrName, on, actor);
      return standings.monitor(registry.find('monitor', idOrName));
    },
    checkNow: async (idOrName) => {
      const one = watch.of(registry.find('monitor', idOrName).id);
      if (one !== undefined) return watch.now(one);
      throw new Fault(
        'CONFLICT',
        `"${idOrName}" is told, it does not ask.`,
        'A heartbeat is judged by its signs of life.',
      );
    },
    tryCheck: async (spec, trusted) => {
      const monitor = await objects.compileMonitor(spec, trusted);
      const kind = parts.kindOf(monitor.kind);
      if (kind === undefined || kind.passive) throw new Fault('INPUT_INVALID', `Kind "${monitor.kind}" does not ask.`);
      return parts.asker.ask({ monitor, kind, source: 'now' });
    },
  };
};

const incidentCalls = ({
  people,
  mutes,
}: FaceParts): Pick<Brain, 'acknowledge' | 'note' | 'muteIncident' | 'muteService' | 'resolve'> => ({
  acknowledge: (incident, actor) => people.acknowledge(incident, actor),
  note: (incident, text, actor) => people.note(incident, text, actor),
  muteIncident: (incident, forMs, actor) => people.mute(incident, forMs, actor),
  muteService: (service, forMs, actor) => mutes.mute(service, forMs, actor),
  resolve: (incident, actor) => people.resolve(incident, actor),
});

/** What a witness keeps for when the brain is silent: where the services are, no secrets. */
const briefing = (parts: FaceParts): WitnessBriefing => {
  const health = parts.health();
  const { registry } = parts.core;
  const services = registry.services().map((service) => {
    const targets = registry.monitorsOf(service.id).flatMap((monitor) => {
      const target = parts.kindOf(monitor.kind)?.target(monitor.config);
      return target?.host === undefined ? [] : [{ monitor, target }];
    });
    const http = targets.find(({ monitor }) => monitor.kind === 'http');
    const url = http === undefined ? undefined : plainUrl(http.monitor.config);
    const first = targets[0]?.target;
    return {
      name: service.name,
      ...(url === undefined ? {} : { url }),
      ...(first?.host === undefined ? {} : { host: first.host }),
      ...(first?.port === undefined ? {} : { port: first.port }),
    };
  });
  return {
    brain: { name: parts.name, startedAt: health.startedAt, healthy: health.ok, problems: health.problems },
    services,
    locale: parts.core.settings().locale,
  };
};

/** The URL without user, password and query, which may hold secrets. */
const plainUrl = (config: { readonly kind: string; readonly url?: unknown }): string | undefined => {
  if (typeof config.url !== 'string' || !URL.canParse(config.url)) return undefined;
  const url = new URL(config.url);
  return `${url.origin}${url.pathname}`;
};
