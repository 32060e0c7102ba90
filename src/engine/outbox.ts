import { defined } from '../kernel/defined.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Accepted, ChannelKind, DeliveryError } from '../alert/channel.ts';
import { decideDelivery, DELIVERY_RULES, type DeliveryEvent } from '../alert/delivery.ts';
import type { Alert, AlertFacts, AlertKind, Channel, Delivery } from '../alert/model.ts';
import { quietUntil } from '../alert/quiet.ts';
import { mergeStale, MERGE_RULES, type Ready, type Waiting } from '../alert/stale.ts';
import type { Result } from '../kernel/result.ts';
import type { Incident } from '../incident/incident.ts';
import type { Core, Saved, Turn } from './core.ts';
import { Lane } from './lane.ts';
import type { Sender } from './sender.ts';

/** What the outbox tells the rest of the engine. */
export interface OutboxListener {
  /** A channel got through with a message of an incident, or is given up for now. */
  heard(
    incidentId: string,
    event: { readonly type: 'accepted' | 'exhausted'; readonly at: EpochMs; readonly channel: string },
  ): void;
  /** For the incident's timeline. */
  noted(
    turn: Turn,
    incidentId: string,
    told: {
      readonly channel: string;
      readonly loud: boolean;
      readonly outcome: 'accepted' | 'failed' | 'dropped' | 'merged';
      readonly error?: string;
      readonly tookMs?: number;
    },
  ): void;
  /** The incident as it stands. */
  incident(id: string): Incident | undefined;
  /** What is to be said of an incident now. */
  facts(kind: AlertKind, incident: Incident): AlertFacts;
}

/** What is sent again about an incident that is still open is said as things stand at the moment of sending. */
const SAID_FRESH: ReadonlySet<AlertKind> = new Set(['down', 'degraded', 'storm', 'reminder', 'update']);

/**
 * The outbox: rows are committed with what they tell of, then sent, a lane a channel, so that a channel that hangs delays no other. Claims are
 * committed before sending and outcomes after it: a crash repeats at most the send that was under way, under the same dedup key.
 */
export class Outbox {
  readonly #core: Core;
  readonly #sender: Sender;
  readonly #kindOf: (kind: string) => ChannelKind | undefined;
  readonly #alerts = new Map<string, Alert>();
  readonly #lanes = new Map<string, Lane>();
  readonly #accepted = new Map<string, Delivery[]>();
  readonly #awaited = new Map<string, (delivery: Delivery) => void>();
  #listener: OutboxListener | undefined;
  #stopped = false;

  constructor(core: Core, sender: Sender, kindOf: (kind: string) => ChannelKind | undefined) {
    this.#core = core;
    this.#sender = sender;
    this.#kindOf = kindOf;
  }

  listenBy(listener: OutboxListener): void {
    this.#listener = listener;
  }

