import { err, ok, type Result } from '#kernel/result.ts';
import { request, retryAfterOf } from '#network/request.ts';
import type { Accepted, ChannelContext, DeliveryError } from '../../channel.ts';
import { permanent, refusedWith, unanswered } from '../../refusal.ts';
import type { SmsConfig } from './config.ts';
import { toEach, type Provider } from './provider.ts';

type Encode = (value: string) => string;

const jsonInner: Encode = (value) => JSON.stringify(value).slice(1, -1);
const asItIs: Encode = (value) => value;

const fill = (template: string, values: Readonly<Record<'to' | 'text', string>>, encode: Encode): string =>
  template.replaceAll(/\{(to|text)\}/g, (_, name: string) => encode(name === 'to' ? values.to : values.text));

const bodyEncoding = (headers: Readonly<Record<string, string>>): Encode => {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (/json/i.test(type)) return jsonInner;
  return /x-www-form-urlencoded/i.test(type) ? encodeURIComponent : asItIs;
};

/** `new URL` would encode the braces of the placeholders, so the base is exchanged in the text itself. */
const addressOf = ({ url = '', apiRoot }: SmsConfig): string =>
  apiRoot === undefined ? url : url.replace(/^https?:\/\/[^/?#]+/, apiRoot.replace(/\/+$/, ''));

const sendOne = async (
  config: SmsConfig,
  to: string,
  text: string,
  { signal, now, resolver }: ChannelContext,
): Promise<Result<Accepted, DeliveryError>> => {
  const headers = config.headers ?? {};
  const answer = await request({
    url: fill(addressOf(config), { to, text }, encodeURIComponent),
    method: config.method ?? (config.body === undefined ? 'GET' : 'POST'),
    headers,
    ...(config.body === undefined ? {} : { body: fill(config.body, { to, text }, bodyEncoding(headers)) }),
    signal,
    ...(resolver === undefined ? {} : { resolver }),
  });
  if (!answer.ok) return err(unanswered('The SMS gateway', answer.error));
  const { status, text: said } = answer.value;
  if (status >= 200 && status < 300) return ok({});
  return err(refusedWith('The SMS gateway', status, said.trim(), retryAfterOf(answer.value, now)));
};

/** Any gateway with an HTTP door: `{to}` and `{text}` in address and body, encoded as their place needs; 2xx is acceptance. */
export const http: Provider = {
  lacks: (config) => {
    if (config.kind !== 'sms' || config.url === undefined) return 'provider http needs url';
    const template = `${config.url} ${config.body ?? ''}`;
    return /\{text\}/.test(template) ? undefined : 'provider http needs {text} in url or body';
  },
  send: (config, to, { text }, context) =>
    config.kind === 'sms'
      ? toEach(to, (number) => sendOne(config, number, text, context))
      : Promise.resolve(err(permanent('provider http cannot call'))),
};
