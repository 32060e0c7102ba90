import { defined } from '../kernel/defined.ts';
import type { Json } from '../kernel/json.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AlertFacts, AlertKind, Channel, Delivery, Policy } from '../alert/model.ts';
import type { Reason } from '../monitor/reason.ts';
import type { IncidentEffect } from '../incident/events.ts';
import type { Incident } from '../incident/incident.ts';
import { isHealing } from '../incident/parts.ts';
import { alertOf, policyNamed } from './alerts.ts';
import type { Conversations } from './conversations.ts';
import type { Core, Turn } from './core.ts';
import { alertKindOf, type Incidents, type Teller } from './incidents.ts';
import { Notes } from './notes.ts';
import type { Outbox } from './outbox.ts';
import { Relations } from './relations.ts';
import { Storms } from './storms.ts';

/** What the tidings need to know of the monitors right now. */
export interface Surroundings {
  /** How many services are in doubt or freshly hurt. */
  inDoubt(): number;
  /** Is this service in doubt or hurt? */
  isHurtOrSuspect(serviceId: string): boolean;
  /** Where a service's hurt monitor points to. */
  hostOf(incident: Incident): string | undefined;
  /** Why, as far as it may be one cause for many: that nobody answers inside its host goes before what was seen from outside. */
  causeOf(incident: Incident): Reason | undefined;
  /** How many services have a target on the host; all when no host is given. */
  servicesOn(host: string | undefined): number;
}

type News = Extract<IncidentEffect, { do: 'tell' }>['news'];
type Change = Extract<IncidentEffect, { do: 'converse' }>['change'];

/**
 * Decides by which conversation news reach people: alone, within a storm, or not at all because what the service depends on is down and told of
 * already.
 */
export class Tidings implements Teller {
  readonly #core: Core;
  readonly #incidents: Incidents;
  readonly #conversations: Conversations;
  readonly #outbox: Outbox;
  readonly #facts: (kind: AlertKind, incident: Incident) => AlertFacts;
  readonly #around: Surroundings;
  readonly #silentPossible: (channel: Channel) => boolean;
  readonly #mutedUntil: (serviceId: string) => EpochMs;
  readonly #storms: Storms;
  readonly #relations: Relations;
  /** When an incident's evidence changed last. */
  readonly #changedAt = new Map<string, EpochMs>();
  /** News that no incident carries. */
  readonly notes: Notes;

