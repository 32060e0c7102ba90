import { z } from 'zod';
import { AnyJson, OriginName, Place, SeverityName, SpanMs, Time } from './basics.ts';

/** A person, or a team's room. */
export const ContactView = z
  .object({
    id: z.string(),
    name: z.string(),
    origin: OriginName,
    locale: z.enum(['en', 'ru']).optional(),
    timezone: z.string().optional(),
    quiet: z.object({ fromMinute: z.int(), toMinute: z.int(), below: SeverityName }).optional(),
    channels: z.array(z.string()),
  })
  .meta({ id: 'Contact' });

/** A way to a person. Its configuration is at `/resources` (`GET /channels/{id}` has `spec`, secrets masked). */
export const ChannelView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    origin: OriginName,
    contactId: z.string(),
    contact: z.string(),
    cap: z.object({ perDay: z.number().optional(), costPerDay: z.number().optional() }).optional(),
    fault: z.string().optional().meta({ description: 'What is wrong with its set-up now.' }),
  })
  .meta({ id: 'Channel' });

/** Who is told, when, until somebody answers. */
export const PolicyView = z
  .object({
    id: z.string(),
    name: z.string(),
    origin: OriginName,
    steps: z.array(
      z.object({ afterMs: SpanMs, notify: z.array(z.string()), loud: z.enum(['auto', 'always', 'never']) }),
    ),
    repeatEveryMs: SpanMs.optional(),
    until: z.enum(['acknowledged', 'recovered']),
  })
  .meta({ id: 'Policy' });

/** A span in which nobody is told. */
export const MaintenanceView = z
  .object({
    id: z.string(),
    name: z.string(),
    origin: OriginName,
    forMs: SpanMs,
    cron: z.string().optional(),
    at: Time.optional(),
    timezone: z.string().optional(),
    services: z.array(z.string()),
  })
  .meta({ id: 'Maintenance' });

/** Somebody outside who watches the watch. */
export const WatcherView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['witness', 'deadman']),
    everyMs: SpanMs,
    state: z.enum(['waiting', 'answers', 'silent', 'failing']),
    lastAt: Time.optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'Watcher' });

/** How a thing was defined; `spec` has secrets masked. With `place` it belongs to a file and is read-only here. */
export const ResourceView = z
  .object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    parentId: z.string().optional(),
    origin: OriginName,
    spec: AnyJson,
    createdAt: Time,
    place: Place.optional(),
  })
  .meta({ id: 'Resource' });

/** How a test message fared. */
export const ChannelTestView = z
  .object({
    channel: z.string(),
    accepted: z.boolean(),
    tookMs: SpanMs,
    attempts: z.int(),
    error: z.string().optional(),
    permanent: z.boolean().optional(),
    balance: z.object({ amount: z.number(), currency: z.string().optional() }).optional(),
  })
  .meta({ id: 'ChannelTest' });

export type ContactView = z.output<typeof ContactView>;
export type ChannelView = z.output<typeof ChannelView>;
export type PolicyView = z.output<typeof PolicyView>;
export type MaintenanceView = z.output<typeof MaintenanceView>;
export type WatcherView = z.output<typeof WatcherView>;
export type ResourceView = z.output<typeof ResourceView>;
