import { err, ok, type Result } from '#kernel/result.ts';
import { MINUTE } from '#kernel/time.ts';
import type { ChannelContext, DeliveryError } from '../../channel.ts';
import { passing, permanent, refusedWith } from '../../refusal.ts';
import type { PhoneConfig } from './config.ts';
import { askProvider, balanceIn, field, numberIn, textIn, type Provider, type Receipt } from './provider.ts';

/** SMSC's error codes (smsc.kz/api/http/send): what a person can do about them. */
const ERRORS: Readonly<Record<number, DeliveryError>> = {
  1: permanent('SMSC: a parameter is wrong'),
  2: permanent('SMSC does not accept login and password (or this IP address): check them'),
  3: permanent('SMSC: the account has not enough money'),
  4: passing('SMSC has blocked this IP address for a while because of frequent errors', { retryAfterMs: 5 * MINUTE }),
  5: permanent('SMSC: the date is wrong'),
  6: permanent('SMSC forbids this message: its text or its sender name'),
  7: permanent('SMSC: the number is wrong'),
  8: permanent('SMSC cannot deliver to this number'),
  // the same text to the same number within a minute: an earlier try has most likely arrived
  9: passing('SMSC had this message within the last minute', { retryAfterMs: MINUTE, perhapsSent: true }),
};

const rootsOf = (config: PhoneConfig): readonly string[] => {
  const domain = config.country?.toUpperCase() === 'RU' ? 'smsc.ru' : 'smsc.kz';
  const own = config.apiRoot === undefined ? [`https://${domain}`] : [config.apiRoot];
  const standby = config.standbyRoot ?? (config.apiRoot === undefined ? `https://www2.${domain}` : undefined);
  return standby === undefined ? own : [...own, standby];
};

const ask = async (
  config: PhoneConfig,
  script: 'send' | 'status' | 'balance',
  form: Readonly<Record<string, string>>,
  context: ChannelContext,
): Promise<Result<unknown, DeliveryError>> => {
  const credentials =
    config.apiKey === undefined ? { login: config.login ?? '', psw: config.password ?? '' } : { apikey: config.apiKey };
  const answer = await askProvider(
    {
      name: 'SMSC',
      roots: rootsOf(config),
      path: `/sys/${script}.php`,
      form: { ...credentials, fmt: '3', charset: 'utf-8', ...form },
    },
    context,
  );
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  const code = numberIn(json, 'error_code');
  if (code !== undefined) return err(ERRORS[code] ?? permanent(`SMSC: ${textIn(json, 'error')} (${code})`));
  return status === 200 ? ok(json) : err(refusedWith('SMSC', status, ''));
};

/** SMSC's message states (smsc.kz/api/http/status_messages): 1 delivered, 2 read, 4 link clicked; 3 and from 20 on failed. */
const receiptOf = (status: number | undefined): Receipt => {
  if (status === 1 || status === 2 || status === 4) return 'delivered';
  return status === 3 || status === -2 || (status !== undefined && status >= 20) ? 'undelivered' : 'pending';
};

const warningOf = (json: unknown): string | undefined => {
  const wrong = field(json, 'phones');
  if (!Array.isArray(wrong) || wrong.length === 0) return undefined;
  return `SMSC refused: ${wrong.map((one) => textIn(one, 'phone')).join(', ')}`;
};

/** SMSC (smsc.kz, smsc.ru): SMS and voice calls by one script, receipts and balance. A reference is `id/number`. */
export const smsc: Provider = {
  lacks: ({ apiKey, login, password }) =>
    apiKey === undefined && (login === undefined || password === undefined)
      ? 'provider smsc needs login and password, or apiKey'
      : undefined,
  send: async (config, to, utterance, context) => {
    const voice =
      config.kind === 'call' ? { call: '1', ...(config.voice === undefined ? {} : { voice: config.voice }) } : {};
    const sent = await ask(
      config,
      'send',
      {
        phones: to.map((number) => number.slice(1)).join(','),
        mes: utterance.text,
        cost: '3',
        err: '1',
        ...voice,
        ...(config.from === undefined ? {} : { sender: config.from }),
      },
      context,
    );
    if (!sent.ok) return sent;
    const id = textIn(sent.value, 'id');
    if (id === '') return err(passing('SMSC answered without an id', { perhapsSent: true }));
    const cost = numberIn(sent.value, 'cost');
    const parts = numberIn(sent.value, 'cnt');
    const warning = warningOf(sent.value);
    return ok({
      refs: to.map((number) => `${id}/${number}`),
      ...(parts === undefined ? {} : { parts }),
      ...(cost === undefined ? {} : { cost }),
      ...(warning === undefined ? {} : { warning }),
    });
  },
  receipts: async (config, refs, context) => {
    const pairs = refs.map((ref) => ref.split('/'));
    const answer = await ask(
      config,
      'status',
      {
        id: pairs.map(([id = '']) => id).join(','),
        phone: pairs.map(([, number = '']) => number.slice(1)).join(','),
      },
      context,
    );
    if (!answer.ok) return answer;
    const states: readonly unknown[] = Array.isArray(answer.value) ? answer.value : [answer.value];
    const stateOf = (ref: string, place: number): unknown =>
      states.find((one) => `${textIn(one, 'id')}/+${textIn(one, 'phone')}` === ref) ?? states[place];
    return ok(new Map(refs.map((ref, place) => [ref, receiptOf(numberIn(stateOf(ref, place), 'status'))])));
  },
  balance: async (config, context) => {
    const answer = await ask(config, 'balance', { cur: '1' }, context);
    if (!answer.ok) return answer;
    return ok(balanceIn(answer.value));
  },
};
