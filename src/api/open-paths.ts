import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { ProblemView } from './contract/basics.ts';
import type { ApiEnv } from './env.ts';

const Ready = z
  .object({
    status: z.enum(['ok', 'unwell']),
    watched: z.boolean().meta({ description: 'Somebody outside watches this Dozor.' }),
    problems: z.array(z.string()).optional(),
    watchers: z.array(z.object({ name: z.string(), kind: z.string(), state: z.string() })).optional(),
  })
  .meta({ id: 'Ready' });

const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});
const text = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } });
const problem = { description: 'A problem', content: { 'application/problem+json': { schema: ProblemView } } };

const describeProbes = ({ openAPIRegistry: registry }: OpenAPIHono<ApiEnv>): void => {
  registry.registerPath({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    tags: ['probes'],
    summary: 'The process lives',
    responses: { 200: json('OK', z.object({ status: z.literal('ok'), version: z.string() })) },
  });
  registry.registerPath({
    method: 'get',
    path: '/ready',
    operationId: 'getReady',
    tags: ['probes'],
    summary: 'The watch itself is well',
    description: 'Problems and watchers are told to viewers and on this machine only.',
    responses: { 200: json('Well', Ready), 503: json('Not well', Ready) },
  });
  registry.registerPath({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tags: ['probes'],
    summary: 'Figures for Prometheus',
    description: 'Needs the scope viewer, unless asked on this machine.',
    security: [{ token: [] }, {}],
    responses: { 200: text('Prometheus text format 0.0.4'), default: problem },
  });
};

const key = z.string().meta({ description: "The heartbeat's key: it is the secret." });
const sign = z.string().meta({ description: '`start`, `fail`, or an exit code from 0 to 255.' });

const describeBeats = ({ openAPIRegistry: registry }: OpenAPIHono<ApiEnv>): void => {
  const about = {
    tags: ['heartbeats'],
    description: 'Needs no token. GET, POST and PUT are alike; the first 10 kB of a body are kept.',
    responses: { 200: text('OK'), default: problem },
  };
  for (const method of ['get', 'post', 'put'] as const) {
    registry.registerPath({
      ...about,
      method,
      path: '/beat/{key}',
      operationId: `${method}BeatByKey`,
      summary: 'A sign of life: done',
      request: { params: z.object({ key }) },
    });
    registry.registerPath({
      ...about,
      method,
      path: '/beat/{key}/{sign}',
      operationId: `${method}BeatByKeyBySign`,
      summary: 'A sign of life: begun, failed, or ended with an exit code',
      request: { params: z.object({ key, sign }) },
    });
  }
};

/** Puts what lies outside `/api/v1` into the OpenAPI document: `/health`, `/ready`, `/metrics` and `/beat/…`. */
export const describeOpenPaths = (app: OpenAPIHono<ApiEnv>): void => {
  describeProbes(app);
  describeBeats(app);
};
