import { defined } from '../kernel/defined.ts';
import type { Json } from '../kernel/json.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Host } from '../config/contract.ts';
import type { Core, Turn } from './core.ts';
import type { AgentState } from './host-face.ts';

/** What is known of an agent; kept, so that one that was there before a restart and does not come back is missed. */
interface Seen {
  /** By the wall clock. */
  readonly at: EpochMs;
  readonly version?: string;
  readonly gone: boolean;
  /** People were told that it is silent. */
  readonly told: boolean;
}

const PREFIX = 'agent:';

/** Who hears of agents. */
export interface AgentListener {
  /** An agent fell silent, or is back; `since` is when it was heard of last. */
  changed(turn: Turn, host: Host, gone: boolean, since: EpochMs): void;
  /** It has been silent for long, or is back after that. */
  silent(turn: Turn, host: Host, since: EpochMs, back: boolean): void;
  /** Can Dozor itself not see out? Then the silence is its own. */
  isBlind(): boolean;
}

/** A deadline that comes so late was slept through: the silence was our own. */
const SLEPT_MS: Ms = 5 * SECOND;

/** Which agents are there: each sign of life counts; one that was there and is silent for too long is gone. */
export class Agents {
  readonly #core: Core;
  readonly #listener: AgentListener;
  readonly #seen = new Map<string, Seen>();

  constructor(core: Core, listener: AgentListener) {
    this.#core = core;
    this.#listener = listener;
  }

  /** Takes over what a former run knew; an agent that was there has the usual time to come back. */
  restore(states: ReadonlyMap<string, Json>): void {
    for (const { id } of this.#core.registry.hosts()) {
      const kept = states.get(`${PREFIX}${id}`) as unknown as Seen | undefined;
      if (kept === undefined) continue;
      this.#seen.set(id, kept);
      if (!kept.gone) this.#watch(id);
      else if (!kept.told) this.#watchLonger(id);
    }
  }

  stateOf(hostId: string): AgentState {
    const seen = this.#seen.get(hostId);
    return seen === undefined ? 'waiting' : seen.gone ? 'gone' : 'connected';
  }

  lastSeen(hostId: string): { readonly at: EpochMs; readonly version?: string } | undefined {
    return this.#seen.get(hostId);
  }

  /** A sign of life. */
  seen(turn: Turn, host: Host, version?: string): void {
    const before = this.#seen.get(host.id);
    const at = this.#wall();
    const known = version ?? before?.version;
    const now: Seen = { at, gone: false, told: false, ...defined({ version: known }) };
    this.#seen.set(host.id, now);
    this.#watch(host.id);
    if (before?.gone === false && before.version === known) return;
    this.#keep(turn, host.id, now);
    if (before?.gone !== true) {
      turn.event('agent', { hostId: host.id, host: host.name, gone: false });
      return;
    }
    if (before.told) this.#listener.silent(turn, host, before.at, true);
    this.#listener.changed(turn, host, false, before.at);
  }

  /** The host is no more. */
  retire(turn: Turn, hostId: string): void {
    if (!this.#seen.delete(hostId)) return;
    this.#core.deadlines.clear(`agent ${hostId}`);
    turn.write({ drop: 'state', subject: `${PREFIX}${hostId}` });
  }

  #watch(hostId: string): void {
    const { clock, deadlines } = this.#core;
    deadlines.set(`agent ${hostId}`, clock.now() + this.#core.settings().detection.agentGoneMs, (dueAt) => {
      if (clock.now() - dueAt > SLEPT_MS || this.#listener.isBlind()) this.#watch(hostId);
      else this.#lost(hostId);
    });
  }

  /** A silence that nobody notices otherwise is told once it lasts. */
  #watchLonger(hostId: string): void {
    const { clock, deadlines } = this.#core;
    const { gapNoteMs } = this.#core.settings().detection;
    deadlines.set(`agent ${hostId}`, clock.now() + gapNoteMs, () => {
      const host = this.#host(hostId);
      const seen = this.#seen.get(hostId);
      if (host === undefined || seen?.gone !== true || seen.told) return;
      const turn = this.#core.turn();
      this.#keep(turn, hostId, { ...seen, told: true });
      this.#listener.silent(turn, host, seen.at, false);
      void turn.commit();
    });
  }

  #lost(hostId: string): void {
    const host = this.#host(hostId);
    const seen = this.#seen.get(hostId);
    if (host === undefined || seen === undefined || seen.gone) return;
    const turn = this.#core.turn();
    this.#keep(turn, hostId, { ...seen, gone: true });
    this.#listener.changed(turn, host, true, seen.at);
    void turn.commit();
    this.#watchLonger(hostId);
  }

  #host(hostId: string): Host | undefined {
    return this.#core.registry.hosts().find(({ id }) => id === hostId);
  }

  #keep(turn: Turn, hostId: string, seen: Seen): void {
    this.#seen.set(hostId, seen);
    turn.write({ put: 'state', subject: `${PREFIX}${hostId}`, state: seen as unknown as Json });
  }

  #wall(): EpochMs {
    return this.#core.clock.toWall(this.#core.clock.now());
  }
}
