import type { z } from 'zod';
import type { Locale } from '../kernel/locale.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { AlertKind, ButtonAction } from './model.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { Severity } from '../monitor/model.ts';

/** A button under a message; `id` is a short single-use name that the engine knows (≤ 48 bytes). `url` makes it a link. */
export interface Button {
  readonly action: ButtonAction;
  readonly label: string;
  readonly id?: string;
  readonly url?: string;
}

/** A message in the reader's words. Channels escape; texts here are plain. */
export interface Message {
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly locale: Locale;
  /** First line, with its sign: `🔴 OnAI Backend API is down`. */
  readonly title: string;
  /** The further lines, most important first. */
  readonly lines: readonly string[];
  /** One SMS's worth, without links to people's buttons: `OnAI Backend API DOWN since 08:03 (refused). …/i/7F3K`. */
  readonly short: string;
  /** For a call: a sentence to be spoken. */
  readonly spoken: string;
  readonly loud: boolean;
  readonly buttons: readonly Button[];
  /** Details page. */
  readonly link?: string;
  /** One-time acknowledgement page for SMS and mail. */
  readonly ackLink?: string;
  readonly dedupKey: string;
  readonly incidentId?: string;
  readonly at: EpochMs;
  /** For machines (webhook): the facts, redacted. */
  readonly data: unknown;
  /** The message to be changed instead of sending a new one. */
  readonly edits?: string;
  /** The message that this one answers (Telegram's reply). */
  readonly answers?: string;
}

/** The channel's service did not take it. */
export interface DeliveryError {
  /** True when trying again cannot help (401, 400, blocked bot): the next channel is used at once. */
  readonly permanent: boolean;
  /** For people; redacted. */
  readonly message: string;
  /** The provider asked to wait so long. */
  readonly retryAfterMs?: Ms;
  /** It may have arrived (time-out after sending): the next try can be a double. */
  readonly perhapsSent?: boolean;
}

/** What the provider said of an accepted message. */
export interface Accepted {
  readonly ref?: string;
  /** Messages or calls it was charged as (SMS parts). */
  readonly parts?: number;
  readonly cost?: number;
  /** Taken, but not wholly as asked: one of several numbers was refused. For people; redacted. */
  readonly warning?: string;
}

/** What a person did under a message. */
export interface Inbound {
  readonly type: 'button' | 'start' | 'command';
  /** The button's id or the command's text. */
  readonly text: string;
  readonly userId: string;
  readonly userName: string;
  readonly chatId: string;
  /** Answers the person at the place where it was asked (a toast, a reply). */
  answer(text: string): Promise<void>;
}

/** What a channel is given besides its configuration. */
export interface ChannelContext {
  /** Aborts at the hard time-out (10 s). */
  readonly signal: AbortSignal;
  readonly now: EpochMs;
  /** Turns the provider's name into addresses; the system's resolver when absent, whose four threads a dead name server stalls. */
  readonly resolver?: NameResolver;
}

/** A kind of channel: one file in `channels/`, one line in its list. */
export interface ChannelKind<Config extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: Config['kind'];
  readonly title: Readonly<Record<Locale, string>>;
  /** The kind's own keys and its `kind` literal; `name` and `cap` are added by the configuration. Every kind takes `apiRoot`. */
  readonly config: z.ZodObject;
  /** Whether it can make a sound at night at all, edit what it sent, carry buttons. */
  readonly traits: {
    /** False: it tells a program; only a person who was reached makes a further channel needless. */
    readonly person?: false;
    /** False: it does not tell recoveries (nobody is called at night to hear that all is well). */
    readonly recovery?: false;
    readonly edits: boolean;
    readonly buttons: boolean;
    readonly paid: boolean;
    readonly silentPossible: boolean;
  };
  /** Hands the message over. Never throws for what the far side does; a throw is a bug and counts as a failure that may pass. */
  send(config: Config, message: Message, context: ChannelContext): Promise<Result<Accepted, DeliveryError>>;
  /** Asks what became of accepted messages; where the provider has receipts. */
  receipts?(
    config: Config,
    refs: readonly string[],
    context: ChannelContext,
  ): Promise<Result<ReadonlyMap<string, 'pending' | 'delivered' | 'undelivered'>, DeliveryError>>;
  /** What is left on the account, as the provider says it. */
  balance?(
    config: Config,
    context: ChannelContext,
  ): Promise<Result<{ readonly amount: number; readonly currency?: string }, DeliveryError>>;
  /** What is wrong with a configuration that its schema cannot say (a number that is none, a provider's missing key), with what to do; undefined when right. */
  validate?(config: Config): string | undefined;
  /** Whom to write to for pairing: the bot's handle (`@onai_watch_bot`) and a link to it. */
  identity?(
    config: Config,
    context: ChannelContext,
  ): Promise<Result<{ readonly handle: string; readonly url: string }, DeliveryError>>;
  /** The configuration with this person as chat and allowed user; undefined when it is paired already. */
  pair?(config: Config, who: { readonly chatId: string; readonly userId: string }): Config | undefined;
  /** May this person become the channel's? Where the configuration names people, nobody else may. Absent: whoever comes first. */
  mayPair?(config: Config, who: { readonly chatId: string; readonly userId: string }): boolean;
  /** May this person answer what the channel was sent? */
  mayAnswer?(config: Config, who: { readonly chatId: string; readonly userId: string }): boolean;
  /** Channels that share a poller (the same bot) give the same key; one poller runs per key. */
  pollerKey?(config: Config): string;
  /** Listens for what people do, until aborted. `onFault` reports a fault of set-up (409: another poller) and its end (undefined). */
  poll?(
    config: Config,
    onInbound: (inbound: Inbound) => void,
    onFault: (message: string | undefined) => void,
    signal: AbortSignal,
    resolver?: NameResolver,
  ): Promise<void>;
}

/** Checks the shape of a channel at compile time and ties its configuration's type to its functions. */
export const defineChannel = <Schema extends z.ZodObject>(
  channel: Omit<ChannelKind<z.output<Schema> & { kind: string }>, 'config'> & { readonly config: Schema },
): ChannelKind => channel as unknown as ChannelKind;
