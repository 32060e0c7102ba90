import type { Channel, Contact, Policy } from '#alert/model.ts';
import type { Settings } from '#config/contract.ts';
import type { Brain, SelfHealth, ServiceStanding, WatcherStanding } from '#engine/brain.ts';
import type { AppStanding, HostStanding, OrderStanding } from '#engine/host-face.ts';
import type { Actor, Incident } from '#incident/incident.ts';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { MaintenanceWindow } from '#monitor/model.ts';
import type { Resource, ResourceKind, StoredEvent } from '#store/contract.ts';
import { fakeClock, type FakeClock } from './clock.ts';
import { appStanding, hostStanding, orderStanding } from './host-samples.ts';
import { check, entry, health, monitor, NOON, service, settings, standing, watcher } from './samples.ts';
import { memoryStore, type MemoryStore } from './store.ts';

/** A brain in memory for the faces' tests: it keeps what it is given and records what it was asked. */
export interface FakeBrain extends Brain {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly asked: { readonly what: string; readonly with: readonly unknown[] }[];
  settingsNow: Settings;
  healthNow: SelfHealth;
  servicesNow: ServiceStanding[];
  watchersNow: WatcherStanding[];
  hostsNow: HostStanding[];
  appsNow: AppStanding[];
  readonly ordersNow: Map<string, OrderStanding>;
  readonly resources: Map<string, Resource & { place?: { file: string; line: number } }>;
  readonly people: { contacts: Contact[]; channels: Channel[]; policies: Policy[]; maintenance: MaintenanceWindow[] };
  emit(event: Omit<StoredEvent, 'seq'>): StoredEvent;
  /** Makes the next call of anything that asks the brain throw this. */
  breaks: Error | undefined;
}

const missing = (kind: string, id: string): never => {
  throw new Fault('NOT_FOUND', `There is no ${kind} "${id}".`);
};

