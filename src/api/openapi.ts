import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './env.ts';
import { describeOpenPaths } from './open-paths.ts';

/** `GET /api/openapi.json`: the OpenAPI 3.1 document of everything under `/api/v1`, the probes and the heartbeats; it holds no secrets and needs no token. */
export const addDocument = (app: OpenAPIHono<ApiEnv>, version: string): void => {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token (dzr_…) of scope viewer, responder or admin. Browsers use their session instead.',
  });
  describeOpenPaths(app);
  let document: string | undefined;
  app.get('/api/openapi.json', (context) => {
    document ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Dozor', version, license: { name: 'MIT' } },
        servers: [{ url: '/' }],
      }),
    );
    return context.body(document, 200, { 'content-type': 'application/json; charset=utf-8' });
  });
};
