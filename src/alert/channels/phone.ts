import { err, ok, type Result } from '#kernel/result.ts';
import { defineChannel, type Accepted, type ChannelContext, type DeliveryError } from '../channel.ts';
import { permanent, redacted } from '../refusal.ts';
import { smsLength } from '../sms-length.ts';
import { callConfig, secretsOf, smsConfig, type PhoneConfig } from './phone/config.ts';
import { http } from './phone/http.ts';
import { mobizon } from './phone/mobizon.ts';
import { recipientsOf } from './phone/number.ts';
import type { Provider, Receipt, Utterance } from './phone/provider.ts';
import { smsc } from './phone/smsc.ts';
import { twilio } from './phone/twilio.ts';

const PROVIDERS: Readonly<Record<PhoneConfig['provider'], Provider>> = { smsc, mobizon, twilio, http };

/** One delivery to several numbers has one reference: those of its messages with this between. */
const BETWEEN = ' ';

const validate = (config: PhoneConfig): string | undefined => {
  const lacking = PROVIDERS[config.provider].lacks(config);
  if (lacking !== undefined) return lacking;
  const recipients = recipientsOf(config);
  return recipients.ok ? undefined : recipients.error;
};

const hide = <T>(config: PhoneConfig, result: Result<T, DeliveryError>): Result<T, DeliveryError> =>
  result.ok ? result : err(redacted(result.error, secretsOf(config)));

const send = async (
  config: PhoneConfig,
  utterance: Utterance,
  context: ChannelContext,
): Promise<Result<Accepted, DeliveryError>> => {
  const wrong = validate(config);
  const to = recipientsOf(config);
  if (wrong !== undefined || !to.ok) return err(permanent(wrong ?? 'there is no number to send to'));
  const sent = await PROVIDERS[config.provider].send(config, to.value, utterance, context);
  if (!sent.ok) return hide(config, sent);
  const { refs, ...accepted } = sent.value;
  const parts = config.kind === 'call' ? 1 : smsLength(utterance.text).parts;
  return ok({
    parts: parts * (refs.length || to.value.length),
    ...accepted,
    ...(refs.length === 0 ? {} : { ref: refs.join(BETWEEN) }),
  });
};

/** A message to several numbers has arrived when it arrived at one of them. */
const joined = (states: readonly Receipt[]): Receipt => {
  if (states.includes('delivered')) return 'delivered';
  return states.includes('pending') || states.length === 0 ? 'pending' : 'undelivered';
};

const receipts = async (
  config: PhoneConfig,
  refs: readonly string[],
  context: ChannelContext,
): Promise<Result<ReadonlyMap<string, Receipt>, DeliveryError>> => {
  const ask = PROVIDERS[config.provider].receipts;
  if (ask === undefined || refs.length === 0) return ok(new Map());
  const found = await ask(
    config,
    refs.flatMap((ref) => ref.split(BETWEEN)),
    context,
  );
  if (!found.ok) return hide(config, found);
  return ok(
    new Map(refs.map((ref) => [ref, joined(ref.split(BETWEEN).map((one) => found.value.get(one) ?? 'pending'))])),
  );
};

const balance = async (
  config: PhoneConfig,
  context: ChannelContext,
): Promise<Result<{ readonly amount: number; readonly currency?: string }, DeliveryError>> => {
  const ask = PROVIDERS[config.provider].balance;
  if (ask === undefined) return err(permanent(`provider ${config.provider} tells no balance`));
  return hide(config, await ask(config, context));
};

/** Text messages, by the message's short form. */
export const sms = defineChannel({
  kind: 'sms',
  title: { en: 'SMS', ru: 'SMS' },
  config: smsConfig,
  traits: { edits: false, buttons: false, paid: true, silentPossible: false },
  send: (config, message, context) => send(config, { text: message.short, language: message.locale }, context),
  receipts,
  balance,
  validate,
});

/** Phone calls that speak the message's spoken form. */
export const call = defineChannel({
  kind: 'call',
  title: { en: 'Phone call', ru: 'Звонок' },
  config: callConfig,
  traits: { recovery: false, edits: false, buttons: false, paid: true, silentPossible: false },
  send: (config, message, context) => send(config, { text: message.spoken, language: message.locale }, context),
  receipts,
  balance,
  validate,
});
