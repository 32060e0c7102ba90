import { MINUTE, type EpochMs, type Ms } from '#kernel/time.ts';
import type { OwnNetwork } from '#monitor/verdict.ts';
import type { Route } from './route.ts';

/** How many of the controls on a way answered. `total` 0: none is needed, or none has ever answered. */
export interface Tally {
  readonly ok: number;
  readonly total: number;
}

/** One look at all controls. */
export interface Look {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** The way to neighbours: the gateway alone. */
  readonly near: Tally;
  /** The way beyond the gateway. */
  readonly beyond: Tally;
  /** Names of the controls that did not answer. */
  readonly silent: readonly string[];
}

/** The looks of the last minutes. */
export interface LookHistory {
  add(look: Look): void;
  /** The worst that any look touching the span saw. */
  worst(from: EpochMs, to: EpochMs, route: Route): OwnNetwork;
  /** What the last look saw; `at` is undefined before the first. */
  latest(route: Route): Tally & { readonly at: EpochMs | undefined };
}

/** Longer than any check may take. */
const KEEP_MS: Ms = 10 * MINUTE;

const NONE: Tally = { ok: 0, total: 0 };

const WORSE: Readonly<Record<OwnNetwork, number>> = { none: 0, ok: 1, poor: 2, bad: 3 };

/** `bad` when nobody answers, `poor` when less than half do, `none` when there is nobody to ask. */
export const stateOf = ({ ok, total }: Tally): OwnNetwork => {
  if (total === 0) return 'none';
  if (ok === 0) return 'bad';
  return ok * 2 < total ? 'poor' : 'ok';
};

const tallyOn = (look: Look | undefined, route: Route): Tally => {
  if (look === undefined || route === 'loopback' || route === 'own' || route === 'gateway') return NONE;
  return route === 'on-link' ? look.near : look.beyond;
};

/** An empty history; it keeps ten minutes. */
export const createLookHistory = (): LookHistory => {
  const looks: Look[] = [];
  return {
    add(look) {
      looks.push(look);
      while ((looks[0]?.to ?? look.to) < look.to - KEEP_MS) looks.shift();
    },
    worst(from, to, route) {
      let worst: OwnNetwork = 'none';
      for (let at = looks.length - 1; at >= 0; at -= 1) {
        const look = looks[at];
        if (look === undefined || look.to < from) break;
        const found = look.from <= to ? stateOf(tallyOn(look, route)) : 'none';
        if (WORSE[found] > WORSE[worst]) worst = found;
      }
      return worst;
    },
    latest(route) {
      const look = looks.at(-1);
      return { at: look?.to, ...tallyOn(look, route) };
    },
  };
};
