import type { Json } from '../kernel/json.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Incident } from '../incident/incident.ts';
import type { Reason } from '../monitor/reason.ts';
import {
  CALM,
  decideStorm,
  stormIncident,
  withStorm,
  type StormBoard,
  type StormEffect,
  type StormEvent,
} from '../incident/storm.ts';
import type { Core, Turn } from './core.ts';
import type { Incidents } from './incidents.ts';

/** So long after a member joined, the storm's message is changed. */
const GROWN_AFTER_MS: Ms = SECOND;

/** What a storm leads to in what people hear. */
export interface StormListener {
  /** Told by a conversation of its own: a single incident, or the storm as a whole. */
  alone(turn: Turn, incident: Incident): void;
  /** Its own conversation ends: the storm speaks for it. */
  hush(turn: Turn, member: Incident): void;
  grown(turn: Turn, storm: Incident): void;
  over(turn: Turn, storm: Incident): void;
  /** The open incident of something it depends on. */
  blocker(incident: Incident): Incident | undefined;
  /** How many services have a target on the host; all when no host is given. */
  servicesOn(host: string | undefined): number;
}

/** Runs the storm machine: holds first messages back while many are in doubt, and makes one incident of those that share a cause. */
export class Storms {
  readonly #core: Core;
  readonly #incidents: Incidents;
  readonly #listener: StormListener;
  #board: StormBoard = CALM;

  constructor(core: Core, incidents: Incidents, listener: StormListener) {
    this.#core = core;
    this.#incidents = incidents;
    this.#listener = listener;
  }

  /** Takes over the storms and held messages of a former run. */
  restore(board: Json | undefined): void {
    if (board === undefined) return;
    this.#board = board as unknown as StormBoard;
    this.#core.deadlines.set('storm', this.#core.clock.now(), () => this.#tick());
  }

  /** Feeds the machine and acts on what it says. */
  feed(turn: Turn, event: StormEvent): void {
    const [board, effects] = decideStorm(this.#board, event, this.#core.settings().detection.storm);
    this.#board = board;
    for (const effect of effects) this.#weather(turn, effect);
    turn.write({ put: 'state', subject: 'storm', state: this.#board as unknown as Json });
  }

  /** A member knows better why: what they share is told as that, if it is the machine itself. */
  explain(turn: Turn, storm: Incident, cause: Reason | undefined): void {
    if (storm.storm === undefined || cause?.code !== 'host.gone' || storm.storm.commonCause.code === cause.code) return;
    if (storm.storm.host !== cause.params['host']) return;
    this.#incidents.adopt(turn, { ...storm, storm: { ...storm.storm, commonCause: cause } });
    this.#grownSoon(storm.id);
  }

  #tick(): void {
    const turn = this.#core.turn();
    this.feed(turn, { type: 'tick', at: this.#core.clock.now() });
    void turn.commit();
  }

  #weather(turn: Turn, effect: StormEffect): void {
    switch (effect.do) {
      case 'wake':
        this.#core.deadlines.set('storm', effect.at, () => this.#tick());
        return;
      case 'tell-alone':
        this.#released(turn, effect.incidentId);
        return;
      case 'open-storm':
        this.#openStorm(turn, effect);
        return;
      case 'join-storm':
        this.#joinStorm(turn, effect.stormId, effect.incidentId);
        return;
      case 'end-storm':
        this.#endStorm(turn, effect.stormId);
    }
  }

  /** No storm: told alone, unless it is over or what it depends on turned out to be the cause meanwhile. */
  #released(turn: Turn, incidentId: string): void {
    const incident = this.#incidents.known(incidentId);
    if (incident === undefined || incident.state === 'closed') return;
    const blocker = this.#listener.blocker(incident);
    if (blocker === undefined) this.#listener.alone(turn, incident);
    else
      this.#incidents.feedIncident(turn, incident, { type: 'joined-storm', at: this.#wallNow(), stormId: blocker.id });
  }

  #openStorm(turn: Turn, effect: Extract<StormEffect, { do: 'open-storm' }>): void {
    const members = effect.members
      .map((id) => this.#incidents.known(id))
      .filter((one) => one?.state === 'open') as Incident[];
    const storm = stormIncident({
      id: this.#core.newId(),
      code: this.#core.newCode(),
      at: this.#wallNow(),
      members,
      of: this.#listener.servicesOn(effect.host),
      commonCause: effect.commonCause,
      ...(effect.host === undefined ? {} : { host: effect.host }),
    });
    this.#board = withStorm(this.#board, {
      stormId: storm.id,
      key: effect.key,
      openedAt: effect.at,
      severity: effect.severity,
      members: members.map(({ id }) => id),
    });
    this.#incidents.adopt(turn, storm);
    for (const member of members) {
      this.#incidents.feedIncident(turn, member, { type: 'joined-storm', at: storm.detectedAt, stormId: storm.id });
      this.#listener.hush(turn, member);
    }
    this.#listener.alone(turn, storm);
  }

  #joinStorm(turn: Turn, stormId: string, incidentId: string): void {
    const storm = this.#incidents.known(stormId);
    const member = this.#incidents.known(incidentId);
    if (storm?.storm === undefined || member === undefined) return;
    this.#incidents.feedIncident(turn, member, { type: 'joined-storm', at: this.#wallNow(), stormId });
    const grown: Incident = {
      ...storm,
      storm: { ...storm.storm, serviceIds: [...new Set([...storm.storm.serviceIds, member.serviceId ?? ''])] },
    };
    this.#incidents.adopt(turn, grown);
    this.#grownSoon(stormId);
  }

  /** A thousand that join within a second change the storm's message once. */
  #grownSoon(stormId: string): void {
    const { deadlines, clock } = this.#core;
    const key = `grown ${stormId}`;
    if (deadlines.at(key) !== undefined) return;
    deadlines.set(key, clock.now() + GROWN_AFTER_MS, () => {
      const storm = this.#incidents.known(stormId);
      if (storm?.state !== 'open') return;
      const turn = this.#core.turn();
      this.#listener.grown(turn, storm);
      void turn.commit();
    });
  }

  #endStorm(turn: Turn, stormId: string): void {
    const storm = this.#incidents.known(stormId);
    if (storm === undefined || storm.state === 'closed') return;
    const at = this.#wallNow();
    const closed: Incident = {
      ...storm,
      state: 'closed',
      closedAt: at,
      end: { to: { at } },
      transition: storm.transition + 1,
    };
    this.#incidents.adopt(turn, closed);
    this.#listener.over(turn, closed);
  }

  #wallNow(): EpochMs {
    return this.#core.clock.toWall(this.#core.clock.now());
  }
}
