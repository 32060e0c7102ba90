import type { Clock } from '../kernel/clock.ts';
import { SECOND, type Ms } from '../kernel/time.ts';
import type { HostBriefing, IssuedOrder, Uplink } from './contract.ts';

const FIRST_PAUSE_MS: Ms = 1 * SECOND;
const LONGEST_PAUSE_MS: Ms = 15 * SECOND;
/** A brain that answers at once with nothing must not be asked a thousand times a second. */
const BETWEEN_MS: Ms = 50;

/** What listening needs. */
export interface EarOptions {
  readonly uplink: Uplink;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** The brain was heard. */
  readonly onNews: (news: { readonly orders: readonly IssuedOrder[]; readonly briefing?: HostBriefing }) => void;
}

/** Listens to the brain without end; while it is away, again and again, ever less often. */
export class Ear {
  readonly #options: EarOptions;
  readonly #over = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: EarOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ended = this.#listen();
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#ended;
  }

  async #listen(): Promise<void> {
    const { uplink, onNews, random } = this.#options;
    let pause = 0;
    while (!this.#over.signal.aborted) {
      try {
        onNews(await uplink.listen(this.#over.signal));
        pause = 0;
        await this.#wait(BETWEEN_MS);
      } catch {
        // Why the brain is away is told by the courier, which always has something to carry.
        pause = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pause * 2));
        await this.#wait(pause * (0.8 + 0.4 * random()));
      }
    }
  }

  async #wait(span: Ms): Promise<void> {
    const { signal } = this.#over;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        stop();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const stop = this.#options.clock.after(span, end, 'idle');
      signal.addEventListener('abort', end);
    });
  }
}
