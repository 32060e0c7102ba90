import { z } from 'zod';
import type { ResourceKind } from '#store/contract.ts';
import { span } from '#monitor/fields.ts';
import { cronField, idField, nameField, timezoneField } from './fields.ts';
import { channelOption, contactShape, policyShape, watcherOptions } from './schema-alert.ts';
import { appShape, hostShape } from './schema-host.ts';
import { monitorOption, monitorSpec, oneOfCronAndAt, serviceShape, unionByKind } from './schema-monitor.ts';
import { settingsShape } from './schema-settings.ts';
import type { Seams } from './seams.ts';

/** The schemas of the whole file, and of each thing's definition apart from its name (what is stored as its spec). */
export interface Schemas {
  readonly seams: Seams;
  readonly file: z.ZodObject;
  readonly specs: Readonly<Record<ResourceKind, z.ZodType>>;
}

const atField = (): z.ZodString =>
  z
    .string()
    .regex(
      /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/,
      'must be a day and a time, such as "2027-01-31 03:00"',
    )
    .describe('Once: day and time in the zone, such as "2027-01-31 03:00".');

const maintenanceShape = {
  cron: cronField().optional().describe('Again and again: when it begins.'),
  at: atField().optional(),
  for: span({ min: 1_000 }).describe('How long it lasts.'),
  services: z.array(z.string()).default([]).describe('Services by their names; all when empty.'),
  timezone: timezoneField().optional(),
};

const named = (what: string): { name: z.ZodString; id: z.ZodOptional<z.ZodString> } => ({
  name: nameField(what),
  id: idField(),
});

const list = (item: z.ZodType, words: string): z.ZodType => z.array(item).default([]).describe(words);

/** Builds all schemas from the lists of monitor and channel kinds. */
export const createSchemas = (seams: Seams): Schemas => {
  const monitors = unionByKind(seams.kinds.map((kind) => monitorOption(kind, named('monitor'))));
  const channels = (more: Record<string, z.ZodType>): z.ZodType =>
    unionByKind(seams.channels.map((kind) => channelOption(kind, more)));
  const service = z.strictObject({
    ...named('service'),
    ...serviceShape,
    monitors: list(monitors, 'The questions that are asked again and again.'),
  });
  const contact = z.strictObject({
    ...named('contact'),
    ...contactShape,
    channels: list(channels(named('channel')), 'Ways to this person.'),
  });
  const maintenance = z.strictObject({ ...named('window'), ...maintenanceShape }).superRefine(oneOfCronAndAt);
  const file = z.strictObject({
    ...settingsShape,
    services: list(service, 'What is protected.'),
    contacts: list(contact, 'People and their channels.'),
    policies: list(
      z.strictObject({ ...named('policy'), ...policyShape }),
      'Who is told, when, until somebody answers.',
    ),
    watchers: list(unionByKind(watcherOptions(named('watcher'))), 'Who watches the watch.'),
    hosts: list(z.strictObject({ ...named('host'), ...hostShape }), 'Machines whose processes an agent sees.'),
    apps: list(z.strictObject({ ...named('app'), ...appShape }), 'Programs on hosts.'),
    maintenance: list(maintenance, 'Times in which nobody is told.'),
  });
  const specs = {
    service: z.strictObject(serviceShape),
    monitor: unionByKind(seams.kinds.map(monitorSpec)),
    contact: z.strictObject(contactShape),
    channel: channels({}),
    policy: z.strictObject(policyShape),
    watcher: unionByKind(watcherOptions({})),
    maintenance: z.strictObject(maintenanceShape).superRefine(oneOfCronAndAt),
    host: z.strictObject(hostShape),
    app: z.strictObject(appShape),
  };
  return { seams, file, specs };
};
