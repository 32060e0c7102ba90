import { err, ok, type Result } from '#kernel/result.ts';
import type { Accepted, ChannelContext, DeliveryError } from '../../channel.ts';
import { passing, permanent, refusedWith } from '../../refusal.ts';
import type { PhoneConfig } from './config.ts';
import {
  askProvider,
  balanceIn,
  field,
  numberIn,
  rootsOf,
  textIn,
  toEach,
  type Provider,
  type Receipt,
  type Utterance,
} from './provider.ts';

/** Twilio's error codes (twilio.com/docs/api/errors) that a person meets when setting it up. */
const ADVICE: Readonly<Record<number, string>> = {
  20003: 'Twilio does not accept accountSid and token; check them',
  21211: 'Twilio: the number to send to is wrong',
  21212: 'Twilio: the sender (from) is wrong',
  21408: 'Twilio may not send to this country: allow it in the account',
  21606: 'Twilio: the sender (from) is no number of this account',
  21608: 'Twilio: a trial account sends to verified numbers only',
  21610: 'Twilio: this number has unsubscribed (STOP)',
  21614: 'Twilio: the number to send to is no mobile number',
};

const ask = async (
  config: PhoneConfig,
  path: string,
  form: Readonly<Record<string, string>> | undefined,
  context: ChannelContext,
): Promise<Result<unknown, DeliveryError>> => {
  const account = config.accountSid ?? '';
  const credentials = Buffer.from(`${account}:${config.token ?? ''}`).toString('base64');
  const answer = await askProvider(
    {
      name: 'Twilio',
      roots: rootsOf(config, 'https://api.twilio.com'),
      path: `/2010-04-01/Accounts/${encodeURIComponent(account)}/${path}`,
      method: form === undefined ? 'GET' : 'POST',
      headers: { authorization: `Basic ${credentials}` },
      ...(form === undefined ? {} : { form }),
    },
    context,
  );
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  if (status >= 200 && status < 300) return ok(json);
  const advice = ADVICE[numberIn(json, 'code') ?? 0];
  if (advice !== undefined) return err(permanent(advice));
  const detail = textIn(json, 'message');
  return err(refusedWith('Twilio', status, detail, answer.value.retryAfterMs));
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Said twice: the first time wakes. Control characters are none in XML 1.0. */
const twiml = ({ text, language }: Utterance, voice: string | undefined): string => {
  const spoken = escapeXml(text.replaceAll(/\p{Cc}+/gu, ' '));
  const attributes = `language="${language === 'ru' ? 'ru-RU' : 'en-US'}"${voice === undefined ? '' : ` voice="${voice}"`}`;
  const say = `<Say ${attributes}>${spoken}</Say>`;
  return `<Response><Pause length="1"/>${say}<Pause length="1"/>${say}</Response>`;
};

const sendOne = async (
  config: PhoneConfig,
  to: string,
  utterance: Utterance,
  context: ChannelContext,
): Promise<Result<Accepted, DeliveryError>> => {
  const from = config.from ?? '';
  const content: Record<string, string> =
    config.kind === 'call'
      ? { To: to, From: from, Twiml: twiml(utterance, config.voice) }
      : { To: to, Body: utterance.text, ...(from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from }) };
  const sent = await ask(config, config.kind === 'call' ? 'Calls.json' : 'Messages.json', content, context);
  if (!sent.ok) return sent;
  const sid = textIn(sent.value, 'sid');
  if (sid === '') return err(passing('Twilio answered without a sid', { perhapsSent: true }));
  const parts = numberIn(sent.value, 'num_segments');
  const price = numberIn(sent.value, 'price');
  return ok({
    ref: sid,
    ...(parts === undefined || parts === 0 ? {} : { parts }),
    ...(price === undefined ? {} : { cost: Math.abs(price) }),
  });
};

const receiptOf = (status: unknown): Receipt => {
  if (['delivered', 'read', 'completed'].includes(String(status))) return 'delivered';
  return ['undelivered', 'failed', 'busy', 'no-answer', 'canceled'].includes(String(status))
    ? 'undelivered'
    : 'pending';
};

/** Twilio: SMS and calls, receipts by one request each, balance. */
export const twilio: Provider = {
  lacks: ({ accountSid, token, from }) =>
    accountSid === undefined || token === undefined || from === undefined
      ? 'provider twilio needs accountSid, token and from'
      : undefined,
  send: (config, to, utterance, context) => toEach(to, (number) => sendOne(config, number, utterance, context)),
  receipts: async (config, refs, context) => {
    const kind = config.kind === 'call' ? 'Calls' : 'Messages';
    const found = new Map<string, Receipt>();
    for (const ref of refs) {
      const answer = await ask(config, `${kind}/${encodeURIComponent(ref)}.json`, undefined, context);
      if (!answer.ok) return found.size === 0 ? answer : ok(found);
      found.set(ref, receiptOf(field(answer.value, 'status')));
    }
    return ok(found);
  },
  balance: async (config, context) => {
    const answer = await ask(config, 'Balance.json', undefined, context);
    if (!answer.ok) return answer;
    return ok(balanceIn(answer.value));
  },
};
