import { createHash } from 'node:crypto';
import { err, ok, type Result } from '#kernel/result.ts';
import { defineChannel, type Accepted, type ChannelContext, type DeliveryError, type Message } from '../channel.ts';
import { permanent, refusedWith } from '../refusal.ts';
import { apiRootOf, callTelegram, type TelegramRefusal } from './telegram/api.ts';
import { telegramConfig, type TelegramConfig } from './telegram/config.ts';
import { pollTelegram } from './telegram/poll.ts';
import { htmlOf, keyboardOf, plainOf } from './telegram/text.ts';

interface Sent {
  readonly message_id: number;
  readonly chat: { readonly id: number };
}

const refOf = (chatId: string | number, messageId: number): string => `${chatId}:${messageId}`;

const readRef = (ref: string): { chatId: string; messageId: number } => {
  const colon = ref.lastIndexOf(':');
  return { chatId: ref.slice(0, colon), messageId: Number(ref.slice(colon + 1)) };
};

const contentOf = (message: Message, bare: boolean): Record<string, unknown> => {
  const keyboard = keyboardOf(message);
  const kept = bare ? keyboard.map((row) => row.filter((key) => !('url' in key))) : keyboard;
  const rows = kept.filter((row) => row.length > 0);
  return {
    ...(bare ? { text: plainOf(message) } : { text: htmlOf(message), parse_mode: 'HTML' }),
    link_preview_options: { is_disabled: true },
    ...(rows.length === 0 ? {} : { reply_markup: { inline_keyboard: rows } }),
  };
};

const deliver = async (
  config: TelegramConfig,
  chatId: string | number,
  message: Message,
  context: ChannelContext,
  bare = false,
): Promise<Result<Accepted, TelegramRefusal>> => {
  const answers = message.answers === undefined ? undefined : readRef(message.answers);
  const answer = await callTelegram(
    config,
    'sendMessage',
    {
      chat_id: chatId,
      ...contentOf(message, bare),
      disable_notification: !message.loud,
      ...(answers?.chatId === String(chatId)
        ? { reply_parameters: { message_id: answers.messageId, allow_sending_without_reply: true } }
        : {}),
    },
    context,
  );
  if (answer.ok) {
    const sent = answer.value as Sent;
    return ok({ ref: refOf(sent.chat.id, sent.message_id) });
  }
  const { movedTo, description } = answer.error;
  if (movedTo !== undefined && movedTo !== chatId) return await deliver(config, movedTo, message, context, bare);
  // what Telegram dislikes in our markup must not cost the alert
  if (!bare && /can't parse entities|button|url/i.test(description))
    return await deliver(config, chatId, message, context, true);
  return answer;
};

/** Changes the message that was sent before; undefined when it is gone, so that a new one is needed. */
const edit = async (
  config: TelegramConfig,
  ref: string,
  message: Message,
  context: ChannelContext,
): Promise<Result<Accepted, TelegramRefusal> | undefined> => {
  const { chatId, messageId } = readRef(ref);
  if (!Number.isSafeInteger(messageId)) return undefined;
  const answer = await callTelegram(
    config,
    'editMessageText',
    { chat_id: chatId, message_id: messageId, ...contentOf(message, false) },
    context,
  );
  if (answer.ok || /message is not modified/i.test(answer.error.description)) return ok({ ref });
  return answer.error.status === 400 ? undefined : answer;
};

const send = async (
  config: TelegramConfig,
  message: Message,
  context: ChannelContext,
): Promise<Result<Accepted, DeliveryError>> => {
  if (config.chatId === undefined)
    return err(permanent('no chat is paired yet: write /start to the bot, or set chatId'));
  const edited = message.edits === undefined ? undefined : await edit(config, message.edits, message, context);
  const sent = edited ?? (await deliver(config, config.chatId, message, context));
  return sent.ok ? sent : err(sent.error.delivery);
};

/** A bot in Telegram: messages with buttons, edited when the state changes. */
export const telegram = defineChannel({
  kind: 'telegram',
  title: { en: 'Telegram', ru: 'Telegram' },
  config: telegramConfig,
  traits: { edits: true, buttons: true, paid: false, silentPossible: true },
  send: (config, message, context) => send(config, message, context),
  validate: ({ botToken }) =>
    /^[\w:-]+$/.test(botToken) ? undefined : 'botToken is none: BotFather gives one like 123456:ABC-DEF…',
  identity: async (config, context) => {
    const answer = await callTelegram(config, 'getMe', {}, context);
    if (!answer.ok) return err(answer.error.delivery);
    const { username } = answer.value as { readonly username?: string };
    if (username === undefined) return err(refusedWith('Telegram', 502, 'the bot has no username'));
    return ok({ handle: `@${username}`, url: `https://t.me/${username}` });
  },
  pair: (config, { chatId, userId }) =>
    config.chatId === undefined ? { ...config, chatId, allow: [...(config.allow ?? []), userId] } : undefined,
  mayPair: ({ allow = [] }, { userId }) => allow.length === 0 || allow.some((one) => String(one) === userId),
  // a private chat has the id of its only user
  mayAnswer: ({ chatId, allow = [] }, { userId }) => [...allow, chatId].some((one) => String(one) === userId),
  pollerKey: (config) =>
    createHash('sha256')
      .update(`${apiRootOf(config)} ${config.botToken}`)
      .digest('hex')
      .slice(0, 16),
  poll: (config, onInbound, onFault, signal, resolver) => pollTelegram(config, onInbound, onFault, signal, resolver),
});
