import { defined } from '../kernel/defined.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AlertFacts, Channel } from '../alert/model.ts';
import { alertOf, policyNamed } from './alerts.ts';
import type { Core, Turn } from './core.ts';
import type { Outbox } from './outbox.ts';

/** News that no incident carries, to whoever the default policy tells first. */
export class Notes {
  readonly #core: Core;
  readonly #outbox: Outbox;
  readonly #silentPossible: (channel: Channel) => boolean;

  constructor(parts: {
    readonly core: Core;
    readonly outbox: Outbox;
    readonly silentPossible: (channel: Channel) => boolean;
  }) {
    this.#core = parts.core;
    this.#outbox = parts.outbox;
    this.#silentPossible = parts.silentPossible;
  }

  /** News that no incident carries (blind, a gap, nobody watches): once, silently, to whoever the default policy tells first. */
  broadcast(turn: Turn, facts: AlertFacts, loud = false): void {
    const policy = policyNamed(this.#core, undefined, this.#silentPossible);
    const alert = alertOf(this.#core, facts, 0);
    this.#outbox.put(turn, alert, policy.steps[0]?.notify ?? [], { loud, step: alert.id });
  }

  /** Sight is back after a while: one silent message, whatever the number of monitors. */
  blind(
    span: { readonly from: EpochMs; readonly to: EpochMs; readonly monitorIds: readonly string[] },
    cause: string | undefined,
  ): void {
    const { registry } = this.#core;
    const ids = new Set(
      span.monitorIds.map((id) => registry.monitors().find((monitor) => monitor.id === id)?.serviceId),
    );
    const services = registry
      .services()
      .filter(({ id }) => ids.has(id))
      .map(({ name }) => name);
    const turn = this.#core.turn();
    this.broadcast(turn, {
      kind: 'blind',
      severity: 'info',
      failures: [],
      from: span.from,
      to: span.to,
      services,
      ...defined({ textParams: cause === undefined ? undefined : { cause } }),
    });
    void turn.commit();
  }

  /** An agent has been silent for long and nothing else tells of it, or is back after that: one silent note. */
  agentSilent(turn: Turn, host: string, since: EpochMs, back: boolean): void {
    this.broadcast(turn, {
      kind: 'unwatched',
      severity: back ? 'info' : 'warning',
      failures: [],
      from: since,
      textKey: back ? 'agent.back' : 'agent.gone',
      textParams: { host },
    });
  }
}
