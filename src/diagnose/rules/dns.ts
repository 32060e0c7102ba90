import type { ErrorReport } from '../crash.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, subjectOf, told, type Signature } from '../signature.ts';

const NAME =
  /(?:getaddrinfo|query(?:Srv|Txt|A|Aaaa|AAAA)?) (?:ENOTFOUND|EAI_AGAIN|ESERVFAIL|EREFUSED|ENODATA|ETIMEOUT|EAI_FAIL|EAI_NODATA|EAI_NONAME) ?(?<name>[\w.-]{0,253})/;
const ONLY_CODE =
  /\b(?:ENOTFOUND|EAI_AGAIN|ESERVFAIL|EAI_FAIL|EAI_NODATA)\b|SequelizeHostNotFoundError|could not translate host name|Temporary failure in name resolution|Name or service not known|queryTxt ETIMEOUT/;

const nameOf = (report: ErrorReport): string | undefined => {
  const match = NAME.exec(subjectOf(report));
  if (match === null && !ONLY_CODE.test(subjectOf(report))) return undefined;
  return report.props['hostname'] ?? match?.groups?.['name'] ?? '';
};

/** A name that no configuration means: the variable for it is not set. */
const UNSET = /^(?:undefined|null|nan|\[object)$/i;

const unset: Signature['match'] = (report) => {
  const name = nameOf(report);
  return name !== undefined && UNSET.test(name) ? { host: told(name) } : undefined;
};

const notFound: Signature['match'] = (report) => {
  const name = nameOf(report);
  return name === undefined ? undefined : { host: told(name) };
};

const SIGNATURES: readonly Signature[] = [
  { cause: 'env-missing', sure: 0.82, match: unset },
  { cause: 'dns-failure', sure: 0.95, match: notFound },
];

/** A host's name that does not resolve. */
export const dns = defineRule({
  name: 'dns',
  causes: ['dns-failure', 'env-missing'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
