import { allows } from '#auth/scope.ts';
import { Fault } from '#kernel/fault.ts';
import { MonitorView, ServiceView } from '../contract/basics.ts';
import { MuteInput } from '../contract/inputs.ts';
import {
  ChannelTestView,
  ChannelView,
  ContactView,
  MaintenanceView,
  PolicyView,
  WatcherView,
} from '../contract/people.ts';
import { defineRoute, type Asked, type Route } from '../route.ts';
import { allMonitors, namesOf } from '../views/names.ts';
import { channelView, contactView, maintenanceView, policyView } from '../views/people.ts';
import { monitorView, serviceView, watcherView, type Showing } from '../views/standing.ts';
import { crud } from './crud.ts';

/** What this caller is shown. */
export const showingFor = (asked: Pick<Asked<unknown, unknown>, 'caller' | 'locale'>): Showing => ({
  locale: asked.locale,
  beats: allows(asked.caller.scope, 'responder'),
});

const services = crud({
  kind: 'service',
  plural: 'services',
  view: ServiceView,
  list: (brain) => brain.services(),
  idOf: (one) => one.service.id,
  nameOf: (one) => one.service.name,
  show: (one, asked) => serviceView(one, showingFor(asked)),
});

const monitors = crud({
  kind: 'monitor',
  plural: 'monitors',
  view: MonitorView,
  list: allMonitors,
  idOf: (one) => one.monitor.monitor.id,
  nameOf: (one) => one.monitor.monitor.name,
  show: (one, asked) => monitorView(one.monitor, one.service.service.name, showingFor(asked)),
});

const contacts = crud({
  kind: 'contact',
  plural: 'contacts',
  view: ContactView,
  list: (brain) => brain.contacts(),
  idOf: (one) => one.id,
  nameOf: (one) => one.name,
  show: (one, { world }) => contactView(one, world.brain.channels()),
});

const channels = crud({
  kind: 'channel',
  plural: 'channels',
  view: ChannelView,
  list: (brain) => brain.channels(),
  idOf: (one) => one.id,
  nameOf: (one) => one.name,
  show: (one, { world }) => channelView(one, namesOf(world.brain), world.brain.health().channelFaults),
});

const policies = crud({
  kind: 'policy',
  plural: 'policies',
  view: PolicyView,
  list: (brain) => brain.policies(),
  idOf: (one) => one.id,
  nameOf: (one) => one.name,
  show: policyView,
});

const maintenance = crud({
  kind: 'maintenance',
  plural: 'maintenance',
  view: MaintenanceView,
  list: (brain) => brain.maintenance(),
  idOf: (one) => one.id,
  nameOf: (one) => one.name,
  show: maintenanceView,
});

const watchers = crud({
  kind: 'watcher',
  plural: 'watchers',
  view: WatcherView,
  list: (brain) => brain.watchers(),
  idOf: (one) => one.watcher.id,
  nameOf: (one) => one.watcher.name,
  show: watcherView,
});

const testChannel = defineRoute({
  method: 'post',
  path: '/channels/{id}/test',
  scope: 'admin',
  tag: 'channels',
  summary: 'Sends a test message through the whole path and reports how it fared',
  result: ChannelTestView,
  timeoutMs: 120_000,
  run: async ({ world, caller, id }) => {
    const channel = world.brain.channels().find((one) => one.id === id || one.name === id);
    if (channel === undefined)
      throw new Fault('NOT_FOUND', `There is no channel "${id}".`, 'See GET /api/v1/channels.');
    return world.brain.testChannel(channel.name, caller.actor);
  },
});

const muteService = defineRoute({
  method: 'post',
  path: '/services/{id}/mute',
  scope: 'responder',
  tag: 'services',
  summary: 'Nobody is told of this service for a while; 0 ends it',
  body: MuteInput,
  result: ServiceView,
  run: async (asked) => {
    await asked.world.brain.muteService(asked.id, asked.body.forMs, asked.caller.actor);
    return serviceView(asked.world.brain.service(asked.id), showingFor(asked));
  },
});

/** Everything that is defined: by the file, the command line or here. */
export const definitionRoutes: readonly Route[] = [
  ...services,
  muteService,
  ...monitors,
  ...contacts,
  ...channels,
  testChannel,
  ...policies,
  ...maintenance,
  ...watchers,
];
