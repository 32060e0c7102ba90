import type { DependencyFact } from '../app-facts.ts';
import type { CauseId } from '../causes.ts';
import { clue, sureBy, supportOf } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import { defineRule } from '../rule.ts';
import { subjectOf, told } from '../signature.ts';

const SAID =
  /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ECONNRESET|timeout|timed out|Can't reach database|ServerSelection|max retries|Connection (?:is closed|terminated|refused|lost)|server closed the connection|Unable to connect/i;

const causeOf = ({ error }: DependencyFact): CauseId => {
  if (error === 'ENOTFOUND' || error === 'EAI_AGAIN') return 'dns-failure';
  return error === 'ETIMEDOUT' ? 'dependency-timeout' : 'dependency-unreachable';
};

const placeParams = ({ host, port, kind, name }: DependencyFact) => ({
  address: told(host),
  host: told(host),
  port,
  known: told(kind),
  name: told(name),
});

/** Is the crash about this very server? */
const isAbout = (reading: Reading, { host, port }: DependencyFact): boolean =>
  reading.suspects.some(({ report, weight }) => {
    if (weight < 0.6) return false;
    const text = `${subjectOf(report)} ${Object.values(report.props).join(' ')}`;
    return new RegExp(`\\b${port}\\b`).test(text) || (host.length > 3 && text.includes(host));
  });

const away = (reading: Reading, facts: Facts, one: DependencyFact): Finding => {
  const support = isAbout(reading, one)
    ? supportOf(reading, SAID)
    : supportOf(reading, SAID) === 'silent'
      ? 'silent'
      : 'other';
  return {
    cause: causeOf(one),
    params: placeParams(one),
    confidence: sureBy(facts, support, {
      named: 0.97,
      silent: 0.7,
      other: supportOf(reading, SAID) === 'named' ? 0.6 : 0.3,
    }),
    evidence: [clue('network', 'server-silent', { ...placeParams(one), error: told(one.error ?? '?') }, facts.at)],
  };
};

/** It failed then, and answers now: what passes heals by a restart. */
const backAgain = (reading: Reading, facts: Facts, one: DependencyFact): readonly Finding[] =>
  isAbout(reading, one) && supportOf(reading, /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET/) === 'named'
    ? [
        {
          cause: 'dependency-unreachable',
          params: placeParams(one),
          confidence: 0.8,
          evidence: [clue('network', 'server-answers-now', { ...placeParams(one), tookMs: one.tookMs }, facts.at)],
        },
      ]
    : [];

const judge = (reading: Reading, facts: Facts): readonly Finding[] =>
  (valueOf(facts.app?.dependencies) ?? []).flatMap((one) =>
    one.answers ? backAgain(reading, facts, one) : [away(reading, facts, one)],
  );

/** Does what the app depends on answer from here? */
export const serverAway = defineRule({
  name: 'server-away',
  causes: ['dependency-unreachable', 'dependency-timeout', 'dns-failure'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