  constructor(parts: {
    readonly core: Core;
    readonly incidents: Incidents;
    readonly conversations: Conversations;
    readonly outbox: Outbox;
    readonly facts: (kind: AlertKind, incident: Incident) => AlertFacts;
    readonly around: Surroundings;
    readonly silentPossible: (channel: Channel) => boolean;
    readonly mutedUntil: (serviceId: string) => EpochMs;
  }) {
    this.#core = parts.core;
    this.#incidents = parts.incidents;
    this.#conversations = parts.conversations;
    this.#outbox = parts.outbox;
    this.#facts = parts.facts;
    this.#around = parts.around;
    this.#silentPossible = parts.silentPossible;
    this.#mutedUntil = parts.mutedUntil;
    this.notes = new Notes(parts);
    this.#relations = new Relations(this.#core, this.#incidents);
    this.#storms = new Storms(this.#core, this.#incidents, {
      alone: (turn, incident) => this.#alone(turn, incident),
      hush: (turn, member) =>
        this.#conversations.change(turn, member, { type: 'recovered', at: this.#core.clock.now() }),
      grown: (turn, storm) => this.#outbox.edit(turn, storm, this.#facts('storm', storm)),
      over: (turn, storm) => this.#recovered(turn, storm),
      blocker: (incident) => this.#relations.blocker(incident),
      servicesOn: (host) => this.#around.servicesOn(host),
    });
  }

  /** Takes over the storms and held messages of a former run. */
  restore(board: Json | undefined): void {
    this.#storms.restore(board);
  }

  tell(turn: Turn, news: News, incident: Incident): void {
    switch (news) {
      case 'opened':
        this.#opened(turn, incident);
        return;
      case 'relapsed':
        this.#relapsed(turn, incident);
        return;
      case 'worse':
        this.#worse(turn, incident);
        return;
      case 'eased':
        this.#eased(turn, incident);
        return;
      case 'update':
        this.#updated(turn, incident);
        return;
      case 'recovered':
        this.#recovered(turn, incident);
        return;
      case 'unseen':
        this.#once(turn, 'unseen', incident);
        return;
      default:
        this.#evidence(turn, incident, news === 'named');
    }
  }

  converse(turn: Turn, change: Change, incident: Incident): void {
    const at = this.#core.clock.now();
    switch (change) {
      case 'acknowledged':
        this.#acknowledged(turn, incident);
        return;
      case 'closed':
        this.#closedByHand(turn, incident);
        return;
      case 'muted': {
        const until = this.#steady(incident.mutedUntil ?? 0);
        this.#conversations.change(turn, incident, { type: 'muted', at, until });
        return;
      }
      case 'loud-now':
        this.#conversations.change(turn, incident, { type: 'loud-now', at });
        return;
      default:
        this.#conversations.change(turn, incident, { type: 'recovering', at, on: change === 'recovering' });
    }
  }

  /** Who has a storm has its members. */
  #acknowledged(turn: Turn, incident: Incident): void {
    const { acknowledged } = incident;
    this.#conversations.change(turn, incident, { type: 'acknowledged', at: this.#core.clock.now() });
    this.#outbox.edit(turn, incident, this.#facts(alertKindOf(incident), incident));
    if (acknowledged === undefined) return;
    for (const member of this.#relations.membersOf(incident))
      this.#incidents.feedIncident(turn, member, { type: 'acknowledge', ...acknowledged });
  }

  #closedByHand(turn: Turn, incident: Incident): void {
    const { closedBy: by, closedAt: at } = incident;
    if (by === undefined || at === undefined) return;
    for (const member of this.#relations.membersOf(incident))
      this.#incidents.feedIncident(turn, member, { type: 'resolve', at, by });
  }

  /** Sends an open incident's first messages anew in place, with fresh buttons. */
  async refresh(incidentId: string): Promise<void> {
    const incident = this.#incidents.known(incidentId);
    if (incident?.state !== 'open') return;
    const turn = this.#core.turn();
    this.#outbox.edit(turn, incident, this.#facts(alertKindOf(incident), incident));
    await turn.commit();
  }

  /** What is told can be told better now: the first messages change; whoever was told without the cause, and can't see the change, hears of it. */
  #evidence(turn: Turn, incident: Incident, isNamed: boolean): void {
    this.#changedAt.set(incident.id, this.#core.clock.now());
    const parent = this.#incidents.known(incident.parentId ?? '');
    if (parent !== undefined && this.#relations.isSpokenFor(incident)) {
      this.#storms.explain(turn, parent, this.#around.causeOf(incident));
      return;
    }
    this.#outbox.edit(turn, incident, this.#facts(alertKindOf(incident), incident));
    if (!isNamed) return;
    this.#outbox.amend(turn, alertOf(this.#core, this.#facts('update', incident), incident.transition), incident);
  }

  /** A message went out: what became known while it was on its way is put into it. */
  sent({ incidentId, edits, claimedAt }: Delivery): void {
    const changedAt = incidentId === undefined ? undefined : this.#changedAt.get(incidentId);
    const isNew = claimedAt !== undefined && changedAt !== undefined && changedAt >= claimedAt;
    if (incidentId === undefined || !isNew || edits !== undefined) return;
    this.refresh(incidentId).catch((error: unknown) => this.#core.bug('tidings', error));
  }

  /** Nobody will hear of it any more. */
  forget(isKnown: (incidentId: string) => boolean): void {
    for (const id of this.#changedAt.keys()) if (!isKnown(id)) this.#changedAt.delete(id);
  }

  #opened(turn: Turn, incident: Incident): void {
    const blocker = this.#relations.blocker(incident);
    if (blocker !== undefined) {
      const at = incident.detectedAt;
      this.#incidents.feedIncident(turn, incident, { type: 'joined-storm', at, stormId: blocker.id });
      return;
    }
    const waitsForParent = this.#relations.parents(incident).some((id) => this.#around.isHurtOrSuspect(id));
    const [host, reason] = [this.#around.hostOf(incident), this.#around.causeOf(incident)];
    this.#storms.feed(turn, {
      type: 'opened',
      at: this.#core.clock.now(),
      casualty: {
        incidentId: incident.id,
        serviceId: incident.serviceId ?? '',
        severity: incident.severity,
        ...defined({ host, reason }),
      },
      inDoubt: waitsForParent ? Number.MAX_SAFE_INTEGER : this.#around.inDoubt(),
    });
  }

  #relapsed(turn: Turn, incident: Incident): void {
    const parent = incident.parentId === undefined ? undefined : this.#incidents.known(incident.parentId);
    if (parent !== undefined && this.#relations.isSpokenFor(incident)) {
      this.#outbox.edit(turn, parent, this.#facts(alertKindOf(parent), parent));
      return;
    }
    const at = this.#core.clock.now();
    const until = this.#muteOf(incident);
    if (until !== undefined) this.#conversations.change(turn, incident, { type: 'muted', at, until });
    if (this.#conversations.of(incident.id) === undefined) this.#alone(turn, incident);
    else this.#conversations.change(turn, incident, { type: 'relapsed', at }, alertKindOf(incident));
    this.#outbox.edit(turn, incident, this.#facts(alertKindOf(incident), incident));
  }

  #worse(turn: Turn, incident: Incident): void {
    if (this.#relations.isSpokenFor(incident)) return;
    this.#alone(turn, incident);
    this.#outbox.edit(turn, incident, this.#facts(alertKindOf(incident), incident));
  }

  /** What was grave is over: nobody is called for what is left. */
  #eased(turn: Turn, incident: Incident): void {
    const { severity } = incident;
    const at = this.#core.clock.now();
    this.#conversations.change(turn, incident, { type: 'eased', at, severity, withheld: isHealing(incident) });
    this.#updated(turn, incident);
    this.#freeDependants(turn, incident);
  }

  #updated(turn: Turn, incident: Incident): void {
    if (this.#relations.isSpokenFor(incident)) return;
    this.#outbox.follow(turn, alertOf(this.#core, this.#facts('update', incident), incident.transition), incident);
    this.#outbox.edit(turn, incident, this.#facts(alertKindOf(incident), incident));
  }

  #recovered(turn: Turn, incident: Incident): void {
    const at = this.#core.clock.now();
    this.#conversations.change(turn, incident, { type: 'recovered', at });
    if (!this.#relations.isSpokenFor(incident)) {
      const facts = this.#facts('recovered', incident);
      this.#outbox.recovered(turn, alertOf(this.#core, facts, incident.transition), incident);
    }
    this.#storms.feed(turn, { type: 'closed', at, incidentId: incident.id });
    this.#freeDependants(turn, incident);
  }

  /** Those that kept quiet because of this one (a relapsed member of a storm, too) speak for themselves if they are still hurt. */
  #freeDependants(turn: Turn, parent: Incident): void {
    for (const child of this.#relations.freedBy(parent))
      if (this.#conversations.of(child.id)?.ended !== false) this.#alone(turn, child);
  }

  #alone(turn: Turn, incident: Incident): void {
    this.#conversations.open(turn, incident, this.#policyOf(incident), alertKindOf(incident), {
      mutedUntil: this.#muteOf(incident),
      withheld: isHealing(incident),
    });
  }

  #once(turn: Turn, kind: AlertKind, incident: Incident): void {
    if (this.#muteOf(incident) !== undefined) return;
    const alert = alertOf(this.#core, this.#facts(kind, incident), incident.transition);
    this.#outbox.put(turn, alert, this.#policyOf(incident).steps[0]?.notify ?? [], { loud: false, step: '0' });
  }

  #policyOf({ serviceId }: Incident): Policy {
    const service = this.#core.registry.services().find(({ id }) => id === serviceId);
    return policyNamed(this.#core, service?.policy, this.#silentPossible);
  }

  /** Until when nobody is to hear of it, on the watch's own time; undefined when it is not muted. */
  #muteOf({ serviceId, mutedUntil = 0 }: Incident): EpochMs | undefined {
    const until = Math.max(serviceId === undefined ? 0 : this.#mutedUntil(serviceId), mutedUntil);
    return until > this.#wallNow() ? this.#steady(until) : undefined;
  }

  #wallNow(): EpochMs {
    return this.#core.clock.toWall(this.#core.clock.now());
  }

  /** A moment of the wall clock on the watch's own time. */
  #steady(wall: EpochMs): EpochMs {
    return wall - (this.#wallNow() - this.#core.clock.now());
  }
}
