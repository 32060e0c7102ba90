import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertFacts, AlertKind, Channel } from '../alert/model.ts';
import { channelOf } from '../alert/channels/index.ts';
import { KEY_FILE } from '../auth/secrets.ts';
import type { Settings } from '../config/contract.ts';
import { defined } from '../kernel/defined.ts';
import type { Incident } from '../incident/incident.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { Monitor } from '../monitor/model.ts';
import { createOwnNetwork, DEFAULT_CONTROLS, type OwnNetworkLoop } from '../network/own-network.ts';
import { createResolver } from '../network/resolver.ts';
import { Asker } from './asking.ts';
import { Conversations } from './conversations.ts';
import { Deploys } from './deploys.ts';
import { Dispatch } from './dispatch.ts';
import type { DispatchListener } from './dispatch-listener.ts';
import { incidentFacts, type MonitorFacts } from './facts.ts';
import { layGround, type Ground, type WireOptions } from './ground.ts';
import { forgetWhatIsOver } from './forgetting.ts';
import { channelNamed, hearing } from './hearing.ts';
import { Hearts } from './hearts.ts';
import { Hosts } from './hosts.ts';
import { Incidents } from './incidents.ts';
import { Lateness } from './lateness.ts';
import { Maintenance } from './maintenance.ts';
import { Mutes } from './mutes.ts';
import { Outbox } from './outbox.ts';
import { Pauses } from './pauses.ts';
import { Pairings } from './pairings.ts';
import { reachOver, type Reach } from './reach.ts';
import { Receipts } from './receipts.ts';
import { Sender } from './sender.ts';
import { Sight } from './sight.ts';
import { surroundings } from './surroundings.ts';
import { Tidings } from './tidings.ts';
import { Verdicts, type VerdictLine } from './verdicts.ts';
import { Watch } from './watch.ts';
import type { EffectSink } from './verdicts.ts';

/** The parts that look: they ask, hear and judge. */
interface Looking {
  readonly resolver: NameResolver;
  readonly reach: Reach;
  readonly network: OwnNetworkLoop;
  readonly asker: Asker;
  readonly lateness: Lateness;
  readonly watch: Watch;
  readonly hearts: Hearts;
  readonly deploys: Deploys;
  readonly maintenance: Maintenance;
  readonly hosts: Hosts;
}

/** The parts that tell. */
interface Telling {
  readonly conversations: Conversations;
  readonly dispatch: Dispatch;
  readonly outbox: Outbox;
  readonly tidings: Tidings;
}

/** All parts, built and tied together; nothing runs yet. */
export interface Parts extends Ground, Looking, Telling {
  readonly incidents: Incidents;
  readonly pairings: Pairings;
  readonly mutes: Mutes;
  readonly pauses: Pauses;
  /** Where the page is, once it listens. */
  readonly place: { url: string | undefined };
}

/** The hosts of the channels are anchors too: whether alerts get out is what the own network is for. */
const anchorsOf = (settings: Settings): readonly string[] =>
  settings.network.controls.length > 0 ? settings.network.controls : DEFAULT_CONTROLS;

/** Parts that know each other: each is reached through here once all are built. */
type Hub = { parts: Parts | undefined };

const all = (hub: Hub): Parts => {
  if (hub.parts === undefined) throw new Error('a part was used before all were wired');
  return hub.parts;
};

/** Builds and ties all parts. @throws Fault CONFIG_*, DATA_*, STORE_* */
export const wireParts = async (options: WireOptions): Promise<Parts> => {
  const ground = await layGround(options);
  const { core } = ground;
  const hub: Hub = { parts: undefined };
  const incidents = new Incidents(core);
  const base = {
    ...ground,
    incidents,
    pairings: new Pairings(core, channelOf),
    mutes: new Mutes(core, incidents),
    pauses: new Pauses(core),
    place: { url: undefined as string | undefined },
  };
  const looking = wireLooking(base, hub, options.dataDir, options.onVerdict);
  const parts: Parts = { ...base, ...looking, ...wireTelling(base, looking, hub) };
  hub.parts = parts;
  incidents.tellBy(parts.tidings);
  forgetWhatIsOver(parts);
  return parts;
};

type Base = Ground & Pick<Parts, 'incidents' | 'pairings' | 'mutes' | 'place'>;

