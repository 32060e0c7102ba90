import type { Candidate } from './candidate.ts';
import type { Effect, Spot } from './probe.ts';
import { overlap, type Splice } from './splice.ts';

/** The fewest and most readable edits that serve all open spots; undefined when some spot is served by none. */
export const choose = (open: ReadonlySet<Spot>, effects: readonly Effect[]): readonly Candidate[] | undefined => {
  const left = new Set(open);
  const chosen: Candidate[] = [];
  const gain = (effect: Effect): number => [...effect.spots].filter((spot) => left.has(spot)).length;
  while (left.size > 0) {
    const [best] = effects
      .filter((effect) => gain(effect) > 0)
      .sort((a, b) => a.candidate.rank - b.candidate.rank || gain(b) - gain(a));
    if (best === undefined) return undefined;
    chosen.push(best.candidate);
    for (const spot of best.spots) left.delete(spot);
  }
  return chosen;
};

/** All chosen edits as splices; settings that are added at one place are added together. Undefined when two would change the same text. */
export const composed = (chosen: readonly Candidate[]): readonly Splice[] | undefined => {
  const groups = new Map<string, Candidate[]>();
  for (const one of chosen) {
    const place = one.edit === 'replace' ? 'replace' : `add ${one.splices.map(({ start }) => start).join()}`;
    const key = `${one.home} ${place} ${one.edit === 'replace' ? one.setting.key : ''}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const splices = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first?.together?.(group.map(({ setting }) => setting)) ?? group.flatMap((one) => one.splices);
  });
  return overlap(splices) ? undefined : splices;
};
