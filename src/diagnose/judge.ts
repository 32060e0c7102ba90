import type { Crash } from './crash.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { rank } from './rank.ts';
import { readCrash } from './reading.ts';
import type { Rule } from './rule.ts';

/**
 * What may have ended a program, best first; deterministic, never throws, whatever the text. Without any output and with exit code 0 there is at most the
 * weak remark that it ended by itself. What no rule knows is `unknown` with its last lines.
 */
export const judge = (crash: Crash, rules: readonly Rule[], facts?: Facts): readonly Finding[] => {
  const reading = readCrash(crash);
  return rank(rules.flatMap((rule) => rule.judge(reading, facts)));
};
