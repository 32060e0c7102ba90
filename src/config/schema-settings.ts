import { z } from 'zod';
import { DAY, formatSpan } from '#kernel/time.ts';
import { span } from '#monitor/fields.ts';
import { DEFAULT_RULES, type DetectionRules } from '#monitor/rules.ts';
import { DEFAULT_CONTROLS } from '#network/own-network.ts';
import type { Settings } from './contract.ts';
import { hostPortField, listenField, localeField, sizeField, timezoneField, webField } from './fields.ts';
import { RULE_WORDS } from './rule-words.ts';
import { WITNESS_RULES, type WitnessRules } from './witness-rules.ts';

type Rules = { readonly [key: string]: number | Rules };

const numberOf = (value: number): z.ZodType => {
  if (Number.isInteger(value)) return z.number().min(0).default(value);
  return value < 0 ? z.number().max(0).default(value) : z.number().min(0).default(value);
};

/** The keys of `detection:` from the defaults themselves: `minSpanMs` is written `minSpan: 10s`. */
const ruleFields = (rules: Rules, path: string): z.ZodObject =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(rules).map(([key, value]) => {
        const name = key.replace(/Ms$/, '');
        const words = RULE_WORDS[`${path}${name}`];
        const field = ruleField(key, value, `${path}${name}.`);
        return [name, words === undefined ? field : field.describe(words)];
      }),
    ),
  );

const ruleField = (key: string, value: number | Rules, path: string): z.ZodType => {
  if (typeof value !== 'number') return ruleFields(value, path).prefault({});
  return key.endsWith('Ms') ? span().prefault(formatSpan(value)) : numberOf(value);
};

const rulesOf = (written: Readonly<Record<string, unknown>>, shape: Rules): Rules =>
  Object.fromEntries(
    Object.entries(shape).map(([key, value]) => {
      const given = written[key.replace(/Ms$/, '')];
      return [
        key,
        typeof value === 'number' ? (given as number) : rulesOf(given as Readonly<Record<string, unknown>>, value),
      ];
    }),
  );

/** The keys of `detection:` as they are written, with what they are by default: `[minSpan, 10s]`, `[storm.hold, 5s]`. */
export const detectionDefaults = (
  rules: Rules = DEFAULT_RULES as unknown as Rules,
  path = '',
): readonly (readonly [string, string])[] =>
  Object.entries(rules).flatMap(([key, value]) => {
    const name = `${path}${key.replace(/Ms$/, '')}`;
    if (typeof value !== 'number') return detectionDefaults(value, `${name}.`);
    return [[name, key.endsWith('Ms') ? formatSpan(value) : String(Number(value.toFixed(3)))] as const];
  });

const address = (): z.ZodString =>
  z
    .string()
    .regex(
      /^(\[[\da-fA-F:]+\](:\d+)?|[\d.]+(:\d+)?|[\da-fA-F:]+)$/,
      'must be an address such as 1.1.1.1 or 127.0.0.1:5353',
    );

const network = z
  .strictObject({
    controls: z
      .array(hostPortField())
      .default([...DEFAULT_CONTROLS])
      .describe('Addresses far away that vouch for the own network, as host:port.'),
    resolvers: z.array(address()).default([]).describe("Name servers to ask; the machine's own when empty."),
    allowPrivate: z.boolean().default(false).describe('Monitors made through API or screens may have private targets.'),
  })
  .prefault({})
  .describe('How Dozor reaches the world.');

const retention = z
  .strictObject({
    checks: span({ min: 0 })
      .prefault(formatSpan(7 * DAY))
      .describe('How long every single check is kept.'),
    minutes: span({ min: 0 })
      .prefault(formatSpan(14 * DAY))
      .describe('How long a figure a minute is kept.'),
    hours: span({ min: 0 })
      .prefault(formatSpan(730 * DAY))
      .describe('How long a figure an hour is kept; days are kept for ever.'),
  })
  .prefault({})
  .describe('How long the history is kept.');

const storage = z
  .strictObject({
    quota: sizeField().prefault('2GB').describe("The most that Dozor's own data may take."),
    keepFree: sizeField().prefault('500MB').describe('What must stay free on the disk; Dozor yields before.'),
  })
  .prefault({})
  .describe('How much disk Dozor may use.');

/** The keys of the file that concern the program as a whole. */
export const settingsShape = {
  locale: localeField().default('en'),
  timezone: timezoneField().optional(),
  listen: listenField().prefault('127.0.0.1:4600').describe('Where the pages and the API are served.'),
  publicUrl: webField().optional().describe('Links in alerts point here.'),
  network,
  detection: ruleFields(DEFAULT_RULES as unknown as Rules, '')
    .prefault({})
    .describe('Thresholds of detection.'),
  witness: ruleFields(WITNESS_RULES as unknown as Rules, 'witness.')
    .prefault({})
    .describe("How patient this machine is as a witness of another one's Dozor."),
  retention,
  storage,
};

const settingsSchema = z.object(settingsShape);

/** The settings' part of a file that was read. */
export type SettingsRead = z.output<typeof settingsSchema>;

/** The zone of this machine. */
export const ownTimezone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The program's settings out of what was read. */
export const settingsOf = (read: SettingsRead): Settings => ({
  locale: read.locale,
  timezone: read.timezone ?? ownTimezone(),
  listen: read.listen,
  ...(read.publicUrl === undefined ? {} : { publicUrl: read.publicUrl.replace(/\/+$/, '') }),
  network: read.network,
  detection: rulesOf(read.detection, DEFAULT_RULES as unknown as Rules) as unknown as DetectionRules,
  witness: rulesOf(read.witness, WITNESS_RULES as unknown as Rules) as unknown as WitnessRules,
  retention: { checksMs: read.retention.checks, minutesMs: read.retention.minutes, hoursMs: read.retention.hours },
  storage: { quotaBytes: read.storage.quota, keepFreeBytes: read.storage.keepFree },
});

/** The settings when nothing is said. */
export const defaultSettings = (): Settings => settingsOf(settingsSchema.parse({}));
