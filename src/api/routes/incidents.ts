import { z } from 'zod';
import type { Brain } from '#engine/brain.ts';
import { Fault } from '#kernel/fault.ts';
import type { Incident } from '#incident/incident.ts';
import { PageQuery, pageOf } from '../contract/basics.ts';
import { AlertView, IncidentView, TimelineView } from '../contract/incidents.ts';
import { MuteInput, NoteInput } from '../contract/inputs.ts';
import { mapPage, storeQuery } from '../page-list.ts';
import { defineRoute, type Asked, type Route } from '../route.ts';
import { alertView, incidentView, timelineView } from '../views/incident.ts';
import { namesOf } from '../views/names.ts';

/** The incident of an id or code. @throws Fault NOT_FOUND. */
export const findIncident = async (brain: Brain, idOrCode: string): Promise<Incident> => {
  const incident = (await brain.store.incident(idOrCode)) ?? (await brain.store.incident(idOrCode.toUpperCase()));
  if (incident === undefined)
    throw new Fault('NOT_FOUND', `There is no incident "${idOrCode}".`, 'See GET /api/v1/incidents.');
  return incident;
};

const shown = (incident: Incident, asked: Pick<Asked<unknown, unknown>, 'world' | 'locale'>) =>
  incidentView(incident, namesOf(asked.world.brain), asked.locale);

const list = defineRoute({
  method: 'get',
  path: '/incidents',
  scope: 'viewer',
  tag: 'incidents',
  summary: 'Incidents, newest first',
  query: PageQuery.extend({ state: z.enum(['open', 'closed']).optional(), service: z.string().max(300).optional() }),
  result: pageOf(IncidentView),
  run: async (asked) => {
    const { service, ...query } = asked.query;
    const { brain } = asked.world;
    const of = service === undefined ? {} : { serviceId: brain.service(service).service.id };
    const page = await brain.store.incidents({ ...storeQuery({ ...query }), ...of });
    const names = namesOf(brain);
    return mapPage(page, (one) => incidentView(one, names, asked.locale));
  },
});

const get = defineRoute({
  method: 'get',
  path: '/incidents/{id}',
  scope: 'viewer',
  tag: 'incidents',
  summary: 'One incident, by id or code',
  result: IncidentView,
  run: async (asked) => shown(await findIncident(asked.world.brain, asked.id), asked),
});

const timeline = defineRoute({
  method: 'get',
  path: '/incidents/{id}/timeline',
  scope: 'viewer',
  tag: 'incidents',
  summary: 'What happened, newest first',
  query: PageQuery,
  result: pageOf(TimelineView),
  run: async ({ world, id, query, locale }) => {
    const incidentId = (await findIncident(world.brain, id)).id;
    const names = namesOf(world.brain);
    const page = await world.brain.store.timeline({ ...storeQuery({ ...query }), incidentId });
    return mapPage(page, (entry) => timelineView(entry, names, locale));
  },
});

const act = <Body extends z.ZodType>(
  verb: string,
  summary: string,
  body: Body,
  run: (brain: Brain, incidentId: string, body: z.output<Body>, asked: Asked<unknown, unknown>) => Promise<Incident>,
): Route =>
  defineRoute({
    method: 'post',
    path: `/incidents/{id}/${verb}`,
    scope: 'responder',
    tag: 'incidents',
    summary,
    body,
    result: IncidentView,
    run: async (asked) => {
      const { brain } = asked.world;
      const incident = await findIncident(brain, asked.id);
      return shown(await run(brain, incident.id, asked.body, asked), asked);
    },
  });

const nothing = z.object({}).optional();

const acknowledge = act(
  'acknowledge',
  'Somebody has it: steps and repeats end. Again: the state as it is',
  nothing,
  (brain, id, _body, { caller }) => brain.acknowledge(id, caller.actor),
);

const note = act('note', 'Writes a note into the timeline', NoteInput, (brain, id, { text }, { caller }) =>
  brain.note(id, text, caller.actor),
);

const mute = act('mute', 'Nobody is told of it for a while', MuteInput, (brain, id, { forMs }, { caller }) =>
  brain.muteIncident(id, forMs, caller.actor),
);

const resolve = act('resolve', 'Closes it by hand', nothing, (brain, id, _body, { caller }) =>
  brain.resolve(id, caller.actor),
);

const alerts = defineRoute({
  method: 'get',
  path: '/alerts',
  scope: 'viewer',
  tag: 'alerts',
  summary: 'What had to reach people, with its deliveries, newest first',
  query: PageQuery.extend({ incident: z.string().max(300).optional() }),
  result: pageOf(AlertView),
  run: async ({ world, query }) => {
    const { incident, ...page } = query;
    const of = incident === undefined ? {} : { incidentId: (await findIncident(world.brain, incident)).id };
    const names = namesOf(world.brain);
    const found = await world.brain.store.alerts({ ...storeQuery({ ...page }), ...of });
    return mapPage(found, (alert) => alertView(alert, names));
  },
});

/** Incidents and what was told of them. */
export const incidentRoutes: readonly Route[] = [list, get, timeline, acknowledge, note, mute, resolve, alerts];
