import type { Clock, Stop } from '../kernel/clock.ts';
import { Fault } from '../kernel/fault.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Uplink } from './contract.ts';
import type { Spool } from './spool.ts';

const MOST_SIGNALS = 500;
const MOST_BYTES = 256_000;
const FIRST_PAUSE_MS: Ms = 500;
const LONGEST_PAUSE_MS: Ms = 15 * SECOND;

/** What a courier needs. */
export interface CourierOptions {
  readonly spool: Spool;
  readonly uplink: Uplink;
  readonly clock: Clock;
  /** Between 0 and 1: agents that lost one brain do not come back in one moment. */
  readonly random: () => number;
  /** The brain is away (why, in a sentence), or is back. */
  readonly onChange: (away: { readonly since: EpochMs; readonly why: string } | undefined) => void;
}

/** Carries signals from the spool to the brain, in order, one batch at a time; while the brain is away it tries again, ever less often. */
export class Courier {
  readonly #options: CourierOptions;
  #isRunning = false;
  #isCarrying = false;
  #isWanted = false;
  #pause: Ms = 0;
  #stopPause: Stop | undefined;
  #away: { readonly since: EpochMs; readonly why: string } | undefined;
  #ended: (() => void) | undefined;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Since when the brain does not take signals, and why; undefined while it does. */
  get away(): { readonly since: EpochMs; readonly why: string } | undefined {
    return this.#away;
  }

  start(): void {
    this.#isRunning = true;
    this.nudge();
  }

  /** There is something to carry. `back`: the brain was heard just now, so the pause is over. */
  nudge(why?: 'back'): void {
    if (why === 'back') this.#endPause();
    this.#isWanted = true;
    if (this.#isRunning && !this.#isCarrying && this.#stopPause === undefined) void this.#carry();
  }

  /** Stops after the batch that is under way. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#endPause();
    if (!this.#isCarrying) return;
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
  }

  async #carry(): Promise<void> {
    this.#isCarrying = true;
    while (this.#isRunning && this.#isWanted && this.#stopPause === undefined) await this.#handOver();
    this.#isCarrying = false;
    this.#ended?.();
  }

  async #handOver(): Promise<void> {
    const { spool, uplink } = this.#options;
    this.#isWanted = false;
    const batch = spool.batch(MOST_SIGNALS, MOST_BYTES);
    if (batch.length === 0) return;
    try {
      spool.acked(await uplink.hand(batch));
    } catch (error) {
      return this.#fail(error);
    }
    this.#isWanted = true;
    this.#pause = 0;
    if (this.#away !== undefined) this.#tell(undefined);
  }

  #fail(error: unknown): void {
    const { clock, random } = this.#options;
    this.#isWanted = true;
    this.#pause = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pause * 2));
    this.#stopPause = clock.after(this.#pause * (0.8 + 0.4 * random()), () => {
      this.#endPause();
      this.nudge();
    });
    const why = error instanceof Fault && error.hint !== '' ? `${error.message} ${error.hint}` : String(error);
    if (this.#away?.why !== why) this.#tell({ since: this.#away?.since ?? clock.now(), why });
  }

  #endPause(): void {
    this.#stopPause?.();
    this.#stopPause = undefined;
  }

  #tell(away: { readonly since: EpochMs; readonly why: string } | undefined): void {
    this.#away = away;
    this.#options.onChange(away);
  }
}
