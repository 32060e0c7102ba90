import { z } from 'zod';
import { defined } from '#kernel/defined.ts';
import { DefinedQuery, PageQuery, pageOf } from '../contract/basics.ts';
import { DeployInput, SignInLinkInput, TokenInput } from '../contract/inputs.ts';
import { AuditView, ConfigChangeView, StatusView, TokenView } from '../contract/watch.ts';
import type { World } from '../env.ts';
import { mapPage, pageInMemory, storeQuery } from '../page-list.ts';
import { defineRoute, type Route } from '../route.ts';
import { time } from '../views/basics.ts';
import { statusView } from '../views/standing.ts';
import { tokenView } from '../views/token.ts';

const status = defineRoute({
  method: 'get',
  path: '/status',
  scope: 'viewer',
  tag: 'watch',
  summary: 'All at a glance: services, open incidents, the watch itself',
  result: StatusView,
  run: ({ world: { brain, clock } }) => statusView(brain.services(), brain.health(), brain.watchers(), clock.now()),
});

const deploys = defineRoute({
  method: 'post',
  path: '/deploys',
  scope: 'responder',
  tag: 'watch',
  summary: 'Announces a deploy: its own blip is forgiven, and it is named as the last change',
  body: DeployInput,
  result: z.object({ services: z.array(z.string()) }),
  status: 201,
  audit: 'deploy.announce',
  run: async ({ world, caller, body }) => {
    const { services } = await world.brain.announceDeploy(defined({ ...body }), caller.actor);
    return { services: [...services] };
  },
});

const reload = defineRoute({
  method: 'post',
  path: '/config/reload',
  scope: 'admin',
  tag: 'watch',
  summary: 'Reads the configuration file again; a bad file changes nothing',
  result: z.object({ changes: z.array(ConfigChangeView) }),
  audit: 'config.reload',
  run: async ({ world }) => {
    const changes = await world.brain.reload();
    return { changes: changes.map((change) => ({ ...change, details: [...change.details] })) };
  },
});

const audit = defineRoute({
  method: 'get',
  path: '/audit',
  scope: 'admin',
  tag: 'access',
  summary: 'Who did what, from where, newest first',
  query: PageQuery,
  result: pageOf(AuditView),
  run: async ({ world, query }) => {
    const page = await world.brain.store.audit(storeQuery({ ...query }));
    return mapPage(page, (entry) => ({ ...entry, at: time(entry.at) }) as z.input<typeof AuditView>);
  },
});

const tokens = defineRoute({
  method: 'get',
  path: '/tokens',
  scope: 'admin',
  tag: 'access',
  summary: 'API tokens and sessions, without their secrets',
  query: DefinedQuery,
  result: pageOf(TokenView),
  run: async ({ world, query }) => mapPage(pageInMemory(await world.auth.tokens.list(), query), tokenView),
});

const createToken = defineRoute({
  method: 'post',
  path: '/tokens',
  scope: 'admin',
  tag: 'access',
  summary: 'Makes an API token; `secret` is shown this once',
  body: TokenInput,
  result: TokenView.extend({ secret: z.string() }),
  status: 201,
  audit: 'token.create',
  run: async ({ world, body }) => {
    const { secret, token } = await world.auth.tokens.create({
      name: body.name,
      scope: body.scope,
      ...(body.expiresAt === undefined ? {} : { expiresAt: Date.parse(body.expiresAt) }),
    });
    return { ...tokenView(token), secret };
  },
});

const revokeToken = defineRoute({
  method: 'delete',
  path: '/tokens/{id}',
  scope: 'admin',
  tag: 'access',
  summary: 'Revokes a token or ends a session, at once',
  audit: 'token.revoke',
  run: async ({ world, id }) => {
    await world.auth.tokens.revoke(id);
  },
});

/** Where people open the pages: publicUrl, else where it listens; all addresses are named by the one that surely works here. */
const addressFor = ({ brain, listening }: World): string => {
  const settings = brain.settings();
  const { host, port } = listening() ?? settings.listen;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return settings.publicUrl ?? `http://${name}:${port}`;
};

const signInLink = defineRoute({
  method: 'post',
  path: '/sign-in-links',
  scope: 'admin',
  tag: 'access',
  summary: 'Makes a sign-in link: good once, for 15 minutes',
  body: SignInLinkInput,
  result: z.object({ url: z.string(), path: z.string(), expiresAt: z.string() }),
  status: 201,
  audit: 'sign-in.link',
  run: async ({ world, body }) => {
    const { path, expiresAt } = await world.auth.signIn.link(body.name, body.scope);
    const base = addressFor(world);
    return { url: `${base.replace(/\/$/, '')}${path}`, path, expiresAt: time(expiresAt) };
  },
});

/** The watch itself, and who may use it. */
export const watchRoutes: readonly Route[] = [
  status,
  deploys,
  reload,
  audit,
  tokens,
  createToken,
  revokeToken,
  signInLink,
];
