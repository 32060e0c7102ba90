import { defined } from '../kernel/defined.ts';
import { MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { ProcessEvent } from '../supervise/model.ts';
import type { HostSignal } from './contract.ts';

type ProcessSignal = Extract<HostSignal, { readonly type: 'process' }>;

const exitOf = (event: Extract<ProcessEvent, { readonly type: 'exited' }>): ProcessSignal => {
  const { at, process, code, signal, uptimeMs, why } = event;
  const base = { type: 'process', at, app: process.app } as const;
  if (why === 'memory-limit') return { ...base, what: 'memory-restart', uptimeMs, restarts: process.restarts };
  if (event.wanted) return { ...base, what: 'restart-by-hand', uptimeMs };
  return { ...base, what: 'exit', uptimeMs, restarts: process.restarts, ...defined({ code, signal }) };
};

/** What the timeline is told of an event; undefined for what is no event of a process. */
export const processSignal = (event: ProcessEvent): ProcessSignal | undefined => {
  if (event.type === 'exited') return exitOf(event);
  if (event.type === 'started' || event.type === 'gave-up') {
    const { at, process } = event;
    const what = event.type === 'started' ? 'start' : 'gave-up';
    return { type: 'process', at, app: process.app, what, restarts: process.restarts };
  }
  if (event.type === 'oom-kill') return { type: 'process', at: event.at, app: event.app, what: 'oom-kill' };
  if (event.type !== 'manager') return undefined;
  return { type: 'process', at: event.at, app: event.app, what: event.running ? 'manager-back' : 'manager-gone' };
};

const FREELY = 20;
const FREELY_WITHIN_MS: Ms = MINUTE;
const THEN_EVERY_MS: Ms = 10 * SECOND;

/** Thins what a crash loop would say 19,000 times an hour: the first twenty starts and exits in a minute, then one in ten seconds (it carries the count). */
export class ProcessNoise {
  #recent: readonly EpochMs[] = [];

  /** May this one be told? */
  passes({ at, what }: ProcessSignal): boolean {
    if (what !== 'exit' && what !== 'start') return true;
    this.#recent = this.#recent.filter((one) => at - one < FREELY_WITHIN_MS);
    const last = this.#recent.at(-1);
    if (this.#recent.length >= FREELY && last !== undefined && at - last < THEN_EVERY_MS) return false;
    this.#recent = [...this.#recent, at];
    return true;
  }
}
