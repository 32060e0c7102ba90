import { z } from 'zod';
import { allows, type Scope } from '#auth/scope.ts';
import { fingerprintOf } from '#auth/certificate.ts';
import { joinedData } from '#auth/joined-keys.ts';
import type { Brain } from '#engine/brain.ts';
import type { Wish } from '#engine/host-face.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import { packCode } from '#witness/code.ts';
import {
  AppActionInput,
  AppView,
  FindingView,
  HostView,
  OrderView,
  ProcessView,
  VitalsView,
} from '../contract/hosts.ts';
import type { Caller, World } from '../env.ts';
import { defineRoute, type Route } from '../route.ts';
import { time } from '../views/basics.ts';
import { appView, findingViews, hostView, orderView, processViews, vitalsView } from '../views/host.ts';
import { addressesOf, AddressInput, CodeView } from './addresses.ts';
import { crud } from './crud.ts';

const hosts = crud({
  kind: 'host',
  plural: 'hosts',
  view: HostView,
  list: (brain) => brain.hosts(),
  idOf: (one) => one.host.id,
  nameOf: (one) => one.host.name,
  show: (one, { locale }) => hostView(one, locale),
});

const apps = crud({
  kind: 'app',
  plural: 'apps',
  view: AppView,
  list: (brain) => brain.apps(),
  idOf: (one) => one.app.id,
  nameOf: (one) => one.app.name,
  show: (one, { locale }) => appView(one, locale),
});

const vitals = defineRoute({
  method: 'get',
  path: '/hosts/{id}/vitals',
  scope: 'viewer',
  tag: 'hosts',
  summary: 'The latest figures of a machine',
  result: VitalsView,
  run: ({ world, id }) => {
    const { host, vitals: figures, vitalsAt } = world.brain.host(id);
    if (figures !== undefined && vitalsAt !== undefined) return vitalsView(figures, vitalsAt);
    throw new Fault('NOT_FOUND', `Nothing was heard of the figures of "${host.name}" yet.`, 'Does its agent run?');
  },
});

const findings = defineRoute({
  method: 'get',
  path: '/apps/{id}/findings',
  scope: 'viewer',
  tag: 'apps',
  summary: 'What was found to be the cause, best first',
  result: z.object({ items: z.array(FindingView) }),
  run: ({ world, id, locale }) => ({ items: findingViews(world.brain.app(id).scene.findings, locale) }),
});

const processes = defineRoute({
  method: 'get',
  path: '/apps/{id}/processes',
  scope: 'viewer',
  tag: 'apps',
  summary: 'Its processes as they were seen last',
  result: z.object({ items: z.array(ProcessView) }),
  run: ({ world, id }) => ({ items: processViews(world.brain.app(id).processes) }),
});

/** What changes files or goes back to another tree is more than answering an incident. */
const needs = ({ do: what, apply }: AppActionInput): Scope =>
  what === 'rollback' || (what === 'protect' && apply === true) ? 'admin' : 'responder';

/** The plan that is meant: the named one, else the one that stands now. @throws Fault CONFLICT */
const planOf = (brain: Brain, id: string, { planId }: AppActionInput): string => {
  const { app, scene } = brain.app(id);
  const plan = planId ?? scene.repair?.planId;
  if (plan !== undefined) return plan;
  throw new Fault('CONFLICT', `No repair of "${app.name}" is known.`, 'See GET /api/v1/apps.');
};

const wishOf = (brain: Brain, id: string, input: AppActionInput): Wish => {
  switch (input.do) {
    case 'repair':
    case 'leave':
    case 'undo':
      return { do: input.do, planId: planOf(brain, id, input) };
    case 'rollback':
      return { do: 'rollback', ...defined({ to: input.to }) };
    case 'protect':
      return { do: 'protect', apply: input.apply === true, ...defined({ only: input.only }) };
    default:
      return { do: input.do };
  }
};

const refuseScope = (caller: Caller, needed: Scope): void => {
  if (!allows(caller.scope, needed))
    throw new Fault(
      'FORBIDDEN',
      `This needs the scope ${needed}; yours is ${caller.scope}.`,
      'Ask an admin for a token.',
    );
};

const act = defineRoute({
  method: 'post',
  path: '/apps/{id}/actions',
  scope: 'responder',
  tag: 'apps',
  summary:
    'Asks its agent for something of the closed list; what becomes of it is at `/orders/{id}` (rollback and applying protect: admin)',
  body: AppActionInput,
  result: OrderView,
  status: 202,
  run: async ({ world, caller, id, body }) => {
    refuseScope(caller, needs(body));
    return orderView(await world.brain.order(id, wishOf(world.brain, id, body), caller.actor));
  },
});

const order = defineRoute({
  method: 'get',
  path: '/orders/{id}',
  scope: 'viewer',
  tag: 'apps',
  summary: 'What became of an order; known for a day',
  result: OrderView,
  run: ({ world, id }) => orderView(world.brain.orderOf(id)),
});

/** The host of that name; made when there is none. @throws Fault CONFLICT for the machine that Dozor itself runs on. */
const hostCalled = async (world: World, name: string, caller: Caller) => {
  const find = () => world.brain.hosts().find(({ host }) => host.id === name || host.name === name)?.host;
  if (find() === undefined) await world.brain.create('host', { name, spec: {} }, caller.actor, caller.trusted);
  const host = find();
  if (host === undefined) throw new Fault('NOT_FOUND', `There is no host "${name}".`);
  if (!host.local) return host;
  throw new Fault('CONFLICT', `"${host.name}" is the machine that Dozor runs on: its agent lives in Dozor itself.`);
};

const code = defineRoute({
  method: 'post',
  path: '/hosts/{id}/code',
  scope: 'admin',
  tag: 'hosts',
  summary: 'Makes the code with which the agent of a host joins: good once, for 30 minutes',
  body: AddressInput,
  result: CodeView.omit({ watcher: true }).extend({ host: z.string() }).meta({ id: 'AgentCode' }),
  status: 201,
  audit: 'host.code',
  run: async ({ world, id, body, caller }) => {
    const certificate = world.certificate();
    if (certificate === undefined)
      throw new Fault('CONFLICT', 'This Dozor has no certificate, so no agent can pin it.', 'Restart it.');
    const addresses = body.address === undefined ? addressesOf(world, 'agent') : [body.address];
    const host = await hostCalled(world, id, caller);
    const { secret: token, expiresAt } = await world.auth.oneTime.issue({
      kind: 'join',
      name: host.name,
      scope: 'agent',
      data: joinedData('agent', host.id),
    });
    const fingerprint = fingerprintOf(certificate.cert);
    const packed = packCode({ addresses, fingerprint, token, role: 'agent' });
    return { code: packed, host: host.name, addresses: [...addresses], fingerprint, expiresAt: time(expiresAt) };
  },
});

const disconnect = defineRoute({
  method: 'delete',
  path: '/hosts/{id}/agent',
  scope: 'admin',
  tag: 'hosts',
  summary: "Makes the key of a host's agent worthless; the host itself stays",
  run: async ({ world, id, caller }) => {
    const { host } = world.brain.host(id);
    await world.auth.agentKeys.revoke(host.id);
    await world.brain.forgetAgent(host.id, caller.actor);
  },
});

/** Hosts, apps, and what is asked of their agents. */
export const hostRoutes: readonly Route[] = [
  ...hosts,
  vitals,
  code,
  disconnect,
  ...apps,
  findings,
  processes,
  act,
  order,
];
