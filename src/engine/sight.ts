import type { EpochMs } from '../kernel/time.ts';
import type { OwnNetworkChange } from '../network/own-network.ts';

/** What did not answer when the watch could not see out. */
export type BlindCause = 'gateway' | 'resolvers' | 'anchors' | 'all';

/** Changes are remembered for so many. */
const KEEP = 50;

const causeOf = (silent: readonly string[]): BlindCause => {
  if (silent.some((name) => name.startsWith('gateway'))) return 'gateway';
  if (silent.every((name) => name.startsWith('resolver'))) return 'resolvers';
  return silent.every((name) => !name.startsWith('resolver')) ? 'anchors' : 'all';
};

/** Remembers why the way out was bad, for the note that is sent when sight returns. */
export class Sight {
  readonly #bad: { readonly at: EpochMs; readonly silent: readonly string[] }[] = [];

  /** Takes a change of the own network. */
  note(change: OwnNetworkChange): void {
    if (change.state !== 'bad') return;
    this.#bad.push({ at: change.at, silent: change.silent });
    if (this.#bad.length > KEEP) this.#bad.shift();
  }

  /** What did not answer when a blindness that ended at `to` began; undefined when the network was not the cause. */
  cause(to: EpochMs): BlindCause | undefined {
    const last = this.#bad.findLast(({ at }) => at <= to);
    return last === undefined || last.silent.length === 0 ? undefined : causeOf(last.silent);
  }
}