/** A fake brain with one service (`s1`, monitor `m1`, heartbeat `m2`), a contact, a channel with a secret, and a policy from a file. */
export const fakeBrain = (): FakeBrain => {
  const clock = fakeClock(NOON);
  const store = memoryStore();
  const asked: FakeBrain['asked'] = [];
  const listeners = new Set<(event: StoredEvent) => void>();
  let seq = 0;
  const ask = (what: string, ...more: readonly unknown[]): void => {
    asked.push({ what, with: more });
    if (brain.breaks !== undefined) throw brain.breaks;
  };
  const change = async (id: string, more: Partial<Incident>): Promise<Incident> => {
    const before = (await store.incident(id)) ?? missing('incident', id);
    const after = { ...before, ...more };
    store.data.incidents.set(after.id, after);
    return after;
  };
  const own = (kind: ResourceKind, id: string) =>
    [...brain.resources.values()].find((one) => one.kind === kind && (one.id === id || one.name === id)) ??
    missing(kind, id);
  const editable = (kind: ResourceKind, id: string) => {
    const found = own(kind, id);
    if (found.origin === 'file')
      throw new Fault('READ_ONLY', `The ${kind} "${found.name}" is defined by dozor.yaml:12.`, 'Change it there.');
    return found;
  };
  const brain: FakeBrain = {
    clock,
    store,
    asked,
    breaks: undefined,
    settingsNow: settings(),
    healthNow: health(),
    servicesNow: [],
    watchersNow: [watcher('office', 'answers')],
    hostsNow: [],
    appsNow: [],
    ordersNow: new Map(),
    resources: new Map(),
    people: { contacts: [], channels: [], policies: [], maintenance: [] },
    settings: () => brain.settingsNow,
    health: () => brain.healthNow,
    services: () => (ask('services'), brain.servicesNow),
    service: (id) =>
      brain.servicesNow.find((one) => one.service.id === id || one.service.name === id) ?? missing('service', id),
    monitor: (id) =>
      brain.servicesNow.flatMap((one) => one.monitors).find(({ monitor: one }) => one.id === id || one.name === id) ??
      missing('monitor', id),
    contacts: () => brain.people.contacts,
    channels: () => brain.people.channels,
    policies: () => brain.people.policies,
    maintenance: () => brain.people.maintenance,
    watchers: () => brain.watchersNow,
    nameOf: (id) => brain.resources.get(id)?.name,
    resource: own,
    create: async (kind, input, actor, trusted) => {
      ask('create', kind, input, actor, trusted);
      const made: Resource = {
        id: `new-${brain.resources.size}`,
        num: 99,
        kind,
        name: input.name,
        origin: 'stored',
        spec: input.spec,
        position: 0,
        createdAt: NOON,
      };
      brain.resources.set(made.id, made);
      return made;
    },
    update: async (kind, id, spec, actor, trusted) => {
      ask('update', kind, id, spec, actor, trusted);
      const after = { ...editable(kind, id), spec };
      brain.resources.set(after.id, after);
      return after;
    },
    remove: async (kind, id, actor) => {
      ask('remove', kind, id, actor);
      brain.resources.delete(editable(kind, id).id);
    },
    pause: async (id, on, actor) => {
      ask('pause', id, on, actor);
      const found = brain.monitor(id);
      return { ...found, monitor: { ...found.monitor, paused: on } };
    },
    checkNow: async (id) => (ask('checkNow', id), brain.monitor(id), check()),
    tryCheck: async (spec, trusted) => (ask('tryCheck', spec, trusted), check()),
    acknowledge: async (id, actor) => {
      ask('acknowledge', id, actor);
      const before = await store.incident(id);
      if (before?.state === 'closed') throw new Fault('CONFLICT', `Incident ${before.code} is over.`);
      return before?.acknowledged === undefined ? change(id, { acknowledged: { at: NOON, by: actor } }) : before;
    },
    note: async (id, text, actor) => {
      ask('note', id, text, actor);
      store.data.timeline.push(entry(`n${store.data.timeline.length}`, id, { type: 'note', by: actor, text }));
      return change(id, {});
    },
    muteIncident: async (id, forMs, actor) => (
      ask('muteIncident', id, forMs, actor),
      change(id, { mutedUntil: NOON + forMs })
    ),
    muteService: async (id, forMs, actor) => (ask('muteService', id, forMs, actor), brain.service(id).service),
    resolve: async (id, actor: Actor) => (
      ask('resolve', id, actor),
      change(id, { state: 'closed', closedAt: NOON, closedBy: actor, end: { to: { at: NOON } } })
    ),
    announceDeploy: async (input, actor) => (ask('announceDeploy', input, actor), { services: ['OnAI Backend API'] }),
    beat: async (key, kind, more) => {
      ask('beat', key, kind, more);
      if (key !== 'good-key') throw new Fault('NOT_FOUND', 'There is no heartbeat with this key.');
    },
    testChannel: async (name, actor) => (
      ask('testChannel', name, actor),
      { channel: name, accepted: true, tookMs: 120, attempts: 1 }
    ),
    reload: async () => (
      ask('reload'),
      [{ change: 'changed', kind: 'monitor', name: 'health', details: ['every: 2m → 1m'] }]
    ),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(event) {
      seq += 1;
      const stored = { ...event, seq };
      store.data.events.push(stored);
      for (const listener of listeners) listener(stored);
      return stored;
    },
    witnessSeen: () => ({
      brain: { name: 'test', startedAt: NOON, healthy: true, problems: [] },
      services: [],
      locale: 'en',
    }),
    hosts: () => brain.hostsNow,
    host: (id) => brain.hostsNow.find(({ host }) => host.id === id || host.name === id) ?? missing('host', id),
    apps: () => brain.appsNow,
    app: (id) => brain.appsNow.find(({ app }) => app.id === id || app.name === id) ?? missing('app', id),
    agentSeen: (hostId, agent) => ask('agentSeen', hostId, agent),
    handSignals: async (hostId, batch) => (ask('handSignals', hostId, batch), batch.at(-1)?.seq ?? 0),
    agentNews: async (hostId, more) => (
      ask('agentNews', hostId, { waitMs: more.waitMs, briefing: more.briefing }),
      { orders: [], ...(more.briefing === 'r1' ? {} : { briefing: brain.briefing(hostId) }) }
    ),
    briefing: (hostId) => ({ revision: 'r1', host: brain.host(hostId).host.name, apps: [] }),
    uplink: () => {
      throw new Error('the fake brain has no agent inside');
    },
    forgetAgent: async (hostId, actor) => ask('forgetAgent', hostId, actor),
    order: async (id, wish, actor) => {
      ask('order', id, wish, actor);
      const { app, host } = brain.app(id);
      const order: OrderStanding = {
        id: `o${brain.ordersNow.size + 1}`,
        hostId: host?.id ?? '',
        appId: app.id,
        at: NOON,
        by: actor,
        order: { ...wish, app: app.name } as OrderStanding['order'],
        phase: 'waiting',
      };
      brain.ordersNow.set(order.id, order);
      return order;
    },
    orderOf: (id) => brain.ordersNow.get(id) ?? missing('order', id),
    stop: async () => undefined,
  };
  fill(brain);
  return brain;
};