  /** Takes over what a former run left: what was being sent when it died goes again under its dedup key. */
  async restore(
    pending: readonly Delivery[],
    alerts: ReadonlyMap<string, Alert>,
    openIncidents: readonly string[],
  ): Promise<void> {
    for (const [id, alert] of alerts) this.#alerts.set(id, alert);
    for (const incidentId of openIncidents)
      this.#accepted.set(incidentId, [...(await this.#core.store.acceptedFor(incidentId))]);
    const turn = this.#core.turn();
    for (const delivery of pending) {
      const lane = this.#lane(delivery.channelId);
      lane.put(delivery);
      if (delivery.status === 'sending') this.#step(turn, delivery, { type: 'lost', at: this.#core.clock.now() });
    }
    await turn.commit();
    for (const channelId of this.#lanes.keys()) this.#pump(channelId);
  }

  /** Rows for these channels, committed with the turn; they go out once it has. Returns the deliveries. */
  put(
    turn: Turn,
    alert: Alert,
    channels: readonly string[],
    how: { readonly loud: boolean; readonly step: string; readonly edits?: string },
  ): readonly Delivery[] {
    const known = channels.map((name) => this.#channel(name)).filter((channel) => channel !== undefined);
    if (known.length === 0) return [];
    this.#alerts.set(alert.id, alert);
    turn.write({ put: 'alert', alert });
    const deliveries = known.map((channel) => this.#delivery(alert, channel, how));
    for (const delivery of deliveries) {
      turn.write({ put: 'delivery', delivery });
      this.#lane(delivery.channelId).put(delivery);
    }
    turn.event(
      'alert',
      { id: alert.id, kind: alert.kind, channels: known.map(({ name }) => name) },
      defined({ incidentId: alert.incidentId }),
    );
    turn.afterwards((saved) => this.#send(alert, deliveries, saved));
    return deliveries;
  }

  /** To wherever the incident was told of already, silently. */
  follow(turn: Turn, alert: Alert, incident: Incident): void {
    this.put(turn, alert, this.#toldChannels(incident.id), { loud: false, step: `f${incident.transition}` });
  }

  /** Recovery goes where the alert went: as an answer to the first message there, which is changed as well. */
  recovered(turn: Turn, alert: Alert, incident: Incident): void {
    const waiting = [...this.#lanes.values()].flatMap((lane) => lane.of(incident.id));
    const channels = new Set([
      ...this.#toldChannels(incident.id),
      ...waiting.map(({ channelId }) => this.#nameOf(channelId)),
    ]);
    for (const name of channels) {
      const channel = this.#channel(name);
      if (channel === undefined || this.#kindOf(channel.kind)?.traits.recovery === false) continue;
      this.put(turn, alert, [name], { loud: false, step: 'recovered' });
    }
    this.edit(turn, incident, alert.facts);
  }

  /** Changes the first message of the incident on every channel that can. */
  edit(turn: Turn, incident: Incident, facts: AlertFacts): void {
    const seen = new Set<string>();
    for (const delivery of this.#accepted.get(incident.id) ?? []) {
      const channel = this.#core.registry.channels().find(({ id }) => id === delivery.channelId);
      const canEdit = channel !== undefined && this.#kindOf(channel.kind)?.traits.edits === true;
      if (!canEdit || delivery.providerRef === undefined || delivery.edits !== undefined || seen.has(channel.id))
        continue;
      seen.add(channel.id);
      const alert: Alert = {
        id: this.#core.newId(),
        incidentId: incident.id,
        kind: facts.kind,
        severity: facts.severity,
        transition: incident.transition,
        createdAt: this.#core.clock.now(),
        facts,
      };
      this.put(turn, alert, [channel.name], { loud: false, step: `edit-${alert.id}`, edits: delivery.providerRef });
    }
  }

  /** Resolves with the delivery when it is accepted or has failed once; for tests of a channel. */
  outcome(deliveryId: string): Promise<Delivery> {
    return new Promise((resolve) => this.#awaited.set(deliveryId, resolve));
  }

  /** Was a message of the incident accepted anywhere? */
  toldOf(incidentId: string): readonly Delivery[] {
    return this.#accepted.get(incidentId) ?? [];
  }

  /** How much waits, and since when the oldest that is due. */
  waiting(): { readonly count: number; readonly oldestMs: number } {
    const now = this.#core.clock.now();
    let count = 0;
    let oldest = now;
    for (const lane of this.#lanes.values()) {
      for (const delivery of lane.all()) {
        count += 1;
        if (delivery.dueAt <= now) oldest = Math.min(oldest, delivery.firstTriedAt ?? delivery.dueAt);
      }
    }
    return { count, oldestMs: now - oldest };
  }

  /** How long the oldest delivery that is due has not even been tried: a channel that fails is no fault of the outbox. */
  untriedMs(): number {
    const now = this.#core.clock.now();
    let oldest = now;
    for (const lane of this.#lanes.values())
      for (const { dueAt, attempts } of lane.all()) if (attempts === 0) oldest = Math.min(oldest, dueAt);
    return Math.max(0, now - oldest);
  }

  /** The channel is no more, or was changed: what waits for it goes by its new set-up, or is dropped. */
  channelChanged(channelId: string): void {
    this.#pump(channelId);
  }

  stop(): void {
    this.#stopped = true;
  }

  #send(alert: Alert, deliveries: readonly Delivery[], saved: Saved): void {
    if (!saved.saved) this.#alerts.set(alert.id, { ...alert, facts: { ...alert.facts, storeFailed: saved.error } });
    for (const channelId of new Set(deliveries.map((delivery) => delivery.channelId))) this.#pump(channelId);
  }

  #delivery(
    alert: Alert,
    channel: Channel,
    how: { readonly loud: boolean; readonly step: string; readonly edits?: string },
  ): Delivery {
    const now = this.#core.clock.now();
    const contact = this.#core.registry.contacts().find(({ id }) => id === channel.contactId);
    const quiet =
      contact === undefined || how.edits !== undefined
        ? undefined
        : quietUntil(contact, alert.severity, now, this.#core.settings().timezone);
    return {
      id: this.#core.newId(),
      alertId: alert.id,
      channelId: channel.id,
      dedupKey: `${alert.incidentId ?? alert.id}-${alert.transition}-${how.step}-${channel.name}`,
      loud: how.loud,
      status: 'waiting',
      dueAt: alert.kind === 'test' ? now : (quiet ?? now),
      createdAt: now,
      attempts: 0,
      ...defined({ incidentId: alert.incidentId, edits: how.edits }),
    };
  }

  /** Works through a lane: one send at a time, what is due first, merged with what has become stale. */
  #pump(channelId: string): void {
    const lane = this.#lane(channelId);
    if (lane.busy || this.#stopped) return;
    lane.busy = true;
    void this.#drain(lane, channelId)
      .catch((error: unknown) => this.#core.bug('outbox', error))
      .finally(() => {
        lane.busy = false;
        this.#wakeLane(lane, channelId);
      });
  }

  async #drain(lane: Lane, channelId: string): Promise<void> {
    for (;;) {
      const now = this.#core.clock.now();
      const turn = this.#core.turn();
      const due = lane.due(now).flatMap((delivery) => this.#withAlert(turn, delivery));
      if (due.length === 0 || this.#stopped) return;
      const channel = this.#core.registry.channels().find(({ id }) => id === channelId);
      const ready = channel === undefined ? undefined : this.#regroup(turn, lane, channel, due);
      if (channel === undefined) for (const { delivery } of due) this.#step(turn, delivery, { type: 'stale', at: now });
      const sending =
        ready === undefined || channel === undefined ? undefined : await this.#claim(turn, channel, ready);
      await turn.commit();
      if (sending === undefined || channel === undefined) continue;
      await this.#hand(lane, channel, sending);
    }
  }

  /** A delivery whose alert is unknown (its row was lost) tells nothing and leaves the lane. */
  #withAlert(turn: Turn, delivery: Delivery): readonly Waiting[] {
    const alert = this.#alerts.get(delivery.alertId);
    if (alert !== undefined) return [{ delivery, alert }];
    this.#step(turn, delivery, { type: 'stale', at: this.#core.clock.now() });
    return [];
  }

  /** Merges what is stale; the first of what remains is sent now. */
  #regroup(turn: Turn, lane: Lane, channel: Channel, due: readonly Waiting[]): Ready | undefined {
    const at = this.#core.clock.now();
    const incidents = new Map<string, Incident>();
    const told = new Set<string>();
    for (const { delivery } of due) {
      if (delivery.incidentId === undefined) continue;
      const incident = this.#listener?.incident(delivery.incidentId);
      if (incident !== undefined) incidents.set(incident.id, incident);
      if (this.#firstAccepted(delivery.incidentId, channel.id) !== undefined) told.add(delivery.incidentId);
    }
    const regrouped = mergeStale(
      due,
      { at, channel: channel.name, incidents, told, accepted: lane.accepted },
      MERGE_RULES,
    );
    for (const { delivery } of regrouped.merged) this.#step(turn, delivery, { type: 'stale', at });
    const [first, ...rest] = regrouped.send;
    if (regrouped.holdUntil !== undefined) {
      const held = regrouped.holdUntil;
      const sent = new Set(regrouped.send.map(({ delivery }) => delivery.id));
      const merged = new Set(regrouped.merged.map(({ delivery }) => delivery.id));
      for (const { delivery } of due)
        if (!sent.has(delivery.id) && !merged.has(delivery.id)) lane.put({ ...delivery, dueAt: held });
    }
    for (const one of first === undefined ? [] : [first, ...rest]) this.#keep(turn, lane, one);
    return first;
  }

  /** A rewritten message stands for several: it is an alert of its own. */
  #keep(turn: Turn, lane: Lane, ready: Ready): void {
    if (!ready.rewritten) {
      lane.put(ready.delivery);
      return;
    }
    const alert: Alert = { ...ready.alert, id: this.#core.newId() };
    this.#alerts.set(alert.id, alert);
    const delivery: Delivery = { ...ready.delivery, alertId: alert.id };
    lane.put(delivery);
    turn.write({ put: 'alert', alert }, { put: 'delivery', delivery });
  }

  async #claim(turn: Turn, channel: Channel, ready: Ready): Promise<Delivery | undefined> {
    const lane = this.#lane(channel.id);
    const delivery = lane.get(ready.delivery.id);
    if (delivery === undefined) return undefined;
    const now = this.#core.clock.now();
    if (!(await this.#sender.mayStillSend(channel, delivery))) {
      this.#step(turn, delivery, { type: 'capped', at: now, note: lane.noteCap(now) });
      return undefined;
    }
    return this.#step(turn, delivery, { type: 'due', at: now }) ? lane.get(delivery.id) : undefined;
  }

  async #hand(lane: Lane, channel: Channel, delivery: Delivery): Promise<void> {
    const alert = this.#alerts.get(delivery.alertId);
    if (alert === undefined) return;
    const startedAt = this.#core.clock.now();
    const result = await this.#sender.send(
      channel,
      delivery,
      { ...alert, facts: this.#freshFacts(alert) },
      this.#firstRef(delivery.incidentId ?? '', channel.id),
    );
    const at = this.#core.clock.now();
    const tookMs = at - startedAt;
    const turn = this.#core.turn();
    turn.write({
      put: 'attempt',
      deliveryId: delivery.id,
      at,
      tookMs,
      outcome: result.ok ? 'accepted' : 'failed',
      ...(result.ok ? {} : { error: result.error.message }),
    });
    this.#step(turn, delivery, outcomeEvent(result, at, tookMs, this.#core.random()));
    if (result.ok) lane.noteAccepted(at);
    await turn.commit();
    this.#answerAwaited(delivery.id, lane);
  }

  #freshFacts(alert: Alert): AlertFacts {
    const incident = alert.incidentId === undefined ? undefined : this.#listener?.incident(alert.incidentId);
    if (incident === undefined || incident.state === 'closed' || !SAID_FRESH.has(alert.kind)) return alert.facts;
    const { storeFailed, reminder } = alert.facts;
    return { ...(this.#listener?.facts(alert.kind, incident) ?? alert.facts), ...defined({ storeFailed, reminder }) };
  }

  #answerAwaited(deliveryId: string, lane: Lane): void {
    const resolve = this.#awaited.get(deliveryId);
    const delivery = lane.get(deliveryId) ?? lane.last(deliveryId);
    if (resolve === undefined || delivery === undefined) return;
    this.#awaited.delete(deliveryId);
    resolve(delivery);
  }

  /** Feeds the delivery's machine; true when it is to be sent now. */
  #step(turn: Turn, delivery: Delivery, event: DeliveryEvent): boolean {
    const alert = this.#alerts.get(delivery.alertId);
    const incident = delivery.incidentId === undefined ? undefined : this.#listener?.incident(delivery.incidentId);
    const keepTrying = incident?.state === 'open' && alert?.severity === 'critical' && delivery.edits === undefined;
    const [next, effects] = decideDelivery(delivery, event, { ...DELIVERY_RULES, keepTrying });
    const lane = this.#lane(delivery.channelId);
    lane.put(next);
    turn.write({ put: 'delivery', delivery: next });
    if (next.status === 'accepted') this.#remember(next);
    let isSent = false;
    for (const effect of effects) {
      if (effect.do === 'send') isSent = true;
      else if (effect.do === 'wake')
        this.#core.deadlines.set(`delivery ${next.id}`, effect.at, () => this.#wake(next.id, next.channelId));
      else this.#report(turn, next, effect);
    }
    return isSent;
  }

  #report(
    turn: Turn,
    delivery: Delivery,
    effect: { readonly do: 'exhausted' } | Extract<ReturnType<typeof decideDelivery>[1][number], { do: 'timeline' }>,
  ): void {
    const { incidentId } = delivery;
    if (incidentId === undefined || delivery.edits !== undefined) return;
    const channel = this.#nameOf(delivery.channelId);
    if (effect.do === 'exhausted') {
      turn.afterwards(() => this.#listener?.heard(incidentId, { type: 'exhausted', at: this.#core.clock.now(), channel }));
      return;
    }
    const { do: _do, ...told } = effect;
    this.#listener?.noted(turn, incidentId, { channel, loud: delivery.loud, ...told });
    if (effect.outcome === 'accepted')
      turn.afterwards(() => this.#listener?.heard(incidentId, { type: 'accepted', at: this.#core.clock.now(), channel }));
  }

  /** A delivery's moment has come: the lane sends it, or, while it is busy, the machine looks whether the channel is silent for too long. */
  #wake(deliveryId: string, channelId: string): void {
    const lane = this.#lane(channelId);
    const delivery = lane.get(deliveryId);
    if (delivery === undefined) return;
    if (delivery.status === 'sending' || delivery.dueAt > this.#core.clock.now()) {
      const turn = this.#core.turn();
      this.#step(turn, delivery, { type: 'due', at: this.#core.clock.now() });
      void turn.commit();
    } else this.#pump(channelId);
  }

  #wakeLane(lane: Lane, channelId: string): void {
    const next = lane.nextDue();
    if (next !== undefined && !this.#stopped)
      this.#core.deadlines.set(`lane ${channelId}`, next, () => this.#pump(channelId));
  }

  #remember(delivery: Delivery): void {
    if (delivery.incidentId === undefined) return;
    this.#accepted.set(delivery.incidentId, [...(this.#accepted.get(delivery.incidentId) ?? []), delivery]);
  }

  #firstAccepted(incidentId: string, channelId: string): Delivery | undefined {
    return this.#accepted
      .get(incidentId)
      ?.find((delivery) => delivery.channelId === channelId && delivery.edits === undefined);
  }

  #firstRef(incidentId: string, channelId: string): string | undefined {
    return this.#firstAccepted(incidentId, channelId)?.providerRef;
  }

  #toldChannels(incidentId: string): readonly string[] {
    return [...new Set((this.#accepted.get(incidentId) ?? []).map(({ channelId }) => this.#nameOf(channelId)))];
  }

  #channel(name: string): Channel | undefined {
    return this.#core.registry.channels().find((channel) => channel.name === name);
  }

  #nameOf(channelId: string): string {
    return this.#core.registry.resource(channelId)?.name ?? channelId;
  }

  #lane(channelId: string): Lane {
    let lane = this.#lanes.get(channelId);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(channelId, lane);
    }
    return lane;
  }
}

const outcomeEvent = (
  result: Result<Accepted, DeliveryError>,
  at: EpochMs,
  tookMs: number,
  jitter: number,
): DeliveryEvent =>
  result.ok ? { type: 'accepted', at, tookMs, ...result.value } : { type: 'failed', at, error: result.error, jitter };
