import type { Hono } from 'hono';
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

/** May /metrics be read without a token? Only by what surely runs on this machine: no proxy's headers, no public name that a proxy may serve. */
const isSurelyLocal = (peer: Peer, headers: Headers, publicUrl: string | undefined): boolean => {
  if (peer.unix) return true;
  const isPublic = publicUrl !== undefined && URL.canParse(publicUrl) && !isLocalName(new URL(publicUrl).host);
  return isLoopback(peer.address) && !isForwarded(headers) && !isPublic && isLocalName(headers.get('host') ?? '');
};

/** `/health`, `/ready` and `/metrics`. */
export const addProbes = (app: Hono<ApiEnv>, world: World): void => {
  const { brain } = world;
  app.get('/health', (context) => context.json({ status: 'ok', version: world.version }));
  app.get('/ready', (context) => {
    const { ok, problems, watched } = brain.health();
    const watchers = brain.watchers().map(({ watcher: { name, kind }, state }) => ({ name, kind, state }));
    return context.json({ status: ok ? 'ok' : 'unwell', problems, watched, watchers }, ok ? 200 : 503);
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
