import type { Context, Hono } from 'hono';
import { catalog } from '#i18n/catalog.ts';
import type { OneTimeState } from '#auth/one-time.ts';
import { createRateLimit } from '#auth/rate-limit.ts';
import { Fault } from '#kernel/fault.ts';
import { SECOND } from '#kernel/time.ts';
import type { Incident } from '#incident/incident.ts';
import type { ApiEnv, World } from '../env.ts';
import { giveSession } from '../identify.ts';
import { callerAddress } from '../peer.ts';
import { findIncident } from '../routes/incidents.ts';
import { namesOf } from '../views/names.ts';
import { lookOf, showPage } from './answer.ts';
import { ownPath, readForm } from './form.ts';
import type { Look } from './parts.ts';
import { ackDonePage, ackPage, signInPage, sorryPage } from './plain.ts';

/** A link has 71 bits; guessing it stays hopeless when it is slow as well. */
const ACK_TRIES = { burst: 30, everyMs: 2 * SECOND };

const signIn = async (context: Context<ApiEnv>, world: World): Promise<Response> => {
  const form = await readForm(context.req.raw);
  const next = ownPath(form.get('next'));
  // A pasted link is as good as its code.
  const secret = (form.get('secret') ?? '').trim().split('#').at(-1) ?? '';
  try {
    const { secret: session, token } = await world.auth.signIn.byLink(
      secret,
      callerAddress(context.env.peer, context.req.raw.headers),
    );
    giveSession(context, session);
    await world.auth.audit({ actor: { name: token.name, via: 'screen' }, action: 'sign-in' });
    return context.redirect(next, 303);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return showSignIn(context, world, next, error);
  }
};

const showSignIn = (context: Context<ApiEnv>, world: World, next: string, failure?: Fault): Promise<Response> => {
  const look = lookOf(context, world);
  const frame = { title: catalog(look.locale).pages.signIn.title, isLive: false, narrow: true };
  const text = failure === undefined ? undefined : `${failure.message} ${failure.hint}`;
  return showPage(context, look, frame, signInPage(look, next, text), { status: failure?.status ?? 200 });
};

const incidentOf = (world: World, seen: Extract<OneTimeState, { token: unknown }>): Promise<Incident> => {
  const data = seen.token.data as { readonly incidentId?: unknown } | undefined;
  return findIncident(world.brain, typeof data?.incidentId === 'string' ? data.incidentId : '');
};

const refuseLink = (context: Context<ApiEnv>, look: Look, state: 'unknown' | 'used' | 'expired'): Promise<Response> => {
  const words = catalog(look.locale).pages.ack;
  const status = state === 'unknown' ? 404 : 410;
  const frame = { title: words.title, isLive: false, narrow: true };
  return showPage(context, look, frame, sorryPage(look, words.bad[state], words.badMore), { status });
};

/** In the language of whom the link was sent to. */
const lookFor = (context: Context<ApiEnv>, world: World, seen: OneTimeState): Look => {
  const data = (seen.state === 'unknown' ? undefined : seen.token.data) as { readonly locale?: unknown } | undefined;
  return lookOf(context, world, typeof data?.locale === 'string' ? data.locale : undefined);
};

const showAck = async (context: Context<ApiEnv>, world: World): Promise<Response> => {
  const seen = await world.auth.oneTime.look('ack', context.req.param('token') ?? '');
  const look = lookFor(context, world, seen);
  if (seen.state !== 'good') return refuseLink(context, look, seen.state);
  const incident = await incidentOf(world, seen);
  const frame = { title: catalog(look.locale).pages.ack.title, isLive: false, narrow: true };
  return showPage(context, look, frame, ackPage(look, incident, namesOf(world.brain), context.req.path));
};

const acknowledge = async (context: Context<ApiEnv>, world: World): Promise<Response> => {
  const { brain, auth } = world;
  const secret = context.req.param('token') ?? '';
  const seen = await auth.oneTime.look('ack', secret);
  const look = lookFor(context, world, seen);
  if (seen.state !== 'good') return refuseLink(context, look, seen.state);
  const incident = await incidentOf(world, seen);
  const token = await auth.oneTime.use('ack', secret);
  const actor = { name: token.name, via: 'link' as const };
  const isOpen = incident.state === 'open' && incident.acknowledged === undefined;
  const after = isOpen ? await brain.acknowledge(incident.id, actor) : incident;
  const names = namesOf(brain);
  const frame = { title: catalog(look.locale).pages.ack.title, isLive: false, narrow: true };
  const page =
    after.acknowledged === undefined ? ackPage(look, after, names, context.req.path) : ackDonePage(look, after, names);
  return showPage(context, look, frame, page);
};

/** Ways in without a session: sign-in, and the one-time acknowledgement link. Only POST uses a secret up; previews and HEAD do not. */
export const addDoors = (app: Hono<ApiEnv>, world: World): void => {
  app.get('/sign-in', (context) => showSignIn(context, world, ownPath(context.req.query('next') ?? null)));
  app.post('/sign-in', (context) => signIn(context, world));
  const tries = createRateLimit(ACK_TRIES);
  const slowly = (context: Context<ApiEnv>): void => {
    const from = callerAddress(context.env.peer, context.req.raw.headers);
    const wait = tries.take(from, world.clock.monotonic());
    if (wait > 0)
      throw new Fault('RATE_LIMITED', 'Too many tries from this address.', `Wait ${Math.ceil(wait / SECOND)} s.`);
  };
  app.get('/a/:token', (context) => {
    slowly(context);
    return showAck(context, world);
  });
  app.post('/a/:token', (context) => {
    slowly(context);
    return acknowledge(context, world);
  });
};
