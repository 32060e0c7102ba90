import type { Clock, Stop } from '../kernel/clock.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { CheckResult, CheckSource } from '../monitor/check.ts';
import type { MonitorKind, NameResolver } from '../monitor/kind.ts';
import type { Monitor } from '../monitor/model.ts';
import { reason } from '../monitor/reason.ts';
import { publicOnly } from '../network/private-address.ts';

/** So many askings at once; more wait in line (sockets and memory are bounded). */
const MAX_AT_ONCE = 1_000;
/** An asking that has not ended so long after its deadline is a bug of its kind: its place is given to the next. */
const OVERDUE_MS: Ms = 5_000;

/** One asking to be done. */
export interface Asking {
  readonly monitor: Monitor;
  readonly kind: MonitorKind;
  readonly source: CheckSource;
  readonly pulsePath?: string;
}

/** Runs checks under a deadline each, so many at once as the machine bears. */
export class Asker {
  readonly #clock: Clock;
  readonly #resolver: NameResolver;
  readonly #onBug: (where: string, error: unknown) => void;
  readonly #publicOnly: NameResolver;
  readonly #mayNotBePrivate: (monitor: Monitor) => boolean;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    clock: Clock,
    resolver: NameResolver,
    onBug: (where: string, error: unknown) => void,
    /** Targets made through API or screens: their names are looked up anew at each check, so a name that turns private is refused then. */
    mayNotBePrivate: (monitor: Monitor) => boolean,
  ) {
    this.#clock = clock;
    this.#resolver = resolver;
    this.#publicOnly = publicOnly(resolver);
    this.#onBug = onBug;
    this.#mayNotBePrivate = mayNotBePrivate;
  }

  /** How many are under way. */
  get running(): number {
    return this.#running;
  }

  /** So much is under way that no monitor may ask in several ways at once: many targets that hang would take every place. */
  get isBusy(): boolean {
    return this.#running >= MAX_AT_ONCE / 2;
  }

  /** Asks once. Never rejects: what goes wrong on our side is `watch.cannot-ask`. */
  async ask(asking: Asking): Promise<CheckResult> {
    // Who waits in line takes over the place of the one that leaves: nobody can slip in between.
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await this.#run(asking);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #run(asking: Asking): Promise<CheckResult> {
    const { monitor, kind } = asking;
    const startedAt = this.#clock.now();
    const check = kind.check?.bind(kind);
    if (check === undefined)
      return Promise.resolve(cannotAsk(startedAt, 0, `kind ${monitor.kind} is told, it does not ask`));
    const abort = new AbortController();
    return new Promise((resolve) => {
      let overdue: Stop | undefined;
      const deadline = this.#clock.after(monitor.timeoutMs, () => {
        abort.abort();
        overdue = this.#clock.after(OVERDUE_MS, () => {
          this.#onBug(`check of kind ${monitor.kind} ignored its deadline`, new Error(monitor.name));
          resolve(cannotAsk(startedAt, monitor.timeoutMs + OVERDUE_MS, 'the check did not end'));
        });
      });
      const end = (result: CheckResult): void => {
        deadline();
        overdue?.();
        resolve(result);
      };
      const context = {
        source: asking.source,
        signal: abort.signal,
        timeoutMs: monitor.timeoutMs,
        resolver: this.#mayNotBePrivate(monitor) ? this.#publicOnly : this.#resolver,
        clock: this.#clock,
        ...(asking.pulsePath === undefined ? {} : { pulsePath: asking.pulsePath }),
      };
      // async, so that a kind that throws at once is told as one that rejects
      const asked = async (): Promise<CheckResult> => check(monitor.config, context);
      asked().then(end, (error: unknown) => {
        this.#onBug(`check of kind ${monitor.kind}`, error);
        end(
          cannotAsk(startedAt, this.#clock.now() - startedAt, error instanceof Error ? error.message : String(error)),
        );
      });
    });
  }
}

const cannotAsk = (startedAt: EpochMs, tookMs: Ms, what: string): CheckResult => ({
  startedAt,
  tookMs,
  class: 'soft',
  reason: reason('watch.cannot-ask', { what: what.slice(0, 200) }),
  phases: {},
});
