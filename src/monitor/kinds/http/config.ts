import { z } from 'zod';
import { SECOND, HOUR } from '#kernel/time.ts';
import { secret, span } from '../../fields.ts';
import { parseJsonPath } from './json-path.ts';
import { parseStatusRanges } from './status-ranges.ts';

const MAX_TEXT = 1_000;

const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).hostname !== '';

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

const statusText = z
  .string()
  .max(200)
  .refine((text) => parseStatusRanges(text) !== undefined, 'write a status or ranges such as 200-299, 401');
const statusNumber = z.int().min(100).max(599);
const status = z.union([
  statusNumber,
  statusText,
  z
    .array(z.union([statusNumber, statusText]))
    .min(1)
    .max(20),
]);

const text = z.string().min(1).max(MAX_TEXT);
const pattern = text.refine(isPattern, 'is no regular expression');
const scalar = z.union([z.string().max(MAX_TEXT), z.number(), z.boolean(), z.null()]);

const header = z.union([
  z.string().max(MAX_TEXT),
  z.strictObject({ not: z.string().max(MAX_TEXT) }),
  z.strictObject({ contains: text }),
  z.strictObject({ regex: pattern }),
  z.strictObject({ present: z.boolean() }),
]);

const expect = z.strictObject({
  status: status.optional().meta({
    title: 'Status',
    description: 'A status, a range or a list of both; 200-299 when absent',
    examples: ['200-299'],
  }),
  keyword: z
    .union([text, z.strictObject({ not: text })])
    .optional()
    .meta({ title: 'Keyword', description: 'The answer contains it; { not: … } when it must not' }),
  regex: z
    .union([pattern, z.strictObject({ not: pattern })])
    .optional()
    .meta({ title: 'Regular expression', description: 'The answer matches it; { not: … } when it must not' }),
  json: z
    .record(
      z
        .string()
        .refine((path) => parseJsonPath(path) !== undefined, 'write a path such as $.status, $.list[0] or $["a key"]'),
      z.union([scalar, z.strictObject({ not: scalar }), z.strictObject({ exists: z.boolean() })]),
    )
    .optional()
    .meta({ title: 'JSON', description: 'What stands at a path; compared by type: 1 is not "1"' }),
  header: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), header)
    .optional()
    .meta({ title: 'Header', description: 'A header equals a text, contains it, matches it or is present' }),
  maxLatency: span({ min: 1, max: HOUR })
    .optional()
    .meta({ title: 'Slower is degraded', description: 'An answer that takes longer is good, but slow' }),
});

/** What is asked over HTTP, and what a good answer is like. */
export const httpConfig = z.strictObject({
  kind: z.literal('http'),
  url: z
    .string()
    .max(2_000)
    .refine(isWebAddress, 'write a web address such as https://api.example.com/health')
    .meta({ title: 'Address', format: 'uri', examples: ['https://api.example.com/health'] }),
  method: z
    .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .prefault('GET')
    .meta({ title: 'Method' }),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/),
      z
        .string()
        .max(4_000)
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'has characters that no header may have')
        .meta({ secret: true }),
    )
    .optional()
    .meta({ title: 'Headers' }),
  body: z.string().max(65_536).optional().meta({ title: 'Body', secret: true }),
  auth: z
    .union([
      z.strictObject({ user: z.string().max(200), password: secret('Password') }),
      z.strictObject({ bearer: secret('Token').regex(/^[\x21-\x7e]+$/, 'has characters that no token may have') }),
    ])
    .optional()
    .meta({ title: 'Sign-in', description: 'Basic (user, password) or bearer (a token)' }),
  ip: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .meta({ title: 'IP version', description: 'Either 4 or 6; whatever the name has when absent' }),
  redirects: z
    .int()
    .min(0)
    .max(20)
    .prefault(5)
    .meta({ title: 'Redirects', description: 'How many are followed; 0 judges the redirect itself' }),
  clientCertificate: z
    .strictObject({
      cert: z.string().min(1).meta({ title: 'Certificate', description: 'PEM, or the path of a PEM file' }),
      key: secret('Key'),
      passphrase: secret('Passphrase').optional(),
    })
    .optional()
    .meta({ title: 'Client certificate' }),
  ca: z
    .string()
    .min(1)
    .optional()
    .meta({ title: 'Authority', description: 'The only authority to trust: PEM, or the path of a PEM file' }),
  expect: expect.optional().meta({ title: 'Expected' }),
});

/** A validated configuration of the kind. */
export type HttpConfig = z.output<typeof httpConfig>;

/** What a good answer is like. */
export type HttpExpect = z.output<typeof expect>;

/** When the configuration says nothing. */
export const HTTP_TIMEOUT_MS = 5 * SECOND;
