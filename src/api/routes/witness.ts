import type { Hono } from 'hono';
import { z } from 'zod';
import { fingerprintOf } from '#auth/certificate.ts';
import { createRateLimit } from '#auth/rate-limit.ts';
import { joinedData, subjectIn } from '#auth/joined-keys.ts';
import { Fault } from '#kernel/fault.ts';
import { SECOND } from '#kernel/time.ts';
import type { Watcher } from '#config/contract.ts';
import { packCode } from '#witness/code.ts';
import { readJson } from '../body.ts';
import type { ApiEnv, Caller, World } from '../env.ts';
import { callerAddress } from '../peer.ts';
import { defineRoute, type Route } from '../route.ts';
import { time } from '../views/basics.ts';
import { addressesOf, AddressInput, CodeView } from './addresses.ts';
import { spendJoinToken } from './join-token.ts';

/** The header by which a witness proves itself: `Authorization` is for people's tokens. */
const KEY_HEADER = 'x-dozor-witness';
/** Guessing join codes is slow. */
const JOINS_PER_ADDRESS = { burst: 10, everyMs: 30 * SECOND };

const JoinInput = z.object({ token: z.string().max(200), version: z.string().max(100).default('') });
const ReportInput = z.object({ version: z.string().max(100).default('') });

const findWatcher = (world: World, idOrName: string): Watcher | undefined =>
  world.brain.watchers().find(({ watcher }) => watcher.id === idOrName || watcher.name === idOrName)?.watcher;

/** The witness of that name; made when there is none. @throws Fault CONFLICT when a dead-man's URL has the name. */
const witnessCalled = async (world: World, name: string, caller: Caller): Promise<Watcher> => {
  if (findWatcher(world, name) === undefined)
    await world.brain.create('watcher', { name, spec: { kind: 'witness' } }, caller.actor, caller.trusted);
  const watcher = findWatcher(world, name);
  if (watcher?.kind === 'witness') return watcher;
  throw new Fault('CONFLICT', `The watcher "${name}" is a dead-man's URL, no witness.`, 'Choose another name.');
};

const code = defineRoute({
  method: 'post',
  path: '/watchers/{id}/code',
  scope: 'admin',
  tag: 'people',
  summary: 'Makes the code with which a witness joins: good once, for 30 minutes',
  body: AddressInput,
  result: CodeView,
  status: 201,
  audit: 'watcher.code',
  run: async ({ world, id, body, caller }) => {
    const certificate = world.certificate();
    if (certificate === undefined)
      throw new Fault('CONFLICT', 'This Dozor has no certificate, so no witness can pin it.', 'Restart it.');
    const addresses = body.address === undefined ? addressesOf(world, 'witness') : [body.address];
    const watcher = await witnessCalled(world, id, caller);
    const { secret: token, expiresAt } = await world.auth.oneTime.issue({
      kind: 'join',
      name: watcher.name,
      scope: 'witness',
      data: joinedData('witness', watcher.id),
    });
    const fingerprint = fingerprintOf(certificate.cert);
    const packed = packCode({ addresses, fingerprint, token });
    return { code: packed, watcher: watcher.name, addresses: [...addresses], fingerprint, expiresAt: time(expiresAt) };
  },
});

/** What people do about witnesses. */
export const witnessRoutes: readonly Route[] = [code];

const spend = async (world: World, token: string): Promise<Watcher> =>
  spendJoinToken(world, token, 'dozor watchers code NAME', (seen) =>
    findWatcher(world, subjectIn(seen, 'witness') ?? ''),
  );

const input = <T extends z.ZodType>(schema: T, value: unknown): z.output<T> => {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Fault('INPUT_INVALID', 'A witness of another version asks: its question is not understood.');
};

/** What witnesses themselves ask: joining by a code, and the report whose answer they keep for when the brain is silent. */
export const addWitness = (app: Hono<ApiEnv>, world: World): void => {
  const joins = createRateLimit(JOINS_PER_ADDRESS);
  app.post('/api/v1/witness/join', async (context) => {
    const from = callerAddress(context.env.peer, context.req.raw.headers);
    const wait = joins.take(from, world.clock.monotonic());
    if (wait > 0) throw new Fault('RATE_LIMITED', 'Too many tries to join.', `Wait ${Math.ceil(wait / SECOND)} s.`);
    const { token, version } = input(JoinInput, await readJson(context.req.raw));
    const watcher = await spend(world, token);
    const key = await world.auth.witnessKeys.give(watcher);
    await world.auth.audit({
      actor: { name: watcher.name, via: 'api' },
      action: 'watcher.join',
      subject: watcher.name,
    });
    const briefing = world.brain.witnessSeen({ watcherId: watcher.id, version, from });
    return context.json({ key, watcher: watcher.name, briefing });
  });
  app.post('/api/v1/witness/report', async (context) => {
    const watcherId = await world.auth.witnessKeys.subjectOf(context.req.header(KEY_HEADER) ?? '');
    if (watcherId === undefined || findWatcher(world, watcherId) === undefined)
      throw new Fault(
        'UNAUTHENTICATED',
        'This Dozor does not know the witness (any more).',
        'Join again: dozor join CODE',
      );
    const { version } = input(ReportInput, await readJson(context.req.raw));
    const from = callerAddress(context.env.peer, context.req.raw.headers);
    return context.json(world.brain.witnessSeen({ watcherId, version, from }));
  });
};
