import { hostname } from 'node:os';
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import { subjectIn } from '#auth/joined-keys.ts';
import { createRateLimit } from '#auth/rate-limit.ts';
import type { Host } from '#config/contract.ts';
import {
  AGENT_KEY_HEADER,
  AGENT_PROTOCOL,
  type AgentAcked,
  type AgentJoined,
  type AgentNews,
  type NumberedSignal,
} from '#host/contract.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import { SECOND } from '#kernel/time.ts';
import { readJson } from '../body.ts';
import { AgentJoinInput, AgentOrdersInput, AgentSignalsInput, readSignal } from '../contract/agents.ts';
import type { ApiEnv, World } from '../env.ts';
import { callerAddress } from '../peer.ts';
import { spendJoinToken } from './join-token.ts';

/** Guessing join codes is slow. */
const JOINS_PER_ADDRESS = { burst: 10, everyMs: 30 * SECOND };

const findHost = (world: World, id: string): Host | undefined =>
  world.brain.hosts().find(({ host }) => host.id === id)?.host;

/** What an agent asks, read. @throws Fault INPUT_INVALID for what is not understood, CONFLICT for another protocol. */
const asked = async <T extends z.ZodType<{ readonly protocol: number }>>(
  schema: T,
  context: Context<ApiEnv>,
): Promise<z.output<T>> => {
  const body = await readJson(context.req.raw);
  const { protocol } = (typeof body === 'object' && body !== null ? body : {}) as { readonly protocol?: unknown };
  if (protocol !== AGENT_PROTOCOL)
    throw new Fault(
      'CONFLICT',
      'The agent is of another version than this Dozor: they do not understand each other.',
      'Install the same version on both: dozor agent install --ssh USER@HOST',
    );
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new Fault('INPUT_INVALID', 'An agent of another version asks: its question is not understood.');
};

/** The host whose agent proves itself by its key. @throws Fault UNAUTHENTICATED */
const known = async (world: World, context: Context<ApiEnv>): Promise<Host> => {
  const hostId = await world.auth.agentKeys.subjectOf(context.req.header(AGENT_KEY_HEADER) ?? '');
  const host = hostId === undefined ? undefined : findHost(world, hostId);
  if (host !== undefined) return host;
  throw new Fault('UNAUTHENTICATED', 'This Dozor does not know the agent (any more).', 'Join again: dozor join CODE');
};

/** Signals that are understood; of others it is said once an answer which they are, and they are done with: else they would block the rest. */
const understood = (
  world: World,
  host: Host,
  signals: readonly { readonly seq: number; readonly signal: unknown }[],
): readonly NumberedSignal[] => {
  const strange: number[] = [];
  const read = signals.flatMap(({ seq, signal }) => {
    const one = readSignal(signal);
    if (one === undefined) strange.push(seq);
    return one === undefined ? [] : [{ seq, signal: one }];
  });
  if (strange.length > 0)
    world.log(
      'warn',
      `${strange.length} signals of the agent on ${host.name} are not understood: is it of another version?`,
      {
        host: host.name,
        first: strange[0] ?? 0,
      },
    );
  return read;
};

/** What agents themselves ask: joining by a code, handing over what they saw, listening for orders. */
export const addAgents = (app: Hono<ApiEnv>, world: World): void => {
  const joins = createRateLimit(JOINS_PER_ADDRESS);
  const { brain, clock } = world;
  app.post('/api/v1/agents/join', async (context) => {
    const from = callerAddress(context.env.peer, context.req.raw.headers);
    const wait = joins.take(from, world.clock.monotonic());
    if (wait > 0) throw new Fault('RATE_LIMITED', 'Too many tries to join.', `Wait ${Math.ceil(wait / SECOND)} s.`);
    const { token, version } = await asked(AgentJoinInput, context);
    const host = await spendJoinToken(world, token, 'dozor hosts code NAME', (seen) =>
      findHost(world, subjectIn(seen, 'agent') ?? ''),
    );
    const key = await world.auth.agentKeys.give(host);
    await world.auth.audit({ actor: { name: host.name, via: 'api' }, action: 'host.join', subject: host.name });
    brain.agentSeen(host.id, { version });
    const joined: AgentJoined = {
      key,
      brain: { name: hostname() },
      briefing: brain.briefing(host.id),
      now: clock.now(),
    };
    return context.json(joined);
  });
  app.post('/api/v1/agents/signals', async (context) => {
    const host = await known(world, context);
    const { signals, version } = await asked(AgentSignalsInput, context);
    brain.agentSeen(host.id, { version });
    const last = signals.reduce((most, { seq }) => Math.max(most, seq), 0);
    const acked = await brain.handSignals(host.id, understood(world, host, signals));
    const answer: AgentAcked = { acked: Math.max(acked, last), now: clock.now() };
    return context.json(answer);
  });
  app.post('/api/v1/agents/orders', async (context) => {
    const host = await known(world, context);
    const { waitMs, briefing, version } = await asked(AgentOrdersInput, context);
    brain.agentSeen(host.id, { version });
    const news = await brain.agentNews(host.id, {
      waitMs,
      signal: context.req.raw.signal,
      ...defined({ briefing }),
    });
    const answer: AgentNews = { ...news, now: clock.now() };
    return context.json(answer);
  });
};
