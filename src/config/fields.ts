import { Cron } from 'croner';
import { z } from 'zod';
import { LOCALES } from '#kernel/locale.ts';
import { closest } from './suggest.ts';

const wrong = (context: z.RefinementCtx, message: string, hint?: string): never => {
  context.addIssue({ code: 'custom', message, params: { hint } });
  return z.NEVER;
};

/** A name as people give it: a line of 1 to 100 letters. */
export const nameField = (what: string): z.ZodString =>
  z
    .string()
    .min(1)
    .max(100)
    .refine((name) => !/\p{Cc}/u.test(name), 'must be one line without control characters')
    .describe(`What people call the ${what}; unique.`);

/** The explicit identity that survives a new name. */
export const idField = (): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
    .optional()
    .describe('An identity that survives a new name. Without it a renamed thing is a new one with a new history.');

/** A language of what people read. */
export const localeField = (): z.ZodEnum<{ en: 'en'; ru: 'ru' }> =>
  z.enum(LOCALES).describe('The language of alerts and pages.');

/** How bad it is for people. */
export const severityField = (): z.ZodEnum<{ critical: 'critical'; warning: 'warning'; info: 'info' }> =>
  z.enum(['critical', 'warning', 'info']).describe('critical wakes people, a warning waits for the morning.');

const knowsZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch (error) {
    // Intl has no question for it: an unknown zone is told by this very error.
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** An IANA time zone. */
export const timezoneField = (): z.ZodString =>
  z
    .string()
    .superRefine((zone, context) => {
      if (knowsZone(zone)) return;
      const near = closest(zone, Intl.supportedValuesOf('timeZone'));
      wrong(
        context,
        `"${zone}" is no time zone`,
        near === undefined ? 'write it as Asia/Almaty' : `did you mean "${near}"?`,
      );
    })
    .describe('An IANA time zone such as Asia/Almaty.');

/** The minute of the day of a clock time. */
export const clockField = (): z.ZodType<number, string> =>
  z
    .string()
    .transform((text, context) => {
      const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
      const minute = Number(hours) * 60 + Number(minutes);
      return Number(hours) < 24 && Number(minutes) < 60
        ? minute
        : wrong(context, `"${text}" is no time of day`, 'write it as 23:00');
    })
    .meta({ format: 'clock', examples: ['23:00'] }) as unknown as z.ZodType<number, string>;

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** A size on disk such as `2GB` or `500MB`, read to bytes. */
export const sizeField = (): z.ZodType<number, string> =>
  z
    .string()
    .transform((text, context) => {
      const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
      const bytes = Number(count) * (UNITS[unit?.toUpperCase() ?? ''] ?? Number.NaN);
      return Number.isFinite(bytes) ? Math.round(bytes) : wrong(context, `"${text}" is no size`, 'write 500MB or 2GB');
    })
    .meta({ format: 'size', examples: ['500MB', '2GB'] }) as unknown as z.ZodType<number, string>;

/** A cron pattern of five or six fields. */
export const cronField = (): z.ZodString =>
  z
    .string()
    .superRefine((pattern, context) => {
      const fault = cronFault(pattern);
      if (fault !== undefined) wrong(context, fault, 'five fields: minute hour day month weekday, such as "0 3 * * *"');
    })
    .describe('A cron pattern: minute hour day month weekday.');

const cronFault = (pattern: string): string | undefined => {
  if (!/^(@\w+|\S+(\s+\S+){4,5})$/.test(pattern.trim())) return `"${pattern}" is no cron pattern`;
  try {
    return new Cron(pattern).nextRun() === null ? `"${pattern}" never comes due` : undefined;
  } catch (error) {
    // croner has no other way to say that a pattern is wrong.
    return `"${pattern}" is no cron pattern: ${error instanceof Error ? error.message.replace(/^CronPattern: /, '') : ''}`;
  }
};

/** `host:port`, `:port` or a port: where to listen. Port 0 takes any free one. */
export const listenField = (): z.ZodType<{ host: string; port: number }, string> =>
  z
    .string()
    .transform(
      (text, context) =>
        parseListen(text) ?? wrong(context, `"${text}" is no address to listen on`, 'write 127.0.0.1:4600'),
    )
    .meta({ format: 'address', examples: ['127.0.0.1:4600'] }) as unknown as z.ZodType<
    { host: string; port: number },
    string
  >;

/** Reads `127.0.0.1:4600`, `[::1]:4600`, `:4600` or `4600`; undefined when it is none of them. Without a host: 127.0.0.1. */
const parseListen = (text: string): { host: string; port: number } | undefined => {
  const [, six, other, digits] = /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]/]+))?:)?(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(digits);
  return digits === undefined || port > 65_535 ? undefined : { host: six ?? other ?? '127.0.0.1', port };
};

/** A control beyond the gateway: `host:port`. */
export const hostPortField = (): z.ZodString =>
  z.string().regex(/^(\[[\da-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, 'must be host:port, such as 1.1.1.1:443');

/** An address on the web. */
export const webField = (): z.ZodString =>
  z
    .string()
    .superRefine((text, context) => {
      const url = URL.parse(text);
      if (url === null || !/^https?:$/.test(url.protocol))
        wrong(context, 'must be a whole URL', 'write https://watch.example.com');
    })
    .meta({ format: 'uri' });
