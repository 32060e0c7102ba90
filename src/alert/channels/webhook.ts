import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { secret } from '#monitor/fields.ts';
import { err, ok, type Result } from '#kernel/result.ts';
import { request, retryAfterOf } from '#network/request.ts';
import { defineChannel, type Accepted, type ChannelContext, type DeliveryError, type Message } from '../channel.ts';
import { redacted, refusedWith, secretsInUrl, unanswered } from '../refusal.ts';

const config = z.object({
  kind: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }).meta({ title: 'Address', secret: true }),
  secret: secret('Signing secret').optional(),
  headers: z
    .record(
      z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header'),
      z
        .string()
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'has characters that no header may have')
        .meta({ secret: true }),
    )
    .optional(),
  /** Another base address: scheme, host and port of `url` are replaced by it. */
  apiRoot: z.url({ protocol: /^https?$/ }).optional(),
});
type Config = z.output<typeof config>;

const addressOf = ({ url, apiRoot }: Config): string => {
  if (apiRoot === undefined) return url;
  const { pathname, search } = new URL(url);
  return `${apiRoot.replace(/\/+$/, '')}${pathname}${search}`;
};

const bodyOf = (message: Message, timestamp: number): string =>
  JSON.stringify({
    id: message.dedupKey,
    timestamp,
    kind: message.kind,
    severity: message.severity,
    loud: message.loud,
    title: message.title,
    text: [message.title, ...message.lines].join('\n'),
    ...(message.incidentId === undefined ? {} : { incidentId: message.incidentId }),
    ...(message.link === undefined ? {} : { link: message.link }),
    at: new Date(message.at).toISOString(),
    facts: message.data,
  });

/**
 * The signature of a webhook. To verify: take `X-Dozor-Timestamp` and the raw body, refuse a timestamp (seconds since 1970) that is
 * more than five minutes off, compute `HMAC-SHA256(secret, timestamp + "." + body)` in hex, compare it in constant time with what
 * follows `v1=` in `X-Dozor-Signature`, and drop an `X-Dozor-Id` that was seen already: a repeated delivery has the same id.
 */
const signatureOf = (key: string, timestamp: number, body: string): string =>
  `v1=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;

const post = async (
  settings: Config,
  message: Message,
  { signal, now, resolver }: ChannelContext,
): Promise<Result<Accepted, DeliveryError>> => {
  const timestamp = Math.floor(now / 1_000);
  const body = bodyOf(message, timestamp);
  const answer = await request({
    url: addressOf(settings),
    method: 'POST',
    headers: {
      ...settings.headers,
      'content-type': 'application/json',
      'user-agent': 'Dozor',
      'x-dozor-id': message.dedupKey.toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent),
      'x-dozor-timestamp': String(timestamp),
      ...(settings.secret === undefined ? {} : { 'x-dozor-signature': signatureOf(settings.secret, timestamp, body) }),
    },
    body,
    signal,
    ...(resolver === undefined ? {} : { resolver }),
  });
  if (!answer.ok) return err(unanswered('The webhook', answer.error));
  const { status, text } = answer.value;
  if (status >= 200 && status < 300) return ok({ ref: message.dedupKey });
  return err(refusedWith('The webhook', status, text.trim(), retryAfterOf(answer.value, now)));
};

/** JSON to an address of one's own, signed (`signatureOf` has the recipe to verify it). Any 2xx is acceptance. */
export const webhook = defineChannel({
  kind: 'webhook',
  title: { en: 'Webhook', ru: 'Вебхук' },
  config,
  traits: { person: false, edits: false, buttons: false, paid: false, silentPossible: true },
  send: async (settings, message, context) => {
    const sent = await post(settings, message, context);
    const secrets = [settings.secret, ...secretsInUrl(settings.url), ...Object.values(settings.headers ?? {})];
    return sent.ok ? sent : err(redacted(sent.error, secrets));
  },
});
