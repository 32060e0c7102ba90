import type { Context, Hono } from 'hono';
import { allows } from '#auth/scope.ts';
import { Fault } from '#kernel/fault.ts';
import type { ApiEnv, World } from '../env.ts';
import { hostName } from '../host-check.ts';
import { requireScope } from '../identify.ts';
import { metricsText } from '../metrics.ts';
import { isForwarded, isLoopback, type Peer } from '../peer.ts';

const isLocalName = (host: string): boolean => {
  const name = hostName(host) ?? '';
  return name === 'localhost' || isLoopback(name);
};

/** May what /metrics and /ready tell of the inside be read without a token? Only by what surely runs on this machine: no proxy's headers, no public name that a proxy may serve. */
const isSurelyLocal = (peer: Peer, headers: Headers, publicUrl: string | undefined): boolean => {
  if (peer.unix) return true;
  const isPublic = publicUrl !== undefined && URL.canParse(publicUrl) && !isLocalName(new URL(publicUrl).host);
  return isLoopback(peer.address) && !isForwarded(headers) && !isPublic && isLocalName(headers.get('host') ?? '');
};

/** May the one who asks see what is wrong inside: names of channels, watchers and services? */
const seesInside = (context: Context<ApiEnv>, world: World): boolean => {
  const caller = context.get('caller');
  if (caller !== undefined && allows(caller.scope, 'viewer')) return true;
  return isSurelyLocal(context.env.peer, context.req.raw.headers, world.brain.settings().publicUrl);
};

/** `/health`, `/ready` and `/metrics`. */
export const addProbes = (app: Hono<ApiEnv>, world: World): void => {
  const { brain } = world;
  app.get('/health', (context) => context.json({ status: 'ok', version: world.version }));
  app.get('/ready', (context) => {
    const { ok, problems, watched } = brain.health();
    const status = ok ? 'ok' : 'unwell';
    const code = ok ? 200 : 503;
    if (!seesInside(context, world)) return context.json({ status, watched }, code);
    const watchers = brain.watchers().map(({ watcher: { name, kind }, state }) => ({ name, kind, state }));
    return context.json({ status, problems, watched, watchers }, code);
  });
  app.get('/metrics', (context) => {
    const { headers } = context.req.raw;
    if (!isSurelyLocal(context.env.peer, headers, brain.settings().publicUrl))
      requireScope(context.get('caller'), 'viewer');
    return context.body(metricsText(brain, world.version, world.clock.now()), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });
  app.get('/api', (context) => context.redirect('/api/openapi.json'));
  app.all('/api/*', () => {
    throw new Fault('NOT_FOUND', 'There is no such route.', 'See /api/openapi.json');
  });
};
