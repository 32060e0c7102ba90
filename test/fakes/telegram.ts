import { recording, type Recording } from './recording.ts';
import { startFakeHttp, type FakeHttp, type FakeOptions, type FakeReply, type FakeRequest } from './http.ts';
import { complaintAbout } from './telegram-rules.ts';

/** A button under a message. */
export interface FakeButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
}

/** A message that the bot sent or changed. */
export interface FakeTelegramMessage {
  readonly at: number;
  readonly method: 'sendMessage' | 'editMessageText';
  readonly chatId: string;
  readonly messageId: number;
  /** As sent, with markup. */
  readonly text: string;
  readonly silent: boolean;
  readonly buttons: readonly FakeButton[];
  readonly repliesTo?: number;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A toast that a person saw after a press. */
export interface FakeToast {
  readonly at: number;
  readonly queryId: string;
  readonly text: string;
}

/** A Telegram user. */
export interface FakeUser {
  readonly id: number;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly username?: string;
}

/** A Bot API server on loopback that refuses what the real one refuses. */
export interface FakeTelegram extends FakeHttp {
  readonly token: string;
  readonly username: string;
  readonly messages: Recording<FakeTelegramMessage>;
  readonly toasts: Recording<FakeToast>;
  /** Whether a getUpdates waits now. */
  polling(): boolean;
  /** Somebody writes to the bot. */
  write(text: string, user: FakeUser, chatId?: number): void;
  /** Somebody presses a button by its data; returns the query's id. */
  press(data: string, user: FakeUser, chatId?: number): string;
  /** Answers all sends to a chat as the Bot API does when they are refused: 403 `Forbidden: bot was blocked by the user`. */
  refuse(chatId: number | string, status: number, description: string, parameters?: Record<string, unknown>): void;
  allow(chatId: number | string): void;
  /** A message was deleted by somebody. */
  forget(messageId: number): void;
  /** A webhook is set, so that getUpdates answers 409. */
  setWebhook(url: string): void;
  /** Another program polls the same bot: getUpdates answers 409 until `false`. */
  otherPoller(on: boolean): void;
}

type Parameters = Readonly<Record<string, unknown>>;

const good = (result: unknown): FakeReply => ({ body: { ok: true, result } });
const bad = (status: number, description: string, parameters?: Parameters): FakeReply => ({
  status,
  body: { ok: false, error_code: status, description, ...(parameters === undefined ? {} : { parameters }) },
});

const parametersOf = (request: FakeRequest): Parameters =>
  request.body === '' ? Object.fromEntries(request.query) : (JSON.parse(request.body) as Parameters);

const textIn = ({ text }: Parameters): string => (typeof text === 'string' ? text : '');

const buttonsOf = (parameters: Parameters): readonly FakeButton[] => {
  const markup = parameters['reply_markup'] as { inline_keyboard?: FakeButton[][] } | undefined;
  return markup?.inline_keyboard?.flat() ?? [];
};

const WEBHOOK_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_REQUEST =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';

/** The queue of updates with getUpdates' rules: an offset confirms what is before it, a newer poller ends the older, empty answers are held back. */
const updateQueue = () => {
  let updates: { update_id: number }[] = [];
  let nextId = 1;
  let held: ((ended: boolean) => void) | undefined;
  let webhook = '';
  let contested = false;
  const hold = (timeoutMs: number, gone: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const finish = (ended: boolean): void => {
        clearTimeout(timer);
        if (held === finish) held = undefined;
        resolve(ended);
      };
      const timer = setTimeout(finish, timeoutMs, false);
      held = finish;
      gone.addEventListener('abort', () => finish(false), { once: true });
    });
  const pull = async (parameters: Parameters, gone: AbortSignal): Promise<FakeReply> => {
    held?.(true);
    if (webhook !== '') return bad(409, WEBHOOK_ACTIVE);
    if (contested) return bad(409, OTHER_REQUEST);
    const offset = Number(parameters['offset'] ?? 0);
    updates = updates.filter(({ update_id: id }) => id >= offset);
    const ended = updates.length === 0 && (await hold(Number(parameters['timeout'] ?? 0) * 1_000, gone));
    return ended ? bad(409, OTHER_REQUEST) : good(updates);
  };
  return {
    pull,
    push: (content: object): void => {
      updates.push({ update_id: nextId, ...content });
      nextId += 1;
      held?.(false);
    },
    isHeld: () => held !== undefined,
    webhook: () => webhook,
    setWebhook: (url: string): void => {
      webhook = url;
    },
    contest: (on: boolean): void => {
      contested = on;
      held?.(true);
    },
  };
};

