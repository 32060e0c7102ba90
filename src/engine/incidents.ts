import { Fault } from '../kernel/fault.ts';
import type { AlertKind } from '../alert/model.ts';
import { decide } from '../incident/decide.ts';
import type { IncidentEffect, IncidentEvent, Ward } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import type { Json } from '../kernel/json.ts';
import type { Core, Turn } from './core.ts';

/** What is to be told of, and how a conversation changes: the tidings' part (see tidings.ts). */
export interface Teller {
  tell(turn: Turn, news: Extract<IncidentEffect, { do: 'tell' }>['news'], incident: Incident): void;
  converse(turn: Turn, change: Extract<IncidentEffect, { do: 'converse' }>['change'], incident: Incident): void;
}

/** Every incident that is open or may still relapse: feeds the pure machine, saves what it says, passes on what people must hear. */
export class Incidents {
  readonly #core: Core;
  readonly #wards = new Map<string, Ward>();
  /** Those that are over, until they can come back no more and nothing about them waits. */
  readonly #ended = new Map<string, Incident>();
  #teller: Teller | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Who tells; set once by the wiring. */
  tellBy(teller: Teller): void {
    this.#teller = teller;
  }

  /** Takes over what a former run left. */
  restore(open: readonly Incident[], recent: readonly Incident[]): void {
    for (const incident of recent) {
      this.#wards.set(wardKey(incident), { last: incident });
      this.#ended.set(incident.id, incident);
    }
    for (const incident of open)
      this.#wards.set(wardKey(incident), { ...this.#wards.get(wardKey(incident)), open: incident });
  }

  /** Every open incident, storms included. */
  open(): readonly Incident[] {
    return [...this.#wards.values()].flatMap(({ open }) => (open === undefined ? [] : [open]));
  }

  openOf(serviceId: string): Incident | undefined {
    return this.#wards.get(`service ${serviceId}`)?.open;
  }

  /** Is an incident of the service open, or did one end lately in which this app had a part? What an agent tells belongs to it. */
  isLately(serviceId: string, appId: string): boolean {
    const ward = this.#wards.get(`service ${serviceId}`);
    if (ward?.open !== undefined) return true;
    const { relapseMs } = this.#core.settings().detection;
    const wall = this.#core.clock.toWall(this.#core.clock.now());
    const closedAt = ward?.last?.closedAt;
    const isOfIt = ward?.last?.scenes?.some((scene) => scene.appId === appId) === true;
    return isOfIt && closedAt !== undefined && Math.abs(wall - closedAt) <= relapseMs;
  }

  /** One that is open or ended lately, by id or code. */
  known(idOrCode: string): Incident | undefined {
    for (const ward of this.#wards.values()) {
      for (const incident of [ward.open, ward.last]) {
        if (incident !== undefined && (incident.id === idOrCode || incident.code === idOrCode.toUpperCase()))
          return incident;
      }
    }
    return this.#ended.get(idOrCode);
  }

  /** Forgets what is over and can't come back, unless something about it waits; each service keeps its last one. */
  forgetEnded(isNeeded: (incidentId: string) => boolean): void {
    const { clock } = this.#core;
    const before = clock.toWall(clock.now()) - this.#core.settings().detection.relapseMs;
    for (const [id, incident] of this.#ended) {
      if ((incident.closedAt ?? 0) >= before || isNeeded(id)) continue;
      this.#ended.delete(id);
      if (incident.kind === 'storm') this.#wards.delete(wardKey(incident));
    }
  }

  /** Feeds an event of a service's ward. */
  feed(turn: Turn, serviceId: string, event: IncidentEvent): void {
    this.#feed(turn, `service ${serviceId}`, event);
  }

  /** Feeds an event of the incident itself, be it a service's or a storm. */
  feedIncident(turn: Turn, incident: Incident, event: IncidentEvent): void {
    const ward = this.#wards.get(wardKey(incident));
    const present = ward?.open ?? ward?.last;
    if (present === undefined || present.id === incident.id) this.#feed(turn, wardKey(incident), event);
    else this.#feedEnded(turn, incident, event);
  }

  /** What is heard late of an incident that is over is not the present one's. */
  #feedEnded(turn: Turn, incident: Incident, event: IncidentEvent): void {
    const key = wardKey(incident);
    const ward = this.#wards.get(key);
    const [{ last }, effects] = decide({ last: incident }, event, { relapseMs: 0 });
    if (ward !== undefined && ward.last?.id === incident.id && last !== undefined)
      this.#wards.set(key, { ...ward, last });
    for (const effect of effects) this.#act(turn, effect);
  }

  /** Puts in place an incident that another machine made (a storm), saving it. */
  adopt(turn: Turn, incident: Incident): void {
    const key = wardKey(incident);
    this.#wards.set(key, incident.state === 'open' ? { open: incident } : { last: incident });
    this.#save(turn, incident);
  }

  /** By id or code, from the memory or the store. @throws Fault NOT_FOUND */
  async find(idOrCode: string): Promise<Incident> {
    const incident = this.known(idOrCode) ?? (await this.#core.store.incident(idOrCode));
    if (incident === undefined)
      throw new Fault('NOT_FOUND', `There is no incident "${idOrCode}".`, 'dozor incidents lists them.');
    return incident;
  }

  #feed(turn: Turn, key: string, event: IncidentEvent): void {
    const { relapseMs } = this.#core.settings().detection;
    const [ward, effects] = decide(this.#wards.get(key) ?? {}, event, { relapseMs });
    this.#wards.set(key, ward);
    for (const effect of effects) this.#act(turn, effect);
  }

  #act(turn: Turn, effect: IncidentEffect): void {
    switch (effect.do) {
      case 'save':
        this.#save(turn, effect.incident);
        return;
      case 'timeline':
        turn.write({
          put: 'timeline',
          entry: {
            id: this.#core.newId(),
            incidentId: effect.incidentId,
            at: effect.at,
            source: effect.source,
            data: effect.data,
          },
        });
        turn.event('timeline', effect.data as unknown as Json, { incidentId: effect.incidentId });
        return;
      case 'tell':
        this.#teller?.tell(turn, effect.news, effect.incident);
        return;
      case 'converse':
        this.#teller?.converse(turn, effect.change, effect.incident);
    }
  }

  #save(turn: Turn, incident: Incident): void {
    if (incident.state === 'closed') this.#ended.set(incident.id, incident);
    else this.#ended.delete(incident.id);
    turn.write({ put: 'incident', incident });
    turn.event('incident', incident as unknown as Json, {
      incidentId: incident.id,
      ...(incident.serviceId === undefined ? {} : { serviceId: incident.serviceId }),
    });
  }
}

/** Services have one ward each; a storm is a ward of its own. */
const wardKey = (incident: Incident): string =>
  incident.serviceId === undefined ? `storm ${incident.id}` : `service ${incident.serviceId}`;

/** What an incident's first message is about. */
export const alertKindOf = (incident: Incident): AlertKind => {
  if (incident.kind === 'storm') return 'storm';
  if (incident.toldLate) return 'unseen';
  return incident.severity === 'critical' ? 'down' : 'degraded';
};
