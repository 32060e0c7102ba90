import type { Crash } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge } from '../judge.ts';
import type { Rule } from '../rule.ts';

/** Every rule: a new one is a file and a line here. */
export const RULES: readonly Rule[] = [];

/** What may have ended a program, by all rules, best first. */
export const diagnose = (crash: Crash, facts?: Facts): readonly Finding[] => judge(crash, RULES, facts);
