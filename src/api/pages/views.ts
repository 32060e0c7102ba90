import type { Hono } from 'hono';
import { catalog } from '#i18n/catalog.ts';
import type { ApiEnv, World } from '../env.ts';
import { findIncident } from '../routes/incidents.ts';
import { namesOf } from '../views/names.ts';
import { lookOf, mayAct, showPage, viewerOf } from './answer.ts';
import { incidentMain, noteForm } from './incident.ts';
import { incidentName } from './incident-parts.ts';
import { overviewMain } from './overview.ts';

const OPEN_SHOWN = 50;
const RECENT_SHOWN = 8;
const ENTRIES_SHOWN = 100;

/** Pages to look at: `/` and `/i/<code>`. */
export const addViews = (app: Hono<ApiEnv>, world: World): void => {
  const { brain } = world;
  app.get('/', async (context) => {
    const caller = viewerOf(context);
    const look = lookOf(context, world);
    const [open, recent] = await Promise.all([
      brain.store.incidents({ limit: OPEN_SHOWN, state: 'open' }),
      brain.store.incidents({ limit: RECENT_SHOWN, state: 'closed' }),
    ]);
    const seen = {
      open: open.items,
      recent: recent.items,
      services: brain.services(),
      health: brain.health(),
      watchers: brain.watchers(),
      hosts: brain.hosts(),
      apps: brain.apps(),
      names: namesOf(brain),
      mayAct: mayAct(caller),
    };
    const bad = open.items.length === 0 ? '' : `(${open.items.length}) `;
    const title = bad + catalog(look.locale).pages.look.title;
    return showPage(context, look, { title, isLive: true }, overviewMain(seen, look));
  });
  app.get('/i/:code', async (context) => {
    const caller = viewerOf(context);
    const look = lookOf(context, world);
    const incident = await findIncident(brain, context.req.param('code'));
    const cursor = context.req.query('cursor');
    const page = { limit: ENTRIES_SHOWN, incidentId: incident.id, ...(cursor === undefined ? {} : { cursor }) };
    const timeline = await brain.store.timeline(page);
    const seen = {
      incident,
      timeline,
      names: namesOf(brain),
      mayAct: mayAct(caller),
      health: brain.health(),
      watchers: brain.watchers(),
    };
    const title = `${incidentName(incident, seen.names, look)} · ${incident.code}`;
    return showPage(context, look, { title, isLive: true }, incidentMain(seen, look), { after: noteForm(seen, look) });
  });
};
