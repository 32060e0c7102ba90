import type { EpochMs } from '../kernel/time.ts';
import type { Host } from '../config/contract.ts';
import type { HostSignal } from '../host/contract.ts';
import type { VerdictEvent } from '../incident/events.ts';
import { reason, type Reason } from '../monitor/reason.ts';
import type { Severity } from '../monitor/model.ts';
import type { Core, Turn } from './core.ts';
import type { HostTrouble } from './host-face.ts';
import type { Incidents } from './incidents.ts';

/** A trouble as it is kept: with the incident's ward that was told of it. */
export interface KeptTrouble extends HostTrouble {
  readonly wardId: string;
}

/** The key under which a service without a monitor is told that nobody sees it any more. */
const AGENT_KEY = 'agent';

/** The id of a host's part in an incident. */
export const hostPart = (hostId: string, key: string): string => `${hostId}/${key}`;

/** Whose part it is: the host of a host's part, else the very id. */
export const ownerOf = (partId: string): string => partId.split('/', 1)[0] ?? partId;

/**
 * Troubles of machines in the incidents. A host that carries one service tells in that service's conversation, one that carries several in a
 * conversation of its own: either way there is one.
 */
export class HostTroubles {
  readonly #core: Core;
  readonly #incidents: Incidents;

  constructor(core: Core, incidents: Incidents) {
    this.#core = core;
    this.#incidents = incidents;
  }

  /** The troubles of a host with this signal taken in. */
  take(
    turn: Turn,
    host: Host,
    before: readonly KeptTrouble[],
    signal: Extract<HostSignal, { type: 'host-trouble' }>,
  ): readonly KeptTrouble[] {
    const known = before.find(({ key }) => key === signal.key);
    const others = before.filter((one) => one !== known);
    if (!signal.on) {
      if (known !== undefined) this.#over(turn, host, known, signal.at);
      return others;
    }
    const wardId = known?.wardId ?? this.#wardOf(host);
    const { key, severity } = signal;
    const trouble: KeptTrouble = { key, severity, reason: signal.reason, since: known?.since ?? signal.at, wardId };
    this.#feed(turn, { host, wardId, key, severity, reason: signal.reason, firstBadAt: trouble.since });
    return [...others, trouble];
  }

  /** Nobody sees the service any more: its only evidence came from this agent. */
  unseen(turn: Turn, host: Host, serviceId: string, since: EpochMs): void {
    this.#feed(turn, {
      host,
      wardId: serviceId,
      key: AGENT_KEY,
      severity: 'critical',
      reason: reason('host.gone', { host: host.name }),
      firstBadAt: since,
    });
  }

  /** The agent is back: what its apps say counts again. */
  seenAgain(turn: Turn, host: Host, serviceId: string): void {
    this.#well(turn, host, serviceId, AGENT_KEY, this.#wall());
  }

  /** Withdraws what is told of a host that is no more. */
  retire(turn: Turn, hostId: string, troubles: readonly KeptTrouble[]): void {
    for (const { wardId, key } of troubles)
      this.#incidents.feed(turn, wardId, { type: 'withdrawn', at: this.#wall(), monitorId: hostPart(hostId, key) });
  }

  #wardOf(host: Host): string {
    const { registry } = this.#core;
    const services = new Set(registry.appsOn(host.id).flatMap((app) => registry.serviceOf(app)?.id ?? []));
    const [only, second] = services;
    return only !== undefined && second === undefined ? only : host.id;
  }

  #over(turn: Turn, host: Host, { wardId, key }: KeptTrouble, at: EpochMs): void {
    this.#well(turn, host, wardId, key, Math.min(at, this.#wall()));
  }

  #well(turn: Turn, host: Host, wardId: string, key: string, at: EpochMs): void {
    this.#incidents.feed(turn, wardId, {
      ...this.#event(host, wardId, key),
      severity: 'warning',
      from: 'degraded',
      to: 'up',
      lasting: false,
      firstGood: { at },
    });
  }

  #feed(
    turn: Turn,
    trouble: {
      readonly host: Host;
      readonly wardId: string;
      readonly key: string;
      readonly severity: Severity;
      readonly reason: Reason;
      readonly firstBadAt: EpochMs;
    },
  ): void {
    const { host, wardId, key, severity } = trouble;
    const isCritical = severity === 'critical';
    this.#incidents.feed(turn, wardId, {
      ...this.#event(host, wardId, key),
      severity,
      from: 'up',
      to: isCritical ? 'down' : 'degraded',
      // A disk that is nearly full does not empty itself.
      lasting: isCritical,
      reason: trouble.reason,
      firstBad: { at: Math.min(trouble.firstBadAt, this.#wall()), reason: trouble.reason },
    });
  }

  #event(
    host: Host,
    wardId: string,
    key: string,
  ): Omit<VerdictEvent, 'severity' | 'from' | 'to' | 'lasting' | 'reason' | 'firstBad'> {
    return {
      type: 'verdict',
      part: 'host',
      of: wardId === host.id ? 'host' : 'service',
      at: this.#wall(),
      serviceId: wardId,
      monitorId: hostPart(host.id, key),
      bad: 0,
      asked: 0,
      afterDeploy: false,
      fresh: { id: this.#core.newId(), code: this.#core.newCode() },
    };
  }

  #wall(): EpochMs {
    return this.#core.clock.toWall(this.#core.clock.now());
  }
}