/** Starts the Bot API server. `username` is the bot's. */
export const startFakeTelegram = async ({
  token = '111111:TEST-token_of_the_fake',
  username = 'dozor_test_bot',
  ...options
}: FakeOptions & { readonly token?: string; readonly username?: string } = {}): Promise<FakeTelegram> => {
  const messages = recording<FakeTelegramMessage>((one) => `${one.method} ${one.text.slice(0, 120)}`);
  const toasts = recording<FakeToast>((one) => one.text);
  const queue = updateQueue();
  const refusals = new Map<string, FakeReply>();
  const living = new Map<number, string>();
  let lastMessage = 100;
  let lastQuery = 0;

  const record = (
    method: FakeTelegramMessage['method'],
    messageId: number,
    parameters: Parameters,
    at: number,
  ): FakeReply => {
    const chatId = String(parameters['chat_id']);
    const reply = parameters['reply_parameters'] as { message_id?: number } | undefined;
    living.set(messageId, JSON.stringify([parameters['text'], parameters['reply_markup']]));
    messages.add({
      at,
      method,
      chatId,
      messageId,
      text: textIn(parameters),
      silent: parameters['disable_notification'] === true,
      buttons: buttonsOf(parameters),
      ...(reply?.message_id === undefined ? {} : { repliesTo: reply.message_id }),
      parameters,
    });
    return good({ message_id: messageId, chat: { id: Number(chatId) || chatId }, text: parameters['text'] });
  };

  const refusal = (parameters: Parameters): FakeReply | undefined => {
    const complaint = complaintAbout(parameters);
    return (
      refusals.get(String(parameters['chat_id'])) ??
      (complaint === undefined ? undefined : bad(400, `Bad Request: ${complaint}`))
    );
  };

  const METHODS: Readonly<
    Record<string, (parameters: Parameters, request: FakeRequest) => FakeReply | Promise<FakeReply>>
  > = {
    getMe: () => good({ id: 1, is_bot: true, first_name: 'Dozor', username }),
    getUpdates: (parameters, request) => queue.pull(parameters, request.gone),
    getWebhookInfo: () => good({ url: queue.webhook(), pending_update_count: 0 }),
    deleteWebhook: () => {
      queue.setWebhook('');
      return good(true);
    },
    sendMessage: (parameters, { at }) => {
      const refused = refusal(parameters);
      if (refused !== undefined) return refused;
      lastMessage += 1;
      return record('sendMessage', lastMessage, parameters, at);
    },
    editMessageText: (parameters, { at }) => {
      const id = Number(parameters['message_id']);
      const before = living.get(id);
      if (before === undefined) return bad(400, 'Bad Request: message to edit not found');
      if (before === JSON.stringify([parameters['text'], parameters['reply_markup']]))
        return bad(
          400,
          'Bad Request: message is not modified: specified new message content and reply markup are exactly the same',
        );
      return refusal(parameters) ?? record('editMessageText', id, parameters, at);
    },
    answerCallbackQuery: (parameters, { at }) => {
      toasts.add({ at, queryId: String(parameters['callback_query_id']), text: textIn(parameters) });
      return good(true);
    },
  };

  const server = await startFakeHttp((request) => {
    const [, given, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(decodeURIComponent(request.path)) ?? [];
    if (given === undefined) return bad(404, 'Not Found');
    if (given !== token) return bad(401, 'Unauthorized');
    return METHODS[method]?.(parametersOf(request), request) ?? bad(404, 'Not Found: method not found');
  }, options);

  return {
    ...server,
    token,
    username,
    messages,
    toasts,
    polling: queue.isHeld,
    write: (text, user, chatId = user.id) =>
      queue.push({ message: { message_id: 1, chat: { id: chatId }, from: { first_name: 'Test', ...user }, text } }),
    press: (data, user, chatId = user.id) => {
      lastQuery += 1;
      const id = `query-${lastQuery}`;
      queue.push({
        callback_query: {
          id,
          from: { first_name: 'Test', ...user },
          data,
          message: { message_id: 1, chat: { id: chatId } },
        },
      });
      return id;
    },
    refuse: (chatId, status, description, parameters) => {
      refusals.set(String(chatId), bad(status, description, parameters));
    },
    allow: (chatId) => {
      refusals.delete(String(chatId));
    },
    forget: (messageId) => {
      living.delete(messageId);
    },
    setWebhook: queue.setWebhook,
    otherPoller: queue.contest,
  };
};
