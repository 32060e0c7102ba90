import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../kernel/defined.ts';
import { err, type Result } from '../kernel/result.ts';
import type { Ms } from '../kernel/time.ts';
import type { Accepted, ChannelKind, DeliveryError, Message } from '../alert/channel.ts';
import { compose, type Reader } from '../alert/message.ts';
import type { Alert, AlertKind, ButtonAction, Channel, Contact, Delivery } from '../alert/model.ts';
import { proposalOf } from '../alert/message-host.ts';
import { capDay, mayStillSend } from '../alert/quiet.ts';
import { newAckLink, newOneTime } from '../auth/one-time.ts';
import { machineRandom } from '../auth/secret-text.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { Core, Turn } from './core.ts';

/** A send that has not ended after so long has failed. */
const SEND_TIMEOUT_MS: Ms = 10_000;
/** The store is not waited for longer (a heavy query, a disk that hangs). */
const CAP_ANSWER_MS: Ms = 2_000;
/** Kinds of news that can be answered. */
const ANSWERABLE: ReadonlySet<AlertKind> = new Set(['down', 'degraded', 'storm', 'reminder', 'update']);

/** Puts an alert into the reader's words and hands it to the channel, under a hard time-out. */
export class Sender {
  readonly #core: Core;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;
  readonly #publicUrl: () => string | undefined;
  readonly #isOpen: (incidentId: string) => boolean;
  readonly #config: (channel: Channel) => Channel['config'];
  readonly #resolverFor: (channelId: string) => NameResolver;

  constructor(parts: {
    readonly core: Core;
    readonly kindOf: (kind: string) => ChannelKind | undefined;
    readonly publicUrl: () => string | undefined;
    readonly isOpen: (incidentId: string) => boolean;
    /** The channel's configuration with what was paired later (a Telegram chat). */
    readonly config: (channel: Channel) => Channel['config'];
    /** Channels' hosts are looked up like all others, never by the system's four threads, and within the channel's reach. */
    readonly resolverFor: (channelId: string) => NameResolver;
  }) {
    this.#core = parts.core;
    this.#kindOf = parts.kindOf;
    this.#publicUrl = parts.publicUrl;
    this.#isOpen = parts.isOpen;
    this.#config = parts.config;
    this.#resolverFor = parts.resolverFor;
  }

  /** Does the channel's cap leave room? When the store cannot say, people are told rather than spared. */
  async mayStillSend(channel: Channel, delivery: Delivery): Promise<boolean> {
    if (channel.cap === undefined || delivery.edits !== undefined) return true;
    const since = capDay(this.#contact(channel), this.#core.clock.now(), this.#core.settings().timezone);
    const tooLate = new AbortController();
    try {
      const sent = await Promise.race([
        this.#core.store.sentSince(channel.id, since),
        delay(CAP_ANSWER_MS, undefined, { signal: tooLate.signal }),
      ]);
      return sent === undefined || mayStillSend(channel.cap, sent);
    } catch (error) {
      this.#core.unsaved(error);
      return true;
    } finally {
      tooLate.abort();
    }
  }

  /** Sends; whatever goes wrong is a value. `answers` is the message that this one follows. */
  async send(
    channel: Channel,
    delivery: Delivery,
    alert: Alert,
    answers: string | undefined,
  ): Promise<Result<Accepted, DeliveryError>> {
    const kind = this.#kindOf(channel.kind);
    if (kind === undefined) return err({ permanent: true, message: `there is no channel kind "${channel.kind}"` });
    const abort = new AbortController();
    const stop = this.#core.clock.after(SEND_TIMEOUT_MS, () => abort.abort());
    try {
      const message = await this.#message(channel, kind, delivery, alert, answers);
      const sending = kind.send(this.#config(channel), message, {
        signal: abort.signal,
        now: this.#core.clock.now(),
        resolver: this.#resolverFor(channel.id),
      });
      return await withDeadline(sending, abort.signal);
    } catch (error) {
      this.#core.bug(`channel ${channel.kind}`, error);
      return err({ permanent: false, message: 'sending failed by a bug; it is in the log' });
    } finally {
      stop();
    }
  }

