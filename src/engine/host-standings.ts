import { defined } from '../kernel/defined.ts';
import { Fault } from '../kernel/fault.ts';
import type { App, Host } from '../config/contract.ts';
import type { Order, Uplink } from '../host/contract.ts';
import type { Actor } from '../incident/incident.ts';
import type { Core } from './core.ts';
import { briefingOf } from './host-briefing.ts';
import type { AgentNews, AppStanding, HostFace, HostStanding, OrderStanding, Wish } from './host-face.ts';
import type { Hosts } from './hosts.ts';
import type { Incidents } from './incidents.ts';

/** An agent within this process listens so long at a time. */
const LISTEN_MS = 25_000;

interface FaceParts {
  readonly core: Core;
  readonly hosts: Hosts;
  readonly incidents: Incidents;
}

const hostStanding = ({ core, hosts }: FaceParts, host: Host): HostStanding => {
  const seen = hosts.agents.lastSeen(host.id);
  const figures = hosts.vitals(host.id);
  return {
    host,
    agent: hosts.agents.stateOf(host.id),
    troubles: hosts.troubles(host.id).map(({ wardId: _wardId, ...trouble }) => trouble),
    apps: core.registry.appsOn(host.id),
    ...defined({ lastSeenAt: seen?.at, version: seen?.version, vitals: figures?.vitals, vitalsAt: figures?.at }),
  };
};

const appStanding = ({ core, hosts, incidents }: FaceParts, app: App): AppStanding => {
  const { registry } = core;
  const state = hosts.apps.of(app);
  const host = registry.hostOf(app);
  const service = registry.serviceOf(app);
  const vitals = host === undefined ? undefined : hosts.vitals(host.id)?.vitals;
  return {
    app,
    agent: host === undefined ? 'waiting' : hosts.agents.stateOf(host.id),
    verdict: state.verdict,
    since: state.since,
    inMaintenance: hosts.apps.inMaintenance(app),
    scene: state.scene,
    processes: (vitals?.processes ?? []).filter((one) => one.app === app.name),
    ...defined({
      service,
      host,
      reason: state.reason,
      incidentId: service === undefined ? undefined : incidents.openOf(service.id)?.id,
    }),
  };
};

const refuseWithoutAgent = (parts: FaceParts, app: App): Host => {
  const host = parts.core.registry.hostOf(app);
  const state = host === undefined ? 'waiting' : parts.hosts.agents.stateOf(host.id);
  if (host !== undefined && state === 'connected') return host;
  const where = host?.name ?? 'its host';
  throw new Fault(
    'CONFLICT',
    `The agent on ${where} ${state === 'gone' ? 'does not answer' : 'has never been heard of'}: "${app.name}" can't be reached.`,
    state === 'gone'
      ? `Is ${where} up, and does the agent run there? (dozor agent)`
      : `Connect it: dozor hosts code ${where}`,
  );
};

/** A repair that nobody proposes (any more) is not asked for. @throws Fault CONFLICT */
const refuseUnknownPlan = (parts: FaceParts, app: App, wish: Wish): void => {
  const { repair } = parts.hosts.apps.of(app).scene;
  if ((wish.do !== 'repair' && wish.do !== 'leave') || (repair?.planId === wish.planId && repair.phase === 'proposed'))
    return;
  throw new Fault(
    'CONFLICT',
    `No such repair of "${app.name}" is proposed (any more).`,
    `See dozor apps show ${app.name}`,
  );
};

const newsFor = async (
  { core, hosts }: FaceParts,
  hostId: string,
  more: Parameters<HostFace['agentNews']>[1],
): Promise<AgentNews> => {
  const now = async (): Promise<AgentNews> => {
    const host = core.registry.find('host', hostId);
    const briefing = briefingOf(host, core.registry, core.settings().locale);
    const orders = await hosts.orders.take(host.id);
    return { orders, ...(briefing.revision === more.briefing ? {} : { briefing }) };
  };
  const first = await now();
  if (first.orders.length > 0 || first.briefing !== undefined) return first;
  await hosts.orders.news(core.registry.find('host', hostId).id, more.waitMs, more.signal);
  return more.signal?.aborted === true ? first : now();
};

/** The way of an agent that lives in this process: what it hands over goes straight in. */
const uplinkTo = (face: HostFace, hostId: string, agent: { readonly version: string }): Uplink => {
  let known: string | undefined;
  return {
    hand: async (batch) => face.handSignals(hostId, batch),
    listen: async (signal) => {
      face.agentSeen(hostId, agent);
      const news = await face.agentNews(hostId, { waitMs: LISTEN_MS, signal, ...defined({ briefing: known }) });
      known = news.briefing?.revision ?? known;
      return news;
    },
  };
};

const orderWith = (wish: Wish, app: string): Order => ({ ...wish, app }) as Order;

const issue = async (parts: FaceParts, idOrName: string, wish: Wish, by: Actor): Promise<OrderStanding> => {
  const { core, hosts, incidents } = parts;
  const app = core.registry.find('app', idOrName);
  const host = refuseWithoutAgent(parts, app);
  refuseUnknownPlan(parts, app, wish);
  const service = core.registry.serviceOf(app);
  const incidentId = service === undefined ? undefined : incidents.openOf(service.id)?.id;
  const { repair } = hosts.apps.of(app).scene;
  const plan = 'planId' in wish && repair?.planId === wish.planId ? repair.plan : undefined;
  const about = { hostId: host.id, appId: app.id, ...defined({ incidentId }) };
  return hosts.orders.issue(about, orderWith(wish, app.name), by, plan);
};

/** The brain's side of hosts and apps, as its faces and agents see it. */
export const hostFace = (parts: FaceParts): HostFace => {
  const { core, hosts } = parts;
  const { registry } = core;
  const face: HostFace = {
    hosts: () => registry.hosts().map((host) => hostStanding(parts, host)),
    host: (idOrName) => hostStanding(parts, registry.find('host', idOrName)),
    apps: () => registry.apps().map((app) => appStanding(parts, app)),
    app: (idOrName) => appStanding(parts, registry.find('app', idOrName)),
    agentSeen: (hostId, { version }) => {
      const turn = core.turn();
      hosts.agents.seen(turn, registry.find('host', hostId), version);
      void turn.commit();
    },
    handSignals: (hostId, batch) => hosts.hand(registry.find('host', hostId).id, batch),
    agentNews: (hostId, more) => newsFor(parts, hostId, more),
    briefing: (hostId) => briefingOf(registry.find('host', hostId), registry, core.settings().locale),
    uplink: (hostId, agent) => uplinkTo(face, registry.find('host', hostId).id, agent),
    forgetAgent: (hostId, actor) => hosts.forgetAgent(registry.find('host', hostId).id, actor),
    order: (idOrName, wish, actor) => issue(parts, idOrName, wish, actor),
    orderOf: (id) => hosts.orders.of(id),
  };
  return face;
};
