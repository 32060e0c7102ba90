import { Fault } from '../kernel/fault.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Actor, Incident } from '../incident/incident.ts';
import type { IncidentEvent } from '../incident/events.ts';
import type { Core, Turn } from './core.ts';
import type { Incidents } from './incidents.ts';

/** A note is kept to so many characters. */
const NOTE_CHARACTERS = 4_000;

/** What people do about incidents; each is saved before the promise resolves. */
export class People {
  readonly #core: Core;
  readonly #incidents: Incidents;

  constructor(core: Core, incidents: Incidents) {
    this.#core = core;
    this.#incidents = incidents;
  }

  /** Somebody has it: steps and repeats end. Doing it again changes nothing. @throws Fault NOT_FOUND, CONFLICT */
  async acknowledge(idOrCode: string, by: Actor): Promise<Incident> {
    const incident = await this.#open(idOrCode);
    if (incident.acknowledged !== undefined) return incident;
    return this.#do(incident, { type: 'acknowledge', at: this.#wall(), by }, by, 'incident.acknowledge');
  }

  /** @throws Fault NOT_FOUND, INPUT_INVALID */
  async note(idOrCode: string, text: string, by: Actor): Promise<Incident> {
    const note = text.trim();
    if (note === '') throw new Fault('INPUT_INVALID', 'The note is empty.', 'Say what was seen or done.');
    const incident = await this.#incidents.find(idOrCode);
    if (this.#incidents.known(incident.id) !== undefined) {
      return this.#do(
        incident,
        { type: 'note', at: this.#wall(), by, text: note.slice(0, NOTE_CHARACTERS) },
        by,
        'incident.note',
      );
    }
    const turn = this.#core.turn();
    const data = { type: 'note', by, text: note.slice(0, NOTE_CHARACTERS) } as const;
    turn.write({
      put: 'timeline',
      entry: { id: this.#core.newId(), incidentId: incident.id, at: this.#wall(), source: 'person', data },
    });
    await this.#commit(turn, by, 'incident.note', incident.id);
    return incident;
  }

  /** @throws Fault NOT_FOUND, CONFLICT */
  async mute(idOrCode: string, forMs: Ms, by: Actor): Promise<Incident> {
    const incident = await this.#open(idOrCode);
    return this.#do(incident, { type: 'mute', at: this.#wall(), until: this.#wall() + forMs, by }, by, 'incident.mute');
  }

  /** Closes it by hand: fresh bad evidence opens a new one. @throws Fault NOT_FOUND, CONFLICT */
  async resolve(idOrCode: string, by: Actor): Promise<Incident> {
    const incident = await this.#open(idOrCode);
    return this.#do(incident, { type: 'resolve', at: this.#wall(), by }, by, 'incident.resolve');
  }

  async #open(idOrCode: string): Promise<Incident> {
    const incident = await this.#incidents.find(idOrCode);
    if (incident.state === 'closed')
      throw new Fault(
        'CONFLICT',
        `Incident ${incident.code} is over.`,
        'Only an open incident can be changed; a note can still be written.',
      );
    return incident;
  }

  async #do(incident: Incident, event: IncidentEvent, by: Actor, action: string): Promise<Incident> {
    const turn = this.#core.turn();
    this.#incidents.feedIncident(turn, incident, event);
    await this.#commit(turn, by, action, incident.id);
    return this.#incidents.known(incident.id) ?? incident;
  }

  async #commit(turn: Turn, by: Actor, action: string, subject: string): Promise<void> {
    turn.write({
      put: 'audit',
      entry: { id: this.#core.newId(), at: this.#wall(), actor: by.name, via: by.via, action, subject },
    });
    const saved = await turn.commit();
    if (!saved.saved)
      throw new Fault(
        'STORE_UNAVAILABLE',
        `It is done but could not be saved: ${saved.error}`,
        'Free space on the disk of Dozor.',
      );
  }

  #wall(): EpochMs {
    return this.#core.clock.toWall(this.#core.clock.now());
  }
}
