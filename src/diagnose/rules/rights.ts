import type { DeniedPath } from '../app-facts.ts';
import type { CauseId } from '../causes.ts';
import { clue, sureBy, supportOf } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import { defineRule } from '../rule.ts';
import { told } from '../signature.ts';

const SAID: Readonly<Record<DeniedPath['why'], RegExp>> = {
  rights: /EACCES|EPERM|[Pp]ermission denied/,
  'read-only': /EROFS|[Rr]ead-only file system|SQLITE_READONLY/,
  missing: /ENOENT|Cannot find module|no such file/,
};

const CAUSE: Readonly<Record<DeniedPath['why'], CauseId>> = {
  rights: 'permission-denied',
  'read-only': 'read-only-filesystem',
  missing: 'file-missing',
};

const findingOf = (reading: Reading, facts: Facts, { path, needs, user, why }: DeniedPath): Finding => {
  const isAbout = reading.text.includes(path.split('/').at(-1) ?? path);
  const said = supportOf(reading, SAID[why]);
  const support = said === 'named' && !isAbout ? 'other' : said;
  return {
    cause: CAUSE[why],
    params: { path: told(path) },
    confidence: sureBy(facts, support, {
      named: 0.96,
      silent: needs === 'read' ? 0.65 : 0.4,
      other: said === 'named' ? 0.6 : 0.25,
    }),
    evidence: [
      clue('file', why === 'missing' ? 'path-missing' : needs === 'read' ? 'may-not-read' : 'may-not-write', {
        path: told(path),
        user: told(user),
      }),
    ],
  };
};

/** What the app's user may not read or write. */
export const rights = defineRule({
  name: 'rights',
  causes: ['permission-denied', 'read-only-filesystem', 'file-missing'],
  judge: (reading, facts) =>
    facts === undefined ? [] : (valueOf(facts.app?.denied) ?? []).map((denied) => findingOf(reading, facts, denied)),
});
