import type { Context, Hono } from 'hono';
import { Fault } from '#kernel/fault.ts';
import { HOUR } from '#kernel/time.ts';
import type { ApiEnv, Caller, World } from '../env.ts';
import { dropSession, requireScope } from '../identify.ts';
import { findIncident } from '../routes/incidents.ts';
import { readForm } from './form.ts';

type Action = (world: World, incidentId: string, caller: Caller, form: URLSearchParams) => Promise<unknown>;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>(
  Object.entries<Action>({
    acknowledge: async ({ brain }, id, { actor }) => {
      const incident = await findIncident(brain, id);
      if (incident.acknowledged === undefined && incident.state === 'open') await brain.acknowledge(id, actor);
    },
    note: ({ brain }, id, { actor }, form) => {
      const text = (form.get('text') ?? '').trim().slice(0, 4_000);
      if (text === '') throw new Fault('INPUT_INVALID', 'The note is empty.');
      return brain.note(id, text, actor);
    },
    mute: ({ brain }, id, { actor }) => brain.muteIncident(id, HOUR, actor),
    resolve: ({ brain }, id, { actor }) => brain.resolve(id, actor),
  }),
);

const act = async (context: Context<ApiEnv>, world: World): Promise<Response> => {
  const caller = requireScope(context.get('caller'), 'responder');
  const action = ACTIONS.get(context.req.param('action') ?? '');
  if (action === undefined) throw new Fault('NOT_FOUND', 'There is no such action.');
  const incident = await findIncident(world.brain, context.req.param('code') ?? '');
  await action(world, incident.id, caller, await readForm(context.req.raw));
  return context.redirect(`/i/${incident.code}`, 303);
};

/** Buttons of the pages; each answers with a redirect back, so they work without the script. */
export const addActions = (app: Hono<ApiEnv>, world: World): void => {
  app.post('/i/:code/:action', (context) => act(context, world));
  app.post('/sign-out', async (context) => {
    const id = context.get('caller')?.tokenId;
    if (id !== undefined) await world.auth.tokens.revoke(id);
    dropSession(context);
    return context.redirect('/sign-in', 303);
  });
};
