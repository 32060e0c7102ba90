import type { Clue, Finding } from './finding.ts';

/** Less than this is no more than a guess that nobody should read at 3 a.m. */
const LEAST = 0.1;
const MOST_FINDINGS = 6;
const MOST_CLUES = 8;

const sameClue = (one: Clue, other: Clue): boolean => JSON.stringify(one) === JSON.stringify(other);

const join = (one: Finding, other: Finding): Finding => {
  const [best, rest] = one.confidence >= other.confidence ? [one, other] : [other, one];
  const more = rest.evidence.filter((clue) => !best.evidence.some((known) => sameClue(known, clue)));
  const action = best.action ?? rest.action;
  return {
    ...best,
    params: { ...rest.params, ...best.params },
    evidence: [...best.evidence, ...more].slice(0, MOST_CLUES),
    ...(action === undefined ? {} : { action }),
  };
};

const bounded = (finding: Finding): Finding => ({
  ...finding,
  confidence: Math.round(Math.min(1, Math.max(0, finding.confidence)) * 100) / 100,
});

/** What is true of every crash of a kind says nothing beside its cause. */
const GENERIC: ReadonlySet<string> = new Set(['uncaught-exception', 'unhandled-rejection']);
const HIGH = 0.8;

/** One finding a cause, the most probable first; `unknown` stands only where nothing else does. */
export const rank = (findings: readonly Finding[]): readonly Finding[] => {
  const byCause = new Map<string, Finding>();
  for (const found of findings) {
    const finding = bounded(found);
    const known = byCause.get(finding.cause);
    byCause.set(finding.cause, known === undefined ? finding : join(known, finding));
  }
  const all = [...byCause.values()];
  const named = all.filter((finding) => finding.cause !== 'unknown' && finding.confidence >= LEAST);
  if (named.length === 0) return all.filter((finding) => finding.cause === 'unknown');
  const isNamed = named.some((finding) => finding.confidence >= HIGH && !GENERIC.has(finding.cause));
  const telling = isNamed ? named.filter((finding) => !GENERIC.has(finding.cause)) : named;
  return telling.toSorted((a, b) => b.confidence - a.confidence).slice(0, MOST_FINDINGS);
};