const resource = (id: string, kind: ResourceKind, name: string, spec: Json, origin: Resource['origin'] = 'stored') => ({
  id,
  num: 1,
  kind,
  name,
  origin,
  spec,
  position: 0,
  createdAt: NOON,
  ...(origin === 'file' ? { place: { file: 'dozor.yaml', line: 12 } } : {}),
});

const fill = (brain: FakeBrain): void => {
  const health1 = standing(monitor('m1', { name: 'health' }), 'up');
  const { pulse: _none, ...passive } = monitor('m2', { name: 'nightly backup', kind: 'heartbeat' });
  const beat = standing(passive, 'up', { beatPath: '/beat/good-key' });
  brain.servicesNow = [service('s1', 'OnAI Backend API', 'up', [health1, beat])];
  brain.hostsNow = [hostStanding()];
  brain.appsNow = [appStanding()];
  brain.ordersNow.set('o1', orderStanding());
  brain.people.contacts.push({ id: 'c1', name: 'duty', origin: 'stored', locale: 'ru' });
  brain.people.channels.push({
    id: 'ch1',
    contactId: 'c1',
    name: 'tg',
    kind: 'telegram',
    origin: 'stored',
    config: { kind: 'telegram' },
  });
  brain.people.policies.push({
    id: 'p1',
    name: 'default',
    origin: 'file',
    steps: [{ afterMs: 0, notify: ['tg'], loud: 'auto' }],
    until: 'acknowledged',
  });
  brain.people.maintenance.push({
    id: 'mw1',
    name: 'weekly restart',
    origin: 'stored',
    forMs: 1_800_000,
    cron: '0 4 * * 0',
    services: [],
  });
  const all = [
    resource('h1', 'host', 'vps', {}),
    resource('a1', 'app', 'onai-backend', { service: 'OnAI Backend API', host: 'vps' }),
    resource('s1', 'service', 'OnAI Backend API', { name: 'OnAI Backend API' }),
    resource('m1', 'monitor', 'health', {
      kind: 'http',
      url: 'https://user:hunter2@api.onai.example/health',
      auth: { basic: { username: 'u', password: 'hunter2' } },
    }),
    resource('m2', 'monitor', 'nightly backup', { kind: 'heartbeat', every: '1d', key: 'good-key' }),
    resource('c1', 'contact', 'duty', { name: 'duty' }),
    resource('ch1', 'channel', 'tg', { kind: 'telegram', botToken: '123:hunter2', chatId: 5 }),
    resource('p1', 'policy', 'default', { steps: [] }, 'file'),
    resource('mw1', 'maintenance', 'weekly restart', { cron: '0 4 * * 0', for: '30m' }),
    resource('w-office', 'watcher', 'office', { kind: 'witness' }),
  ];
  for (const one of all) brain.resources.set(one.id, one);
};
