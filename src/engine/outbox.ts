import { defined } from '../kernel/defined.ts';
import type { Ms } from '../kernel/time.ts';
import type { ChannelKind } from '../alert/channel.ts';
import type { Alert, AlertFacts, Channel, Delivery } from '../alert/model.ts';
import { quietUntil } from '../alert/quiet.ts';
import type { Incident } from '../incident/incident.ts';
import { alertOf } from './alerts.ts';
import type { Core, Turn } from './core.ts';
import type { Dispatch } from './dispatch.ts';

/** How a message goes out: with sound or without, as which step of its conversation, in place of which earlier message. */
export interface Manner {
  readonly loud: boolean;
  readonly step: string;
  readonly edits?: string;
}

/** The outbox: rows are committed with what they tell of, then handed to the dispatch. */
export class Outbox {
  readonly #core: Core;
  readonly #dispatch: Dispatch;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;

  constructor(core: Core, dispatch: Dispatch, kindOf: (kind: string) => ChannelKind | undefined) {
    this.#core = core;
    this.#dispatch = dispatch;
    this.#kindOf = kindOf;
  }

  /** Rows for these channels, committed with the turn; they go out once it has. Returns the deliveries. */
  put(turn: Turn, alert: Alert, channels: readonly string[], manner: Manner): readonly Delivery[] {
    const known = channels.map((name) => this.#channel(name)).filter((channel) => channel !== undefined);
    if (known.length === 0) return [];
    const deliveries = known.map((channel) => this.#delivery(alert, channel, manner));
    turn.write({ put: 'alert', alert }, ...deliveries.map((delivery) => ({ put: 'delivery', delivery }) as const));
    turn.event(
      'alert',
      { id: alert.id, kind: alert.kind, channels: known.map(({ name }) => name) },
      defined({ incidentId: alert.incidentId }),
    );
    this.#dispatch.take(alert, deliveries);
    turn.afterwards((saved) => this.#dispatch.send(alert, deliveries, saved));
    return deliveries;
  }

  /** To wherever the incident was told of already, silently. */
  follow(turn: Turn, alert: Alert, incident: Incident): void {
    const names = this.#dispatch.told.channelIds(incident.id).map((id) => this.#nameOf(id));
    // A call rings however softly it is meant.
    const quiet = names.filter((name) => this.#tellsRecovery(name));
    this.put(turn, alert, quiet, { loud: false, step: `f${incident.transition}` });
  }

  /** To whoever was told of the incident by a message that can't be changed and costs nothing: the change as a message of its own, silently. */
  amend(turn: Turn, alert: Alert, incident: Incident): void {
    const names = this.#dispatch.told.channelIds(incident.id).map((id) => this.#nameOf(id));
    const fixed = names.filter((name) => {
      const traits = this.#kindOf(this.#channel(name)?.kind ?? '')?.traits;
      return traits !== undefined && !traits.edits && !traits.paid;
    });
    this.put(turn, alert, fixed, { loud: false, step: `n${incident.transition}` });
  }

  /** Recovery goes where the alert went, as an answer to the first message there, which is changed as well. */
  recovered(turn: Turn, alert: Alert, incident: Incident): void {
    const ids = new Set([...this.#dispatch.told.channelIds(incident.id), ...this.#dispatch.waitingFor(incident.id)]);
    const names = [...ids].map((id) => this.#nameOf(id)).filter((name) => this.#tellsRecovery(name));
    this.put(turn, alert, names, { loud: false, step: 'recovered' });
    this.edit(turn, incident, alert.facts);
  }

  /** Changes the first message of the incident on every channel that can. */
  edit(turn: Turn, incident: Incident, facts: AlertFacts): void {
    for (const { channelId, providerRef } of this.#dispatch.told.firsts(incident.id)) {
      const channel = this.#channel(this.#nameOf(channelId));
      if (channel === undefined || providerRef === undefined || this.#kindOf(channel.kind)?.traits.edits !== true)
        continue;
      const alert = alertOf(this.#core, facts, incident.transition);
      this.put(turn, alert, [channel.name], { loud: false, step: `edit-${alert.id}`, edits: providerRef });
    }
  }

  /** How much waits, and how long the oldest that is due has been tried for. */
  waiting(): { readonly count: number; readonly oldestMs: Ms } {
    return this.#dispatch.waiting();
  }

  #delivery(alert: Alert, channel: Channel, manner: Manner): Delivery {
    const now = this.#core.clock.now();
    return {
      id: this.#core.newId(),
      alertId: alert.id,
      channelId: channel.id,
      dedupKey: `${alert.incidentId ?? alert.id}-${alert.transition}-${manner.step}-${channel.name}`,
      loud: manner.loud,
      status: 'waiting',
      dueAt: this.#quietEnd(alert, channel, manner) ?? now,
      createdAt: now,
      attempts: 0,
      ...defined({ incidentId: alert.incidentId, edits: manner.edits }),
    };
  }

  /** Below the contact's severity a message waits for the morning; changes of earlier messages make no sound and need not. */
  #quietEnd(alert: Alert, channel: Channel, manner: Manner): number | undefined {
    const contact = this.#core.registry.contacts().find(({ id }) => id === channel.contactId);
    if (contact === undefined || manner.edits !== undefined || alert.kind === 'test') return undefined;
    const { clock } = this.#core;
    const until = quietUntil(contact, alert.severity, clock.toWall(clock.now()), this.#core.settings().timezone);
    return until === undefined ? undefined : until - (clock.toWall(clock.now()) - clock.now());
  }

  #tellsRecovery(name: string): boolean {
    const channel = this.#channel(name);
    return channel !== undefined && this.#kindOf(channel.kind)?.traits.recovery !== false;
  }

  #channel(name: string): Channel | undefined {
    return this.#core.registry.channels().find((channel) => channel.name === name);
  }

  #nameOf(channelId: string): string {
    return this.#core.registry.resource(channelId)?.name ?? channelId;
  }
}
