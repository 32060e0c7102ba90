import { setTimeout as pause } from 'node:timers/promises';
import type { Target } from '../fakes/target.ts';
import type { Dice } from './seeded.ts';

/** A time in which the target was really down. */
export interface RealOutage {
  readonly how: 'refused' | 'error' | 'hang';
  readonly from: number;
  readonly to: number;
}

const UP_MS = [2_500, 4_500] as const;
const DOWN_MS = [3_000, 6_000] as const;

const breakDown = async (target: Target, how: RealOutage['how']): Promise<void> => {
  if (how === 'refused') await target.die();
  else target.becomes(how === 'error' ? { do: 'answer', status: 500 } : { do: 'hang' });
};

const mend = async (target: Target, how: RealOutage['how']): Promise<void> => {
  if (how === 'refused') await target.revive();
  else target.becomes({ do: 'answer' });
};

/** Lets a target fall and rise until the signal aborts; leaves it well. Returns what really happened. */
export const fallAndRise = async (target: Target, luck: Dice, until: AbortSignal): Promise<readonly RealOutage[]> => {
  const outages: RealOutage[] = [];
  const last = async ([least, most]: readonly [number, number]): Promise<void> =>
    pause(luck.between(least, most), undefined, { signal: until }).catch(() => undefined);
  for (;;) {
    await last(UP_MS);
    if (until.aborted) return outages;
    const how = luck.pick(['refused', 'refused', 'error', 'hang'] as const);
    const from = Date.now();
    await breakDown(target, how);
    await last(DOWN_MS);
    await mend(target, how);
    outages.push({ how, from, to: Date.now() });
  }
};
