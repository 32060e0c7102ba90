import type { EpochMs, Ms } from '../kernel/time.ts';
import type { DeliveryError } from '../alert/channel.ts';
import { decideDelivery, DELIVERY_RULES, type DeliveryEffect, type DeliveryEvent } from '../alert/delivery.ts';
import type { Alert, Channel, Delivery } from '../alert/model.ts';
import type { Ready } from '../alert/stale.ts';
import type { Incident } from '../incident/incident.ts';
import { attemptRow, outcomeEvent } from './attempt.ts';
import type { Core, Saved, Turn } from './core.ts';
import type { DispatchListener } from './dispatch-listener.ts';
import { freshFacts } from './fresh-facts.ts';
import { backlog, inLanes, Lane, untriedMs } from './lane.ts';
import { regroup } from './regroup.ts';
import type { Sender } from './sender.ts';
import { Told } from './told.ts';
import { triage } from './triage.ts';

/** A lane that a bug stopped is tried again after so long. */
const AFTER_BUG_MS: Ms = 5_000;

/**
 * Sends what waits, a lane a channel, so that a channel that hangs delays no other. Claims are committed before sending and outcomes after it: a crash
 * repeats at most the send that was under way, under the same dedup key.
 */
export class Dispatch {
  readonly told = new Told();
  readonly #core: Core;
  readonly #sender: Sender;
  readonly #listener: DispatchListener;
  readonly #alerts = new Map<string, Alert>();
  readonly #lanes = new Map<string, Lane>();
  readonly #awaited = new Map<string, (delivery: Delivery) => void>();
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;

  constructor(core: Core, sender: Sender, listener: DispatchListener) {
    this.#core = core;
    this.#sender = sender;
    this.#listener = listener;
  }

