import { err, ok, type Result } from '#kernel/result.ts';
import { MINUTE } from '#kernel/time.ts';
import type { ChannelContext, DeliveryError } from '../../channel.ts';
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
} from './provider.ts';

/** Mobizon's answer codes that may pass by themselves (help.mobizon.com/help/api-docs): its own errors and too many requests. */
const MAY_PASS = new Set([3, 10, 15, 30, 999]);
/** Codes of the account: the key is wrong, another country's server is asked, the account is blocked. */
const ADVICE: Readonly<Record<number, string>> = {
  8: 'Mobizon does not accept apiKey: check it',
  9: 'Mobizon: the key may not call this method',
  13: "Mobizon serves this account at another address: set apiRoot to your country's, such as https://api.mobizon.kz",
  14: 'Mobizon: the account is blocked',
};

const refusalOf = (code: number | undefined, json: unknown): DeliveryError => {
  if (code === undefined) return passing('Mobizon answered without a code', { perhapsSent: true });
  const details = field(json, 'data');
  const said = `${textIn(json, 'message')} ${typeof details === 'object' && details !== null ? JSON.stringify(details) : ''}`;
  const message = ADVICE[code] ?? `Mobizon refused (${code}): ${said.trim().slice(0, 300)}`;
  return MAY_PASS.has(code) ? passing(message, code === 30 ? { retryAfterMs: MINUTE } : {}) : permanent(message);
};

const ask = async (
  config: PhoneConfig,
  method: string,
  form: Readonly<Record<string, string>>,
  context: ChannelContext,
): Promise<Result<unknown, DeliveryError>> => {
  const query = new URLSearchParams({ output: 'json', api: 'v1', apiKey: config.apiKey ?? '' });
  const answer = await askProvider(
    {
      name: 'Mobizon',
      roots: rootsOf(config, 'https://api.mobizon.kz'),
      path: `/service/${method}?${query.toString()}`,
      form,
    },
    context,
  );
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  const code = numberIn(json, 'code');
  if (code === 0 || code === 100) return ok(field(json, 'data'));
  return err(code === undefined && status !== 200 ? refusedWith('Mobizon', status, '') : refusalOf(code, json));
};

const receiptOf = (status: unknown): Receipt => {
  if (status === 'DELIVRD') return 'delivered';
  return ['UNDELIV', 'REJECTD', 'EXPIRED', 'DELETED'].includes(String(status)) ? 'undelivered' : 'pending';
};

/** Mobizon (mobizon.kz and its sisters): SMS, receipts (100 a request at most), balance. */
export const mobizon: Provider = {
  lacks: ({ apiKey }) => (apiKey === undefined ? 'provider mobizon needs apiKey' : undefined),
  send: (config, to, { text }, context) =>
    toEach(to, async (number) => {
      const sent = await ask(
        config,
        'message/sendSmsMessage',
        { recipient: number.slice(1), text, ...(config.from === undefined ? {} : { from: config.from }) },
        context,
      );
      return sent.ok ? ok({ ref: textIn(sent.value, 'messageId') }) : sent;
    }),
  receipts: async (config, refs, context) => {
    const form = Object.fromEntries(refs.slice(0, 100).map((ref, place) => [`ids[${place}]`, ref]));
    const answer = await ask(config, 'message/getSMSStatus', form, context);
    if (!answer.ok) return answer;
    const states: readonly unknown[] = Array.isArray(answer.value) ? answer.value : [];
    return ok(new Map(states.map((one) => [textIn(one, 'id'), receiptOf(field(one, 'status'))])));
  },
  balance: async (config, context) => {
    const answer = await ask(config, 'user/getOwnBalance', {}, context);
    if (!answer.ok) return answer;
    return ok(balanceIn(answer.value));
  },
};
