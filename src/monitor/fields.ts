import { z } from 'zod';
import { formatSpan, parseSpan, type Ms } from '../kernel/time.ts';

/** A span as people write it (`10s`, `2m`), read to milliseconds. */
export const span = (bounds: { min?: Ms; max?: Ms } = {}): z.ZodType<Ms, string> =>
  z
    .string()
    .transform((text, context) => {
      const value = parseSpan(text);
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: `"${text}" is no span of time; write 10s, 2m or 1h30m` });
        return z.NEVER;
      }
      if (value < min || value > max) {
        context.addIssue({
          code: 'custom',
          message: `must be from ${formatSpan(min)} to ${max === Number.MAX_SAFE_INTEGER ? '…' : formatSpan(max)}`,
        });
        return z.NEVER;
      }
      return value;
    })
    .meta({ format: 'span', examples: ['10s', '2m', '1h30m'] }) as unknown as z.ZodType<Ms, string>;

/** A text that is never shown again once given: masked in the API, encrypted in the store, redacted in logs. */
export const secret = (title?: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ secret: true, ...(title === undefined ? {} : { title }) });

/** A TCP or UDP port. */
export const port = (): z.ZodNumber => z.int().min(1).max(65_535);
