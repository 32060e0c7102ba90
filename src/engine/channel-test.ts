import { defined } from '../kernel/defined.ts';
import type { Ms } from '../kernel/time.ts';
import type { ChannelKind } from '../alert/channel.ts';
import type { Alert, Channel } from '../alert/model.ts';
import type { Actor } from '../incident/incident.ts';
import type { NameResolver } from '../monitor/kind.ts';
import type { ChannelTest } from './brain.ts';
import type { Core } from './core.ts';
import type { Dispatch } from './dispatch.ts';
import type { Outbox } from './outbox.ts';
import type { Pairings } from './pairings.ts';

/** A balance that is not answered within so long is left out. */
const BALANCE_TIMEOUT_MS: Ms = 5_000;

/** Sends a test message through the whole path: outbox, commit, lane, channel, outcome saved. */
export class ChannelTests {
  readonly #core: Core;
  readonly #outbox: Outbox;
  readonly #dispatch: Dispatch;
  readonly #pairings: Pairings;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;
  readonly #resolverFor: (channelId: string) => NameResolver;

  constructor(parts: {
    readonly core: Core;
    readonly outbox: Outbox;
    readonly dispatch: Dispatch;
    readonly pairings: Pairings;
    readonly kindOf: (kind: string) => ChannelKind | undefined;
    readonly resolverFor: (channelId: string) => NameResolver;
  }) {
    this.#core = parts.core;
    this.#outbox = parts.outbox;
    this.#dispatch = parts.dispatch;
    this.#pairings = parts.pairings;
    this.#kindOf = parts.kindOf;
    this.#resolverFor = parts.resolverFor;
  }

  /** Resolves when the first try has an outcome. @throws Fault NOT_FOUND */
  async run(name: string, actor: Actor): Promise<ChannelTest> {
    const channel = this.#core.registry.find('channel', name);
    const alert = this.#alert(channel.name);
    const startedAt = this.#core.clock.monotonic();
    const turn = this.#core.turn();
    const [delivery] = this.#outbox.put(turn, alert, [channel.name], { loud: true, step: 'test' });
    turn.write({
      put: 'audit',
      entry: {
        id: this.#core.newId(),
        at: alert.createdAt,
        actor: actor.name,
        via: actor.via,
        action: 'channel.test',
        subject: name,
      },
    });
    if (delivery === undefined)
      return { channel: name, accepted: false, tookMs: 0, attempts: 0, error: 'the channel is not set up' };
    const outcome = this.#dispatch.outcome(delivery.id);
    await turn.commit();
    const done = await outcome;
    const tookMs = Math.round(this.#core.clock.monotonic() - startedAt);
    const balance = await this.#balance(channel);
    return {
      channel: channel.name,
      accepted: done.status === 'accepted',
      tookMs,
      attempts: done.attempts,
      ...defined({
        error: done.status === 'accepted' ? undefined : done.error,
        permanent: done.status === 'failed' ? true : undefined,
        balance,
      }),
    };
  }

  #alert(channel: string): Alert {
    return {
      id: this.#core.newId(),
      kind: 'test',
      severity: 'info',
      transition: 0,
      createdAt: this.#core.clock.now(),
      facts: { kind: 'test', severity: 'info', failures: [], textParams: { channel } },
    };
  }

  async #balance(channel: Channel): Promise<{ readonly amount: number; readonly currency?: string } | undefined> {
    const kind = this.#kindOf(channel.kind);
    if (kind?.balance === undefined) return undefined;
    const signal = AbortSignal.timeout(BALANCE_TIMEOUT_MS);
    const context = { signal, now: this.#core.clock.now(), resolver: this.#resolverFor(channel.id) };
    const answer = await kind.balance(this.#pairings.config(channel), context);
    return answer.ok ? answer.value : undefined;
  }
}
