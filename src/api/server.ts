import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Auth } from '#auth/auth.ts';
import type { Brain } from '#engine/brain.ts';
import type { Clock } from '#kernel/clock.ts';
import { Fault } from '#kernel/fault.ts';
import type { Hono } from 'hono';
import type { ApiEnv, ApiLog, World } from './env.ts';
import { guard, securityHeaders } from './guard.ts';
import { identify } from './identify.ts';
import { listen, type Listening } from './listen.ts';
import { addDocument } from './openapi.ts';
import { addPages, errorPage } from './pages/pages.ts';
import type { Peer } from './peer.ts';
import { problemOf, problemResponse } from './problem.ts';
import { addRoutes } from './route.ts';
import { addAgents } from './routes/agents.ts';
import { addBeat } from './routes/beat.ts';
import { addEvents } from './routes/events.ts';
import { allRoutes } from './routes/index.ts';
import { addProbes } from './routes/probes.ts';
import { addWitness } from './routes/witness.ts';

/** What the API is made from. */
export interface ApiOptions {
  readonly brain: Brain;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly log: ApiLog;
  readonly version: string;
  /** The brain's own certificate in PEM; without it only plain HTTP is spoken. */
  readonly certificate?: () => { readonly key: string; readonly cert: string } | undefined;
  /** Further routes (the witness link): added before the pages; `/api/v1` errors and guards hold for them as well. */
  readonly mount?: (app: Hono<ApiEnv>, world: World) => void;
}

/** The API: hono's app (for tests: `app.request(path, init, { peer })`) and its listeners. */
export interface Api {
  readonly app: OpenAPIHono<ApiEnv>;
  /** Listens on TCP (HTTP and TLS on one port) and on a Unix socket. @throws Fault PORT_IN_USE, LISTEN_REFUSED, DATA_IN_USE. */
  listen(where: { readonly host: string; readonly port: number; readonly socketPath?: string }): Promise<Listening>;
}

const peerOf = (env: unknown, unix: boolean): Peer => {
  const { socket } = (env as HttpBindings).incoming;
  return {
    address: socket.remoteAddress ?? '',
    local: socket.localAddress ?? '',
    encrypted: 'encrypted' in socket && socket.encrypted === true,
    unix,
  };
};

const addErrors = (app: OpenAPIHono<ApiEnv>, world: World): void => {
  app.onError(async (error, context) => {
    const { problem, bug } = problemOf(error);
    if (bug)
      world.log('error', `bug in ${context.req.method} ${context.req.routePath}: ${error.stack ?? error.message}`);
    return (await errorPage(context, world, problem)) ?? problemResponse(context, problem);
  });
  app.notFound(async (context) => {
    const { problem } = problemOf(new Fault('NOT_FOUND', 'There is no such page.', 'See / or /api/openapi.json'));
    return (await errorPage(context, world, problem)) ?? problemResponse(context, problem);
  });
};

/** Builds the API over a brain. Nothing listens until `listen`. */
export const createApi = (options: ApiOptions): Api => {
  const { brain, auth, clock, log, version, certificate = () => undefined } = options;
  let now: Listening | undefined;
  const world: World = { brain, auth, clock, log, version, certificate, listening: () => now };
  const app = new OpenAPIHono<ApiEnv>();
  app.use('*', securityHeaders, guard(world), identify(world));
  addErrors(app, world);
  addBeat(app, world);
  addWitness(app, world);
  addAgents(app, world);
  addRoutes(app, allRoutes, world);
  addEvents(app, world);
  addDocument(app, version);
  options.mount?.(app, world);
  addPages(app, world);
  addProbes(app, world);
  return {
    app,
    async listen(where) {
      now = await listen({
        ...where,
        certificate: certificate(),
        listener: (unix) =>
          getRequestListener((request, env) => app.fetch(request, { peer: peerOf(env, unix) }), {
            overrideGlobalObjects: false,
          }),
      });
      return now;
    },
  };
};
