import { MINUTE, SECOND, type EpochMs } from '../kernel/time.ts';
import type { OwnNetworkLoop } from '../network/own-network.ts';
import type { SelfHealth } from './brain.ts';
import type { Core } from './core.ts';
import type { InboundMail } from './inbound.ts';
import type { Lateness } from './lateness.ts';
import type { Outbox } from './outbox.ts';
import type { SelfTest } from './self-test.ts';

/** Checks that start later than this are no watch any more (detection.md § 5). */
const LATE_MS = 5 * SECOND;
const OUTBOX_OLD_MS = 5 * MINUTE;

/** What the figures are read from. */
export interface HealthParts {
  readonly lateness: Lateness;
  readonly outbox: Outbox;
  readonly selfTest: SelfTest;
  readonly network: OwnNetworkLoop;
  readonly inbound: InboundMail;
  readonly checks: () => { readonly total: number; readonly running: number };
  readonly isWatched: () => boolean;
  readonly version: string;
  readonly startedAt: EpochMs;
}

/** How the watch itself is. */
export class Health {
  readonly #core: Core;
  readonly #parts: HealthParts;
  constructor(core: Core, parts: HealthParts) {
    this.#core = core;
    this.#parts = parts;
  }

  /** What is wrong, in short sentences; empty when the watch is well. Being unwatched is shown apart: it does not stop the watch. */
  problems(): readonly string[] {
    const { lateness, outbox, selfTest } = this.#parts;
    const late = lateness.figures().p99;
    const { oldestMs } = outbox.waiting();
    const test = selfTest.standing();
    return [
      ...(late > LATE_MS ? [`checks start ${Math.round(late / SECOND)} s late`] : []),
      ...(this.#core.store.health().failing ? ['the store cannot be written'] : []),
      ...(oldestMs > OUTBOX_OLD_MS ? [`an alert has waited for ${Math.round(oldestMs / MINUTE)} min`] : []),
      ...(test.ok || test.at === undefined ? [] : [`self-test: ${test.detail ?? 'failed'}`]),
    ];
  }

  figures(): SelfHealth {
    const { lateness, outbox, selfTest, network, inbound, checks, isWatched, version, startedAt } = this.#parts;
    const problems = this.problems();
    const waiting = outbox.waiting();
    const { ok, total } = network.latest('beyond');
    const state = total === 0 ? 'none' : ok === 0 ? 'bad' : ok * 2 < total ? 'poor' : 'ok';
    const counts = checks();
    return {
      ok: problems.length === 0,
      problems,
      startedAt,
      version,
      lateness: lateness.figures(),
      checksTotal: counts.total,
      running: counts.running,
      outboxWaiting: waiting.count,
      outboxOldestMs: waiting.oldestMs,
      storeFailing: this.#core.store.health().failing,
      bugs: this.#core.bugs(),
      selfTest: selfTest.standing(),
      watched: isWatched(),
      network: { state, ok, total },
      channelFaults: inbound.faults(),
    };
  }
}