  /** Takes over what a former run left: what was being sent when it died goes again under its dedup key. */
  async restore(
    pending: readonly Delivery[],
    alerts: ReadonlyMap<string, Alert>,
    incidentIds: readonly string[],
  ): Promise<void> {
    for (const [id, alert] of alerts) this.#alerts.set(id, alert);
    for (const id of incidentIds) {
      const accepted = await this.#core.store.acceptedFor(id);
      this.told.restore(id, accepted);
      for (const delivery of accepted) if (delivery.receipt === 'pending') this.#listener.accepted(delivery);
    }
    const turn = this.#core.turn();
    for (const delivery of pending) {
      this.#lane(delivery.channelId).put(delivery);
      const at = this.#core.clock.now();
      if (delivery.status === 'sending') this.#step(turn, delivery, { type: 'lost', at });
      // Not due yet: the moment at which its channel has been silent for too long is waited for anew.
      else if (delivery.dueAt > at) this.#step(turn, delivery, { type: 'due', at });
    }
    await turn.commit();
    for (const channelId of this.#lanes.keys()) this.pump(channelId);
  }

  /** Takes deliveries in; they wait for `send`. */
  take(alert: Alert, deliveries: readonly Delivery[]): void {
    this.#alerts.set(alert.id, alert);
    for (const delivery of deliveries) this.#lane(delivery.channelId).put(delivery);
  }

  /** Their rows are committed, or can't be: then they are told from memory, and say so. */
  send(alert: Alert, deliveries: readonly Delivery[], saved: Saved): void {
    if (!saved.saved) this.#alerts.set(alert.id, { ...alert, facts: { ...alert.facts, storeFailed: saved.error } });
    for (const { channelId } of deliveries) this.pump(channelId);
  }

  /** Does anything about the incident still wait? */
  concerns(incidentId: string): boolean {
    return inLanes([...this.#lanes.values()]).some((one) => one.incidentId === incidentId);
  }

  /** Forgets the alerts of which nothing waits, and who was told of incidents that are known no more. */
  forget(isKnown: (incidentId: string) => boolean): void {
    const waiting = new Set(inLanes([...this.#lanes.values()]).map(({ alertId }) => alertId));
    for (const id of this.#alerts.keys()) if (!waiting.has(id)) this.#alerts.delete(id);
    this.told.keep(isKnown);
  }

  /** Ids of the channels on which something about the incident still waits. */
  waitingFor(incidentId: string): readonly string[] {
    return [...this.#lanes].filter(([, lane]) => lane.of(incidentId).length > 0).map(([channelId]) => channelId);
  }

  waiting(): { readonly count: number; readonly oldestMs: Ms } {
    return backlog([...this.#lanes.values()], this.#core.clock.now());
  }

  /** How long the oldest delivery that is due has not even been tried: a channel that fails is no fault of the outbox. */
  untriedMs(): Ms {
    return untriedMs([...this.#lanes.values()], this.#core.clock.now());
  }

  /** Resolves with the delivery when its first try has an outcome. */
  outcome(deliveryId: string): Promise<Delivery> {
    return new Promise((resolve) => this.#awaited.set(deliveryId, resolve));
  }

  /** Nothing more is begun. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when nothing is under way (any more), its outcome saved: else it would be sent again after a start. */
  idle = async (): Promise<unknown> => Promise.all(this.#underWay);

  /** Works through a lane: one send at a time, what is due first, merged with what has become stale. */
  pump(channelId: string): void {
    const lane = this.#lane(channelId);
    if (lane.busy || this.#stopped) return;
    lane.busy = true;
    let notBefore = 0;
    const underWay = this.#drain(lane, channelId)
      .catch((error: unknown) => {
        notBefore = this.#core.clock.now() + AFTER_BUG_MS;
        this.#core.bug('outbox', error);
      })
      .finally(() => {
        lane.busy = false;
        this.#underWay.delete(underWay);
        const next = lane.nextDue();
        if (next !== undefined && !this.#stopped)
          this.#core.deadlines.set(`lane ${channelId}`, Math.max(next, notBefore), () => this.pump(channelId));
      });
    this.#underWay.add(underWay);
  }

  async #drain(lane: Lane, channelId: string): Promise<void> {
    while (!this.#stopped && lane.due(this.#core.clock.now()).length > 0) {
      const turn = this.#core.turn();
      const channel = this.#core.registry.channels().find(({ id }) => id === channelId);
      const wait = lane.waitAsked(this.#core.clock.now());
      if (wait !== undefined) this.#postpone(turn, lane, wait);
      const sending = wait === undefined ? await this.#next(turn, lane, channel) : undefined;
      await turn.commit();
      if (sending !== undefined && channel !== undefined) await this.#hand(lane, channel, sending);
    }
  }

  /** The provider asked to wait: what else is due counts as refused, so that the next channel is used in time. */
  #postpone(turn: Turn, lane: Lane, error: DeliveryError): void {
    const at = this.#core.clock.now();
    for (const delivery of lane.due(at))
      this.#step(turn, { ...delivery, firstTriedAt: delivery.firstTriedAt ?? at }, { type: 'failed', at, error });
  }

  /** Chooses what is sent now and claims it; what is stale is merged on the way. */
  async #next(turn: Turn, lane: Lane, channel: Channel | undefined): Promise<Delivery | undefined> {
    const now = this.#core.clock.now();
    const alert = (id: string): Alert | undefined => this.#alerts.get(id);
    const answeredAt = (id: string): EpochMs | undefined => this.#listener.answeredAt(id);
    const { known, over } = triage(lane.together(now), { at: now, channel, alert, answeredAt });
    for (const { delivery, event } of over) this.#step(turn, delivery, event);
    if (channel === undefined || over.length > 0) return undefined;
    const incident = (id: string): Incident | undefined => this.#listener.incident(id);
    const grouped = regroup(known, { at: now, channel, lane, told: this.told, incident });
    for (const delivery of grouped.merged) this.#step(turn, delivery, { type: 'stale', at: now });
    // Not due any more: it is only looked whether the channel is silent for too long.
    for (const delivery of grouped.held) this.#step(turn, delivery, { type: 'due', at: now });
    for (const ready of grouped.send) this.#keep(turn, lane, ready);
    const first = grouped.send[0];
    return first === undefined ? undefined : this.#claim(turn, lane, channel, first.delivery.id);
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

  async #claim(turn: Turn, lane: Lane, channel: Channel, deliveryId: string): Promise<Delivery | undefined> {
    const delivery = lane.get(deliveryId);
    if (delivery === undefined) return undefined;
    const maySend = await this.#sender.mayStillSend(channel, delivery);
    const at = this.#core.clock.now();
    if (!maySend) {
      this.#step(turn, delivery, { type: 'capped', at, note: lane.noteCap(at) });
      return undefined;
    }
    return this.#step(turn, delivery, { type: 'due', at }) ? lane.get(deliveryId) : undefined;
  }

  async #hand(lane: Lane, channel: Channel, delivery: Delivery): Promise<void> {
    const alert = this.#alerts.get(delivery.alertId);
    if (alert === undefined) return;
    const startedAt = this.#core.clock.now();
    const answers =
      delivery.incidentId === undefined ? undefined : this.told.first(delivery.incidentId, channel.id)?.providerRef;
    const result = await this.#sender.send(
      channel,
      delivery,
      { ...alert, facts: freshFacts(alert, this.#listener) },
      answers,
    );
    const at = this.#core.clock.now();
    const tookMs = at - startedAt;
    const turn = this.#core.turn();
    turn.write(attemptRow(delivery.id, result, at, tookMs));
    this.#step(turn, delivery, outcomeEvent(result, at, tookMs, this.#core.random()));
    // A changed message is no further one in somebody's hand.
    if (result.ok && delivery.edits === undefined) lane.noteAccepted(at);
    if (!result.ok) lane.noteRefusal(result.error, at);
    await turn.commit();
    this.#answerAwaited(delivery.id, lane);
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
    const [next, effects] = decideDelivery(delivery, event, { ...DELIVERY_RULES, keepTrying: this.#isVital(delivery) });
    this.#lane(delivery.channelId).put(next);
    turn.write({ put: 'delivery', delivery: next });
    if (next.status === 'accepted') this.#remember(turn, next);
    for (const effect of effects) this.#act(turn, next, effect);
    return effects.some((effect) => effect.do === 'send');
  }

  /** A digest tells of several incidents at once: each counts as told there. */
  #remember(turn: Turn, delivery: Delivery): void {
    this.told.remember(delivery);
    turn.afterwards(() => this.#listener.accepted(delivery));
    const { providerRef: _ref, ...told } = delivery;
    for (const { incidentId } of this.#alerts.get(delivery.alertId)?.facts.digest ?? [])
      if (incidentId !== undefined) this.told.remember({ ...told, incidentId });
  }

  /** A critical alert whose incident is open is never given up. */
  #isVital(delivery: Delivery): boolean {
    if (delivery.incidentId === undefined || delivery.edits !== undefined) return false;
    return (
      this.#listener.incident(delivery.incidentId)?.state === 'open' &&
      this.#alerts.get(delivery.alertId)?.severity === 'critical'
    );
  }

  #act(turn: Turn, delivery: Delivery, effect: DeliveryEffect): void {
    if (effect.do === 'send') return;
    if (effect.do === 'wake') {
      this.#core.deadlines.set(`delivery ${delivery.id}`, effect.at, () => this.#wake(delivery.id, delivery.channelId));
      return;
    }
    const { incidentId } = delivery;
    if (incidentId === undefined || delivery.edits !== undefined) return;
    const channel = this.#core.registry.resource(delivery.channelId)?.name ?? delivery.channelId;
    const heard = (type: 'accepted' | 'exhausted'): void => {
      turn.afterwards(() => this.#listener.heard(incidentId, { type, at: this.#core.clock.now(), channel }));
    };
    if (effect.do === 'exhausted') {
      heard('exhausted');
      return;
    }
    const { do: _do, ...outcome } = effect;
    this.#listener.noted(turn, incidentId, { channel, loud: delivery.loud, ...outcome });
    if (effect.outcome === 'accepted') heard('accepted');
  }

  /** A delivery's moment has come: the lane sends it, or, while it is busy, the machine looks whether the channel is silent for too long. */
  #wake(deliveryId: string, channelId: string): void {
    const delivery = this.#lane(channelId).get(deliveryId);
    if (delivery === undefined) return;
    if (delivery.status === 'waiting' && delivery.dueAt <= this.#core.clock.now()) this.pump(channelId);
    else {
      const turn = this.#core.turn();
      this.#step(turn, delivery, { type: 'due', at: this.#core.clock.now() });
      void turn.commit();
    }
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
