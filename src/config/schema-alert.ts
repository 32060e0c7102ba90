import { z } from 'zod';
import type { ChannelKind } from '#alert/channel.ts';
import { span } from '#monitor/fields.ts';
import { clockField, localeField, severityField, timezoneField, webField } from './fields.ts';

/** A contact without name, id and channels. */
export const contactShape = {
  locale: localeField().optional(),
  timezone: timezoneField().optional(),
  quiet: z
    .strictObject({
      from: clockField().describe('Begin, such as 23:00.'),
      to: clockField().describe('End, such as 07:00.'),
      below: severityField().default('critical').describe('What is less than this waits for the end.'),
    })
    .optional()
    .describe('Hours in which lesser alerts wait.'),
};

const capField = (): z.ZodType =>
  z
    .strictObject({
      perDay: z.int().min(0).optional().describe('Messages or calls a day.'),
      costPerDay: z.number().min(0).optional().describe("Money a day, in the provider's currency."),
    })
    .optional()
    .describe('The most that may be sent a day.');

/** The definition of a channel of one kind, without its name when `more` has none. */
export const channelOption = (kind: ChannelKind, more: Record<string, z.ZodType>): z.ZodObject =>
  kind.config.safeExtend({ ...(Object.hasOwn(kind.config.shape, 'cap') ? {} : { cap: capField() }), ...more }).strict();

const loudField = (): z.ZodType =>
  z
    .union([z.enum(['auto', 'always', 'never']), z.boolean()])
    .optional()
    .describe(
      'auto: silent unless the cause will not heal by itself; true or "always": with sound; false or "never": silent. By default auto at once, always later.',
    );

const stepField = (): z.ZodObject =>
  z.strictObject({
    after: span().prefault('0s').describe('So long after the verdict, while it lasts and nobody has answered.'),
    notify: z.array(z.string()).min(1).describe('Channels by their names.'),
    loud: loudField(),
  });

/** A policy without name and id. */
export const policyShape = {
  steps: z.array(stepField()).min(1).describe('Who is told, and when.'),
  repeatEvery: z
    .union([z.literal('off'), span({ min: 1_000 })])
    .optional()
    .describe('The last step again and again, until somebody answers.'),
  until: z.enum(['acknowledged', 'recovered']).default('acknowledged').describe('What ends steps and repeats.'),
};

/** The two kinds of watchers of the watch, without name and id when `more` has none. */
export const watcherOptions = (more: Record<string, z.ZodType>): readonly z.ZodObject[] => [
  z.strictObject({
    kind: z.literal('witness'),
    every: span({ min: 100 }).prefault('10s').describe('How often the witness looks.'),
    ...more,
  }),
  z.strictObject({
    kind: z.literal('deadman'),
    url: webField()
      .meta({ secret: true })
      .describe('Pinged while Dozor is well; whoever owns it shouts when the pings stop.'),
    every: span({ min: 100 }).prefault('60s').describe('How often it is pinged.'),
    ...more,
  }),
];
