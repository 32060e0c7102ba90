import type { Delivery } from '../alert/model.ts';

/** Who was told of which incident: where a recovery has to go, which messages are changed and answered. */
export class Told {
  readonly #accepted = new Map<string, readonly Delivery[]>();

  restore(incidentId: string, accepted: readonly Delivery[]): void {
    this.#accepted.set(incidentId, accepted);
  }

  /** Remembers an accepted delivery. */
  remember(delivery: Delivery): void {
    if (delivery.incidentId !== undefined)
      this.#accepted.set(delivery.incidentId, [...this.of(delivery.incidentId), delivery]);
  }

  /** Accepted deliveries of the incident, oldest first. */
  of(incidentId: string): readonly Delivery[] {
    return this.#accepted.get(incidentId) ?? [];
  }

  /** Ids of the channels that were told. */
  channelIds(incidentId: string): readonly string[] {
    return [...new Set(this.of(incidentId).map(({ channelId }) => channelId))];
  }

  /** The first message of the incident on a channel; undefined when it never got one. */
  first(incidentId: string, channelId: string): Delivery | undefined {
    return this.of(incidentId).find((delivery) => delivery.channelId === channelId && delivery.edits === undefined);
  }

  /** The first message on each channel. */
  firsts(incidentId: string): readonly Delivery[] {
    return this.channelIds(incidentId).flatMap((channelId) => this.first(incidentId, channelId) ?? []);
  }

  /** Forgets the incidents that are over and can't come back. */
  keep(isKnown: (incidentId: string) => boolean): void {
    for (const id of this.#accepted.keys()) if (!isKnown(id)) this.#accepted.delete(id);
  }
}
