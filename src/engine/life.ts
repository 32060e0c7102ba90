import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../kernel/defined.ts';
import { Fault } from '../kernel/fault.ts';
import { formatSpan, MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import { kindOf } from '../monitor/kinds/index.ts';
import type { Incident } from '../incident/incident.ts';
import type { DetectionRules } from '../monitor/rules.ts';
import type { Applied } from './definitions.ts';
import { ownerOf } from './host-troubles.ts';
import { stateSubject } from './watched.ts';
import type { Parts } from './wire.ts';

/** How often the brain notes that it is alive, at most: bounds what is not known of its own gap. */
const ALIVE_EVERY_MS: Ms = 5 * SECOND;
const TEND_EVERY_MS: Ms = MINUTE;
/** At the end a message that is being sent is waited for so long: its outcome is worth a line in the store. */
const LAST_SEND_MS: Ms = 3 * SECOND;

/** What the agents watch, and whom it concerns. */
const TOUCHES_HOSTS: ReadonlySet<string> = new Set(['service', 'host', 'app']);

/** A span in which the brain saw nothing; `clean` when it was stopped properly. */
export interface OwnGap {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly clean: boolean;
}

/** What the life of a brain consists of besides answering: beginning where the last one ended, its pulse, its end. */
export class Life {
  readonly #parts: Parts;
  readonly #onNote: (text: string) => void;
  readonly #afterApply: () => void;
  #lastBeat: EpochMs;
  #hasResumed = false;
  #scarcity: string | undefined;

  constructor(parts: Parts, onNote: (text: string) => void, afterApply: () => void) {
    this.#parts = parts;
    this.#onNote = onNote;
    this.#afterApply = afterApply;
    this.#lastBeat = parts.core.clock.now();
  }

  /** Puts what is defined in force; monitors that are new to the watch are spread over their first interval. */
  apply(defined: readonly Applied[]): void {
    const { core, pauses } = this.#parts;
    const applied = defined.map((one) => pauses.over(one));
    for (const one of applied) core.registry.put(one.resource, one.compiled);
    const monitors = applied.filter(({ resource }) => resource.kind === 'monitor');
    for (const [index, one] of monitors.entries()) this.#applyMonitor(one, { index, of: monitors.length });
    for (const { resource } of applied) if (resource.kind === 'channel') this.#parts.dispatch.pump(resource.id);
    if (this.#hasResumed) this.#parts.maintenance.look();
    if (this.#hasResumed && applied.some(({ resource }) => TOUCHES_HOSTS.has(resource.kind)))
      this.#parts.hosts.applied();
    this.#afterApply();
  }

  /** Goes on where the last run ended. Returns the gap in between, if there is one to speak of. */
  async resume(): Promise<OwnGap | undefined> {
    const { core, snapshot, incidents, conversations, tidings, dispatch, pairings, deploys, mutes, maintenance } =
      this.#parts;
    incidents.restore(snapshot.openIncidents, snapshot.recentIncidents);
    pairings.restore(snapshot.meta);
    mutes.restore(snapshot.meta);
    deploys.restore(snapshot.meta.get('last-changes'));
    conversations.restore(snapshot.states);
    tidings.restore(snapshot.states.get('storm'));
    const off = this.#off();
    // However short it was: an outage that was in doubt may have ended in it.
    this.#feedGap(off.from, off.to);
    const gap = off.to - off.from < this.#rules().gapMs ? undefined : off;
    if (gap !== undefined) await this.#tellGap(gap);
    this.#parts.hosts.restore(snapshot.states);
    this.#retireOrphans(snapshot.openIncidents);
    const told = [...snapshot.openIncidents, ...snapshot.recentIncidents].map(({ id }) => id);
    await dispatch.restore(snapshot.pendingDeliveries, snapshot.alerts, told);
    conversations.resume();
    this.#hasResumed = true;
    maintenance.restore(snapshot.meta);
    maintenance.look();
    this.#parts.hosts.applied();
    core
      .turn()
      .event('started', { ...defined({ gap: gap === undefined ? undefined : { from: gap.from, to: gap.to } }) })
      .commit()
      .catch((error: unknown) => core.bug('start', error));
    return gap;
  }

  /** Notes that it is alive, tends the store, notices its own stalls and a clock that is set. */
  start(): void {
    const { core } = this.#parts;
    const beat = (): void => {
      this.#beat();
      core.deadlines.set('alive', core.clock.now() + this.#aliveEveryMs(), beat);
    };
    const tend = (): void => {
      core.store
        .tend(core.clock.now())
        .catch((error: unknown) => core.unsaved(error))
        .finally(() => {
          this.#noteRoom();
          core.deadlines.set('tend', core.clock.now() + TEND_EVERY_MS, tend);
        });
    };
    beat();
    this.#noteRoom();
    core.deadlines.set('tend', core.clock.now() + TEND_EVERY_MS, tend);
  }

  /** Writes down where things stand, so that the next run's brackets are narrow. */
  async end(): Promise<void> {
    const { core, watch, dispatch } = this.#parts;
    core.deadlines.close();
    this.#parts.hosts.stop();
    watch.stop();
    await Promise.race([dispatch.idle(), delay(LAST_SEND_MS, undefined, { ref: false })]);
    await core
      .turn()
      .write(
        { put: 'meta', key: 'alive-at', value: core.clock.now() },
        { put: 'meta', key: 'stopped-clean', value: true },
      )
      .event('stopped', {})
      .commit();
  }

  /** Looks up what each monitor saw last: for the page, and for brackets that are as narrow as the evidence. */
  async recall(): Promise<void> {
    const { core, watch } = this.#parts;
    for (const one of watch.all()) {
      const [check] = (await core.store.checks({ monitor: one.monitor.num, limit: 1 })).items;
      if (check === undefined) continue;
      one.last ??= check;
      const known = one.state.lastGood?.at ?? 0;
      if (check.class === 'ok' && check.startedAt > known)
        one.state = { ...one.state, lastGood: { at: check.startedAt, source: check.source } };
    }
  }

  #rules(): DetectionRules {
    return this.#parts.core.settings().detection;
  }

  #aliveEveryMs(): Ms {
    return Math.min(ALIVE_EVERY_MS, this.#rules().gapMs / 2);
  }

  #applyMonitor({ resource, compiled }: Applied, spread: { readonly index: number; readonly of: number }): void {
    const { watch, hearts, snapshot } = this.#parts;
    if (compiled?.kind !== 'monitor') {
      watch.remove(resource.id);
      hearts.remove(resource.id);
      this.#withdraw(resource.id, resource.parentId ?? '');
      return;
    }
    const monitor = compiled.value;
    const kind = kindOf(monitor.kind);
    if (kind === undefined) throw new Fault('CONFIG_INVALID', `There is no monitor kind "${monitor.kind}".`);
    const kept = snapshot.states.get(stateSubject(monitor.id));
    if (kind.passive) {
      watch.remove(monitor.id);
      hearts.put(monitor, kind, kept);
    } else if (watch.of(monitor.id) === undefined) {
      hearts.remove(monitor.id);
      watch.add(monitor, kind, kept, spread);
    } else watch.change(monitor, kind);
    if (monitor.paused) this.#withdraw(monitor.id, monitor.serviceId);
  }

  #withdraw(monitorId: string, serviceId: string): void {
    const { core, incidents } = this.#parts;
    const turn = core.turn();
    incidents.feed(turn, serviceId, { type: 'withdrawn', at: core.clock.toWall(core.clock.now()), monitorId });
    void turn.commit();
  }

  /** Incidents of monitors that are gone since the last run close: nobody will ever see them recover. */
  #retireOrphans(open: readonly Incident[]): void {
    const { core } = this.#parts;
    const living = new Set(
      core.registry
        .monitors()
        .filter(({ paused }) => !paused)
        .map(({ id }) => id),
    );
    for (const { id } of [...core.registry.apps(), ...core.registry.hosts()]) living.add(id);
    for (const incident of open) {
      for (const { monitorId } of incident.involved)
        if (!living.has(ownerOf(monitorId))) this.#withdraw(monitorId, incident.serviceId ?? '');
    }
  }

  /** The time since the last run was alive; none when there was no such run. */
  #off(): OwnGap {
    const { core, snapshot } = this.#parts;
    const alive = snapshot.meta.get('alive-at');
    const to = core.clock.now();
    return { from: typeof alive === 'number' ? alive : to, to, clean: snapshot.meta.get('stopped-clean') === true };
  }

  async #tellGap(gap: OwnGap): Promise<void> {
    const { core, tidings, incidents } = this.#parts;
    const manner = gap.clean ? 'stopped' : 'not alive';
    const seconds = Math.round((gap.to - gap.from) / SECOND);
    this.#onNote(`Dozor itself was ${manner} for ${formatSpan(seconds * SECOND)}: nothing was watched.`);
    const turn = core.turn();
    turn.write({ put: 'span', span: { id: core.newId(), kind: 'gap', from: gap.from, to: gap.to } });
    turn.event('gap', { from: gap.from, to: gap.to, clean: gap.clean });
    for (const incident of incidents.open())
      incidents.feedIncident(turn, incident, { type: 'gap', at: gap.to, from: gap.from, to: gap.to });
    if (!gap.clean && gap.to - gap.from >= this.#rules().gapNoteMs) {
      tidings.notes.broadcast(turn, {
        kind: 'gap',
        severity: 'info',
        failures: [],
        from: gap.from,
        to: gap.to,
        textParams: { services: core.registry.services().length },
      });
    }
    await turn.commit();
  }

  #feedGap(from: EpochMs, at: EpochMs): void {
    const { watch, hearts } = this.#parts;
    for (const one of watch.all()) watch.feed(one, { type: 'resumed', at, from });
    for (const heart of hearts.all()) hearts.feed(heart, { type: 'resumed', at, from });
  }

  #beat(): void {
    const { core, maintenance } = this.#parts;
    const now = core.clock.now();
    const stalledMs = now - this.#lastBeat - this.#aliveEveryMs();
    if (stalledMs > this.#rules().gapMs) this.#stalled(this.#lastBeat, now);
    this.#lastBeat = now;
    const jump = core.clock.noticeJump();
    if (jump !== undefined) {
      this.#onNote(`The machine's clock was set by ${Math.round(jump.byMs / SECOND)} s; the watch goes on by its own.`);
      maintenance.look();
    }
    const turn = core
      .turn()
      .write({ put: 'meta', key: 'alive-at', value: now }, { put: 'meta', key: 'stopped-clean', value: false });
    if (jump !== undefined) turn.event('clock-set', { byMs: jump.byMs });
    void turn.commit();
  }

  /** Says when the disk or the quota leaves the store too little room, and when that is over; a failure to write says so itself. */
  #noteRoom(): void {
    const { failing, problem } = this.#parts.core.store.health();
    if (failing || problem === this.#scarcity) return;
    this.#scarcity = problem;
    this.#onNote(problem === undefined ? 'The store has room again.' : `The store is short of room: ${problem}.`);
  }

  /** The process itself stood still (stopped, starved, suspended): it saw nothing in that time. */
  #stalled(from: EpochMs, to: EpochMs): void {
    const { core } = this.#parts;
    this.#onNote(`Dozor itself stood still for ${Math.round((to - from) / SECOND)} s.`);
    this.#feedGap(from, to);
    const turn = core.turn();
    turn.write({
      put: 'span',
      span: { id: core.newId(), kind: 'gap', from: core.clock.toWall(from), to: core.clock.toWall(to) },
    });
    turn.event('gap', { from, to, clean: false });
    void turn.commit();
  }
}