  async #message(
    channel: Channel,
    kind: ChannelKind,
    delivery: Delivery,
    alert: Alert,
    answers: string | undefined,
  ): Promise<Message> {
    const contact = this.#contact(channel);
    const settings = this.#core.settings();
    const { clock } = this.#core;
    const publicUrl = this.#publicUrl();
    return compose(
      { ...alert, createdAt: clock.toWall(alert.createdAt) },
      {
        locale: contact?.locale ?? settings.locale,
        timezone: contact?.timezone ?? settings.timezone,
        loud: delivery.loud,
        dedupKey: delivery.dedupKey,
        at: clock.toWall(clock.now()),
        ...(await this.#waysToAnswer(channel, kind, contact, alert, publicUrl)),
        ...defined({ publicUrl, edits: delivery.edits, answers: delivery.edits === undefined ? answers : undefined }),
      },
    );
  }

  /** Buttons where the channel has them, else a one-time link; nothing when there is nothing to answer (any more). */
  async #waysToAnswer(
    channel: Channel,
    kind: ChannelKind,
    contact: Contact | undefined,
    alert: Alert,
    publicUrl: string | undefined,
  ): Promise<Pick<Reader, 'buttons' | 'ackLink'>> {
    const { incidentId } = alert;
    if (incidentId === undefined || !ANSWERABLE.has(alert.kind) || !this.#isOpen(incidentId)) return {};
    const turn = this.#core.turn();
    const ways = kind.traits.buttons
      ? { buttons: this.#buttons(turn, incidentId, channel, proposalOf(alert.facts)) }
      : publicUrl === undefined
        ? {}
        : { ackLink: this.#ackLink(turn, incidentId, contact, publicUrl) };
    await turn.commit();
    return ways;
  }

  /** Bound to channel and open incident, good for 15 minutes (DESIGN § 7); an older tap is answered with fresh ones. */
  #buttons(
    turn: Turn,
    incidentId: string,
    channel: Channel,
    proposal: ReturnType<typeof proposalOf>,
  ): NonNullable<Reader['buttons']> {
    const now = this.#core.clock.now();
    const button = (action: ButtonAction, more: Readonly<Record<string, string>> = {}): string => {
      const data = { incidentId, action, channelId: channel.id, ...more };
      const { secret, token } = newOneTime({ kind: 'button', name: action, scope: 'ack', data }, now, machineRandom);
      turn.write({ put: 'token', token });
      return secret;
    };
    return {
      acknowledge: button('acknowledge'),
      mute: button('mute'),
      ...(proposal === undefined ? {} : { repair: button('repair', proposal), leave: button('leave', proposal) }),
    };
  }

  #ackLink(turn: Turn, incidentId: string, contact: Contact | undefined, publicUrl: string): string {
    const reader = { name: contact?.name ?? 'link', locale: contact?.locale ?? this.#core.settings().locale };
    const { secret, token } = newAckLink(incidentId, reader, this.#core.clock.now(), machineRandom);
    turn.write({ put: 'token', token });
    return `${publicUrl}/a/${secret}`;
  }

  #contact(channel: Channel): Contact | undefined {
    return this.#core.registry.contacts().find(({ id }) => id === channel.contactId);
  }
}

/** A channel that ignores its signal loses the race against it. */
const withDeadline = (
  sending: Promise<Result<Accepted, DeliveryError>>,
  signal: AbortSignal,
): Promise<Result<Accepted, DeliveryError>> =>
  new Promise((resolve, reject) => {
    const late = (): void =>
      resolve(err({ permanent: false, message: `no answer within ${SEND_TIMEOUT_MS / 1_000} s`, perhapsSent: true }));
    if (signal.aborted) late();
    // The channel sees the same signal: give it the turn to say in which phase it was cut off.
    signal.addEventListener('abort', () => setImmediate(late), { once: true });
    sending.then(resolve, reject);
  });
