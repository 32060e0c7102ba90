import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { Fault } from '#kernel/fault.ts';
import type { StoredEvent } from '#store/contract.ts';
import { defined } from '#kernel/defined.ts';
import { EventView } from '../contract/watch.ts';
import type { ApiEnv, World } from '../env.ts';
import { requireScope } from '../identify.ts';
import { liveStream } from '../live.ts';
import { time } from '../views/basics.ts';

/** So many live readers at once; each holds a bounded buffer. */
export const MAX_READERS = 200;

const sequence = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const Query = z.object({
  cursor: sequence.optional().meta({ description: 'Events after this `seq`.' }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

const eventView = (event: StoredEvent): z.input<typeof EventView> =>
  defined({ ...event, at: time(event.at), data: event.data as z.input<typeof EventView>['data'] });

const describe = (app: OpenAPIHono<ApiEnv>): void =>
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/v1/events',
    operationId: 'getEvents',
    tags: ['events'],
    summary: 'What happens, live (text/event-stream); with `Accept: application/json` a page, oldest first',
    description:
      'Needs the scope viewer. `Last-Event-ID` (or `cursor`) resumes after that event from the store, then goes on live.',
    security: [{ token: [] }],
    request: { query: Query, headers: z.object({ 'last-event-id': sequence.optional() }) },
    responses: {
      200: {
        description: 'OK',
        content: {
          'text/event-stream': { schema: z.string() },
          'application/json': { schema: z.object({ items: z.array(EventView), next: z.string().optional() }) },
        },
      },
    },
  });

const read = (value: unknown): z.output<typeof Query> => {
  const parsed = Query.safeParse(value);
  if (!parsed.success) throw new Fault('INPUT_INVALID', 'cursor and limit are whole numbers (limit 1–500).');
  return parsed.data;
};

/** `GET /api/v1/events`: the live stream with resume, or a page. */
export const addEvents = (app: OpenAPIHono<ApiEnv>, world: World): void => {
  describe(app);
  let readers = 0;
  app.get('/api/v1/events', async (context) => {
    const { tokenId } = requireScope(context.get('caller'), 'viewer');
    const { auth, brain, clock } = world;
    const isWelcome = async (): Promise<boolean> => tokenId === undefined || (await auth.tokens.isHonoured(tokenId));
    const query = read(context.req.query());
    if (context.req.header('accept')?.includes('application/json') === true) {
      const events = await brain.store.events({ afterSeq: query.cursor ?? 0, limit: query.limit });
      const last = events.at(-1);
      const next = events.length === query.limit && last !== undefined ? { next: String(last.seq) } : {};
      return context.json({ items: events.map(eventView), ...next });
    }
    if (readers >= MAX_READERS)
      throw new Fault('RATE_LIMITED', `${MAX_READERS} live readers are connected already.`, 'Try again in 30 s.');
    const resume = sequence.safeParse(context.req.header('last-event-id') ?? query.cursor);
    readers += 1;
    const stream = liveStream({ brain, clock, view: eventView, isWelcome }, resume.data, () => (readers -= 1));
    return context.body(stream, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
  });
};