const wireLooking = (base: Base, hub: Hub, dataDir: string, onLine: (line: VerdictLine) => void): Looking => {
  const { core, live, incidents } = base;
  const { clock } = core;
  const resolver = createResolver({ clock, servers: live.settings.network.resolvers });
  const network = createOwnNetwork({
    clock,
    resolver,
    everyMs: live.settings.detection.controlEveryMs,
    anchors: anchorsOf(live.settings),
    resolvers: live.settings.network.resolvers,
    needed: () => watch.needsControls(),
  });
  const sight = new Sight();
  network.onChange((change) => sight.note(change));
  const reach = reachOver({
    resolver,
    resource: (id) => core.registry.resource(id),
    allowPrivate: () => live.settings.network.allowPrivate,
  });
  const mayNotBePrivate = ({ id, origin }: Monitor): boolean => origin === 'stored' && reach.isConfined(id);
  const asker = new Asker(clock, resolver, (where, error) => core.bug(where, error), mayNotBePrivate);
  const lateness = new Lateness(() => clock.now());
  const verdicts: Verdicts = new Verdicts({
    core,
    incidents,
    onLine,
    onBlind: (span) => all(hub).tidings.notes.blind(span, sight.cause(clock.now())),
    lastChange: (serviceId) => deploys.last(serviceId),
    scenes: (serviceId) => hosts.apps.scenesOf(serviceId),
  });
  const hosts: Hosts = new Hosts({
    core,
    incidents,
    lastChange: (serviceId) => deploys.last(serviceId),
    onSilent: (turn, host, since, back) => all(hub).tidings.notes.agentSilent(turn, host.name, since, back),
    isBlind: () => {
      const { ok, total } = network.latest('beyond');
      return total > 0 && ok * 2 < total;
    },
  });
  const sink: EffectSink = (one, effects, check) => verdicts.take(one, effects, check);
  const watch: Watch = new Watch({ core, asker, network, lateness, sink });
  const hearts = new Hearts({ core, secretKey: readFileSync(join(dataDir, KEY_FILE)), sink });
  const deploys: Deploys = new Deploys({ core, watch, hearts, incidents });
  const maintenance = new Maintenance({ core, watch, hearts, onLook: () => hosts.settle() });
  return { resolver, reach, network, asker, lateness, watch, hearts, deploys, maintenance, hosts };
};

const wireTelling = (base: Base, { watch, hearts, reach, hosts }: Looking, hub: Hub): Telling => {
  const { core, live, incidents, pairings, mutes, place } = base;
  const about = (monitorId: string): MonitorFacts | undefined => {
    const one = watch.of(monitorId) ?? hearts.of(monitorId);
    const tally = watch.of(monitorId)?.tally;
    const seen = tally === undefined ? undefined : { ...tally, lastBadAt: core.clock.toWall(tally.lastBadAt) };
    return one === undefined ? undefined : { label: one.target.label, ...defined({ tally: seen }) };
  };
  const facts = (kind: AlertKind, incident: Incident): AlertFacts =>
    incidentFacts(kind, incident, { registry: core.registry, about, silentAgent: (one) => hosts.silentFor(one) });
  const incident = (id: string): Incident | undefined => incidents.known(id);
  const config = (channel: Channel): Channel['config'] => pairings.config(channel);
  const resolverFor = (id: string): NameResolver => reach.resolverFor(id);
  const sender = new Sender({
    core,
    kindOf: channelOf,
    publicUrl: () => live.settings.publicUrl ?? place.url,
    isOpen: (id) => incident(id)?.state === 'open',
    config,
    resolverFor,
  });
  const listener: DispatchListener = {
    heard: hearing(core, {
      deliver: (incidentId, event) => all(hub).conversations.delivered(incidentId, event),
      reachesPerson: (name) => channelOf(channelNamed(core, name)?.kind ?? '')?.traits.person !== false,
      othersAreTold: (incidentId, name) =>
        dispatch.waitingFor(incidentId).some((id) => id !== channelNamed(core, name)?.id),
    }),
    noted: (turn, incidentId, outcome) => {
      const known = incident(incidentId);
      const at = core.clock.toWall(core.clock.now());
      if (known !== undefined) incidents.feedIncident(turn, known, { type: 'alerted', at, ...outcome });
    },
    accepted: (delivery) => {
      receipts.follow(delivery);
      all(hub).tidings.sent(delivery);
    },
    answeredAt: (id) => all(hub).conversations.of(id)?.acknowledgedAt,
    incident,
    facts,
  };
  const receipts = new Receipts({ core, kindOf: channelOf, config, resolverFor, listener });
  const dispatch = new Dispatch(core, sender, listener);
  const outbox = new Outbox(core, dispatch, channelOf);
  const conversations = new Conversations(core, outbox, incident, facts);
  const tidings = new Tidings({
    core,
    incidents,
    conversations,
    outbox,
    facts,
    around: surroundings({ core, watch, hearts, incidents, hosts }),
    mutedUntil: (serviceId) => mutes.until(serviceId),
    silentPossible: (channel) => channelOf(channel.kind)?.traits.silentPossible ?? true,
  });
  return { conversations, dispatch, outbox, tidings };
};
