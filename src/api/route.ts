import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Scope } from '#auth/scope.ts';
import { describeIssues } from '#config/issue.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { Locale } from '#kernel/locale.ts';
import { SECOND, type Ms } from '#kernel/time.ts';
import { readJson } from './body.ts';
import { ProblemView } from './contract/basics.ts';
import { within } from './deadline.ts';
import type { ApiEnv, Caller, World } from './env.ts';
import { createIdempotency, type Idempotency } from './idempotency.ts';
import { requireScope } from './identify.ts';
import { chooseLocale } from './locale.ts';

/** What a route's function is given. */
export interface Asked<Query, Body> {
  readonly world: World;
  readonly caller: Caller;
  /** The `{id}` of the path: an id, a name or an incident's code. */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  /** The language of texts in the answer. */
  readonly locale: Locale;
}

/** One route: what it takes, what it gives, who may, and the one function that does it. */
export interface RouteDefinition<Query extends z.ZodObject, Body extends z.ZodType, Result extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`, OpenAPI's form: `/monitors/{id}`. */
  readonly path: string;
  readonly scope: Scope;
  readonly tag: string;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  /** Absent: 204. */
  readonly result?: Result;
  readonly status?: 200 | 201 | 202;
  /** What the audit log calls it; only where the engine does not write it in its own transaction. */
  readonly audit?: string;
  readonly timeoutMs?: Ms;
  run(asked: Asked<z.output<Query>, z.output<Body>>): Promise<z.input<Result>> | z.input<Result>;
}

/** A route whose types are settled. */
export type Route = RouteDefinition<z.ZodObject, z.ZodType, z.ZodType>;

/** Ties a route's schemas to its function's types. */
export const defineRoute = <
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
  Result extends z.ZodType = z.ZodVoid,
>(
  definition: RouteDefinition<Query, Body, Result>,
): Route => definition as unknown as Route;

const DEFAULT_TIMEOUT: Ms = 30 * SECOND;

const checked = (schema: z.ZodType | undefined, value: unknown, what: string): unknown => {
  if (schema === undefined) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const places = describeIssues(parsed.error.issues, { schema, value: value as Json })
    .slice(0, 50)
    .map(({ path, message, hint }) =>
      defined({ path: path.map(String).join('.').slice(0, 200), message: message.slice(0, 300), hint }),
    );
  const first = places[0];
  const at = first === undefined || first.path === '' ? '' : ` at "${first.path}"`;
  throw new Fault('INPUT_INVALID', `The ${what} is not right${at}: ${first?.message ?? ''}`, 'See /api/openapi.json', {
    places,
  });
};

const ask = async (route: Route, context: Context<ApiEnv>, world: World): Promise<Asked<never, never>> => {
  const caller = requireScope(context.get('caller'), route.scope);
  const id = context.req.param('id') ?? '';
  if (id.length > 300) throw new Fault('INPUT_INVALID', 'The id or name in the path is too long.');
  const query = checked(route.query, context.req.query(), 'query');
  const body = route.body === undefined ? undefined : checked(route.body, await readJson(context.req.raw), 'body');
  const locale = chooseLocale(context.req.query('lang'), context.req.header('accept-language'), 'en');
  return { world, caller, id, query, body, locale } as Asked<never, never>;
};

const subjectOf = (asked: Asked<never, never>, answer: unknown): string | undefined => {
  if (asked.id !== '') return asked.id;
  const made = answer as { readonly name?: unknown; readonly id?: unknown } | undefined;
  return typeof made?.name === 'string' ? made.name : typeof made?.id === 'string' ? made.id : undefined;
};

const note = async (route: Route, asked: Asked<never, never>, answer: unknown): Promise<void> => {
  if (route.audit === undefined) return;
  const subject = subjectOf(asked, answer);
  const data: Json = { path: route.path };
  await asked.world.auth
    .audit({ actor: asked.caller.actor, action: route.audit, data, ...(subject === undefined ? {} : { subject }) })
    .catch((error: unknown) => {
      // What was asked for is done and saved already; the answer must say so even when the log of it cannot be written.
      if (!(error instanceof Fault)) throw error;
      asked.world.log('warn', `audit not written: ${error.message}`, { action: route.audit ?? '' });
    });
};

/** Does what the route does and writes it into the audit log. */
const perform = async (route: Route, asked: Asked<never, never>): Promise<unknown> => {
  const answer: unknown = await route.run(asked);
  await note(route, asked, answer);
  return answer;
};

const handle =
  (route: Route, world: World, idempotency: Idempotency) =>
  async (context: Context<ApiEnv>): Promise<Response> => {
    const asked = await ask(route, context, world);
    const key = route.status === 201 ? context.req.header('idempotency-key') : undefined;
    const caller = asked.caller.tokenId ?? asked.caller.actor.name;
    const work =
      key === undefined
        ? perform(route, asked)
        : idempotency.once({ caller, route: route.path, key }, asked.body, () => perform(route, asked));
    const answer = await within(world.clock, route.timeoutMs ?? DEFAULT_TIMEOUT, work);
    return route.result === undefined ? context.body(null, 204) : context.json(answer, route.status ?? 200);
  };

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemView } },
});

/** The name of an operation in generated clients: `postIncidentsByIdAcknowledge`. */
const operationIdOf = (method: string, path: string): string =>
  method +
  path
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');

const describe = (app: OpenAPIHono<ApiEnv>, route: Route): void => {
  const hasId = route.path.includes('{id}');
  const params = z.object({ id: z.string().meta({ description: 'An id or a name; for incidents the code as well.' }) });
  app.openAPIRegistry.registerPath({
    method: route.method,
    path: `/api/v1${route.path}`,
    operationId: operationIdOf(route.method, route.path),
    tags: [route.tag],
    summary: route.summary,
    description: `Needs the scope ${route.scope}.`,
    security: [{ token: [] }],
    request: {
      ...(hasId ? { params } : {}),
      ...(route.status === 201 ? { headers: z.object({ 'idempotency-key': z.string().max(200).optional() }) } : {}),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(route.body === undefined ? {} : { body: { content: { 'application/json': { schema: route.body } } } }),
    },
    responses: {
      ...(route.result === undefined
        ? { 204: { description: 'Done' } }
        : { [route.status ?? 200]: { description: 'OK', content: { 'application/json': { schema: route.result } } } }),
      default: problemAnswer('A problem'),
    },
  });
};

/** Puts routes into the app and into its OpenAPI document. */
export const addRoutes = (app: OpenAPIHono<ApiEnv>, routes: readonly Route[], world: World): void => {
  const idempotency = createIdempotency(world.clock);
  for (const route of routes) {
    describe(app, route);
    app.on(
      route.method.toUpperCase(),
      `/api/v1${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      handle(route, world, idempotency),
    );
  }
};
