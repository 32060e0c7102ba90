import { MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { CheckResult } from '../monitor/check.ts';
import type { Core } from './core.ts';

/** How often the whole path is tried. */
const EVERY_MS: Ms = 30 * SECOND;
/** An older success proves nothing. */
const STALE_MS: Ms = 2 * MINUTE;

/** How the last test of the whole path went. */
export interface SelfTestStanding {
  readonly at?: EpochMs;
  readonly ok: boolean;
  readonly detail?: string;
}

/**
 * Tries the whole path again and again: a real check (of our own `/health`, by the same asker as all others), a commit to the store, and whether the
 * outbox moves. The dead-man's switch is only let go while it passes.
 */
export class SelfTest {
  readonly #core: Core;
  readonly #check: () => Promise<CheckResult> | undefined;
  readonly #outboxStuckMs: () => Ms;
  #last: SelfTestStanding = { ok: false, detail: 'not run yet' };

  constructor(parts: {
    readonly core: Core;
    /** Asks our own page; undefined while nothing listens. */
    readonly check: () => Promise<CheckResult> | undefined;
    /** How long the oldest due delivery has been without even being tried. */
    readonly outboxStuckMs: () => Ms;
  }) {
    this.#core = parts.core;
    this.#check = parts.check;
    this.#outboxStuckMs = parts.outboxStuckMs;
  }

  start(): void {
    const run = (): void => {
      this.#run()
        .catch((error: unknown) => this.#core.bug('self-test', error))
        .finally(() => this.#core.deadlines.set('self-test', this.#core.clock.now() + EVERY_MS, run));
    };
    this.#core.deadlines.set('self-test', this.#core.clock.now() + SECOND, run);
  }

  standing(): SelfTestStanding {
    const { at } = this.#last;
    if (at !== undefined && this.#core.clock.now() - at > STALE_MS)
      return { at, ok: false, detail: 'the self-test does not run any more' };
    return this.#last;
  }

  async #run(): Promise<void> {
    const at = this.#core.clock.now();
    const detail = (await this.#page()) ?? (await this.#store(at)) ?? this.#outbox();
    this.#last = detail === undefined ? { at, ok: true } : { at, ok: false, detail };
  }

  async #page(): Promise<string | undefined> {
    const result = await this.#check();
    if (result === undefined || result.class === 'ok') return undefined;
    return `own page: ${result.reason?.code ?? 'failed'}`;
  }

  async #store(at: EpochMs): Promise<string | undefined> {
    const saved = await this.#core.turn().write({ put: 'meta', key: 'self-test', value: at }).commit();
    return saved.saved ? undefined : `store: ${saved.error}`;
  }

  #outbox(): string | undefined {
    return this.#outboxStuckMs() > MINUTE ? 'the outbox does not move' : undefined;
  }
}
