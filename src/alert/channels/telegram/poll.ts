import { setTimeout as wait } from 'node:timers/promises';
import { SECOND, type Ms } from '#kernel/time.ts';
import type { NameResolver } from '#monitor/kind.ts';
import type { Inbound } from '../../channel.ts';
import { callTelegram, type TelegramRefusal } from './api.ts';
import type { TelegramConfig } from './config.ts';

/** How long polling waits. */
export interface PollPace {
  /** How long Telegram holds an empty answer back. */
  readonly holdMs: Ms;
  /** After a fault of set-up. */
  readonly faultMs: Ms;
  /** After a network failure: the first wait, doubled up to the last. */
  readonly firstMs: Ms;
  readonly lastMs: Ms;
}

/** The pace against the real Telegram. */
const POLL_PACE: PollPace = { holdMs: 25 * SECOND, faultMs: 30 * SECOND, firstMs: SECOND, lastMs: 30 * SECOND };

interface Person {
  readonly id: number;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly username?: string;
}
interface Chat {
  readonly id: number;
}
interface Written {
  readonly chat: Chat;
  readonly from?: Person;
  readonly text?: string;
}
interface Query {
  readonly id: string;
  readonly from: Person;
  readonly data?: string;
  readonly message?: { readonly chat: Chat };
}
interface Update {
  readonly update_id: number;
  readonly message?: Written;
  readonly callback_query?: Query;
}

const nameOf = (person: Person): string =>
  [person.first_name, person.last_name].filter((part) => part !== undefined && part !== '').join(' ') ||
  person.username ||
  String(person.id);

/** The bot, and how its server's name is looked up: answers go the same way as questions. */
interface Asked {
  readonly config: TelegramConfig;
  readonly resolver: NameResolver | undefined;
}

const answering =
  ({ config, resolver }: Asked, method: string, parameters: (text: string) => Record<string, unknown>) =>
  async (text: string): Promise<void> => {
    // an answer that cannot be given (the query is too old, the chat is gone) changes nothing of what was done
    await callTelegram(config, method, parameters(text), {
      signal: AbortSignal.timeout(10 * SECOND),
      ...(resolver === undefined ? {} : { resolver }),
    });
  };

const pressed = (bot: Asked, query: Query): Inbound => ({
  type: 'button',
  text: query.data ?? '',
  userId: String(query.from.id),
  userName: nameOf(query.from),
  chatId: String(query.message?.chat.id ?? query.from.id),
  answer: answering(bot, 'answerCallbackQuery', (text) => ({
    callback_query_id: query.id,
    text: text.slice(0, 200),
  })),
});

const written = (bot: Asked, message: Written): Inbound | undefined => {
  const [, name, rest = ''] = /^\/(\w+)(?:@\w+)?\s*([\s\S]*)$/.exec(message.text ?? '') ?? [];
  if (name === undefined || message.from === undefined) return undefined;
  const chatId = String(message.chat.id);
  return {
    ...(name === 'start' ? { type: 'start', text: rest.trim() } : { type: 'command', text: message.text ?? '' }),
    userId: String(message.from.id),
    userName: nameOf(message.from),
    chatId,
    answer: answering(bot, 'sendMessage', (text) => ({ chat_id: chatId, text: text.slice(0, 4096) })),
  };
};

const inboundOf = (bot: Asked, { message, callback_query: query }: Update): Inbound | undefined => {
  if (query !== undefined) return pressed(bot, query);
  return message === undefined ? undefined : written(bot, message);
};

const faultOf = (refusal: TelegramRefusal): string | undefined => {
  if (refusal.status === 409)
    return 'another program polls this Telegram bot, so buttons reach only one of the two: give Dozor a bot of its own or stop the other program';
  return refusal.delivery.permanent ? refusal.delivery.message : undefined;
};

const pause = async (span: Ms, signal: AbortSignal): Promise<void> => {
  // the only rejection of this wait is its signal, which the loop looks at next
  await wait(span, undefined, { signal }).catch(() => undefined);
};

/** Polls until aborted: hands over what people do, tells of faults of set-up and of their end. */
export const pollTelegram = async (
  config: TelegramConfig,
  onInbound: (inbound: Inbound) => void,
  onFault: (message: string | undefined) => void,
  signal: AbortSignal,
  resolver?: NameResolver,
  pace: PollPace = POLL_PACE,
): Promise<void> => {
  const by = resolver === undefined ? {} : { resolver };
  let offset: number | undefined;
  let failures = 0;
  let fault: string | undefined;
  const report = (message: string | undefined): void => {
    if (message !== fault) onFault(message);
    fault = message;
  };
  const endure = async (refusal: TelegramRefusal): Promise<void> => {
    if (refusal.status === 409 && /webhook/i.test(refusal.description)) {
      const removed = await callTelegram(config, 'deleteWebhook', {}, { ...by, signal });
      if (removed.ok) return;
    }
    failures += 1;
    const message = faultOf(refusal);
    if (message !== undefined) report(message);
    else if (failures === 3) report(`Telegram cannot be asked for pressed buttons: ${refusal.delivery.message}`);
    const backoff = Math.min(pace.lastMs, pace.firstMs * 2 ** (failures - 1));
    await pause(message === undefined ? (refusal.delivery.retryAfterMs ?? backoff) : pace.faultMs, signal);
  };
  while (!signal.aborted) {
    const answer = await callTelegram(
      config,
      'getUpdates',
      {
        ...(offset === undefined ? {} : { offset }),
        timeout: Math.ceil(pace.holdMs / SECOND),
        allowed_updates: ['message', 'callback_query'],
      },
      { ...by, signal: AbortSignal.any([signal, AbortSignal.timeout(pace.holdMs + 10 * SECOND)]) },
    );
    if (signal.aborted) return;
    if (!answer.ok) {
      await endure(answer.error);
      continue;
    }
    failures = 0;
    report(undefined);
    for (const update of answer.value as readonly Update[]) {
      offset = update.update_id + 1;
      const inbound = inboundOf({ config, resolver }, update);
      if (inbound !== undefined) onInbound(inbound);
    }
  }
};
