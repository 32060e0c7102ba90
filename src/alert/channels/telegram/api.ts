import { err, ok, type Result } from '#kernel/result.ts';
import { SECOND } from '#kernel/time.ts';
import { request, type WireAnswer } from '#network/request.ts';
import type { ChannelContext, DeliveryError } from '../../channel.ts';
import { passing, permanent, redacted, refusedWith, unanswered } from '../../refusal.ts';
import type { TelegramConfig } from './config.ts';

/** The Bot API did not do it. `description` is Telegram's own text, for telling cases apart; `status` 0 when it never answered. */
export interface TelegramRefusal {
  readonly status: number;
  readonly description: string;
  readonly delivery: DeliveryError;
  /** The group became a supergroup with this id. */
  readonly movedTo?: number;
}

interface Envelope {
  readonly ok?: boolean;
  readonly result?: unknown;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

/** What Telegram says (core.telegram.org/bots/api, and tdlib's texts) and what a person can do about it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/bot was blocked by the user/i, 'the bot was blocked by the user: unblock it in Telegram'],
  [/bot was kicked/i, 'the bot was removed from the group: add it again'],
  [/can't initiate conversation/i, 'the bot may not write first: write /start to the bot'],
  [/user is deactivated/i, 'the Telegram account of this chat was deleted: set another chatId'],
  [/chat not found/i, 'chat not found: write /start to the bot, or add it to the group, and check chatId'],
  [
    /not enough rights|have no rights|need administrator rights/i,
    'the bot may not write in this chat: give it the right to send messages',
  ],
  [/unauthorized|^not found$/i, 'Telegram does not accept the bot token; set the one that BotFather gives'],
];

const adviceFor = (status: number, description: string): string => {
  const known = ADVICE.find(([pattern]) => pattern.test(description));
  return known === undefined ? `Telegram answered ${status}: ${description}` : known[1];
};

const envelopeOf = (answer: WireAnswer): Envelope => {
  try {
    const value: unknown = JSON.parse(answer.text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

const deliveryOf = (status: number, description: string, retryAfter: number): DeliveryError => {
  if (status === 429) return passing('Telegram asks to wait', { retryAfterMs: retryAfter * SECOND });
  // 200 without the envelope is a proxy's or a portal's page, not Telegram's word
  if (status === 200) return passing('Telegram answered with something else than its API does', { perhapsSent: true });
  if (status >= 500 || description === '') return refusedWith('Telegram', status, description);
  return permanent(adviceFor(status, description.replace(/^(Bad Request|Forbidden|Conflict): /, '')));
};

const refusalOf = (status: number, { description = '', parameters = {} }: Envelope): TelegramRefusal => {
  const movedTo = parameters.migrate_to_chat_id;
  const delivery = deliveryOf(status, description, parameters.retry_after ?? 5);
  return { status, description, delivery, ...(movedTo === undefined ? {} : { movedTo }) };
};

/** The base address of the Bot API server. */
export const apiRootOf = (config: TelegramConfig): string =>
  (config.apiRoot ?? 'https://api.telegram.org').replace(/\/+$/, '');

/** Calls a method of the Bot API. Neither value nor error holds the token. */
export const callTelegram = async (
  config: TelegramConfig,
  method: string,
  parameters: Readonly<Record<string, unknown>>,
  { signal, resolver }: Pick<ChannelContext, 'signal' | 'resolver'>,
): Promise<Result<unknown, TelegramRefusal>> => {
  const answer = await request({
    url: `${apiRootOf(config)}/bot${config.botToken}/${method}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
    signal,
    ...(resolver === undefined ? {} : { resolver }),
    ...(config.proxy === undefined ? {} : { proxy: config.proxy }),
  });
  const hide = (delivery: DeliveryError): DeliveryError => redacted(delivery, [config.botToken, config.proxy]);
  if (!answer.ok) return err({ status: 0, description: '', delivery: hide(unanswered('Telegram', answer.error)) });
  const envelope = envelopeOf(answer.value);
  if (answer.value.status === 200 && envelope.ok === true) return ok(envelope.result);
  const refusal = refusalOf(answer.value.status, envelope);
  return err({ ...refusal, delivery: hide(refusal.delivery) });
};
