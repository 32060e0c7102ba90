import type { AppFacts, EnvironmentFacts } from '../app-facts.ts';
import { clue, standingOf } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Clue, Finding } from '../finding.ts';
import { frameFile } from '../frame.ts';
import { valueOf } from '../known.ts';
import { defineRule } from '../rule.ts';
import { subjectOf, told } from '../signature.ts';

/** Errors that come of a value that is not there. */
const BY_ABSENCE =
  /Cannot read properties of undefined|Cannot destructure|[Rr]eceived undefined|ERR_INVALID_(?:URL|ARG_TYPE|ARG_VALUE)|Invalid URL|must be (?:of type|a) string|"undefined" is not valid JSON|ERR_SOCKET_BAD_PORT|ZodError|AssertionError|must have a value|is required|secret|missing|not (?:set|defined|provided)|ENOTFOUND undefined/i;

type Missing = EnvironmentFacts['missing'][number];

const isNamed = (reading: Reading, name: string): boolean => new RegExp(`\\b${name}\\b`).test(reading.text);

/** The crash points at the very line that reads the variable. */
const isAtCrash = (reading: Reading, app: AppFacts, { file, line }: Missing): boolean =>
  reading.suspects.some(
    ({ report, weight }) =>
      weight >= 0.6 &&
      report.frames.some((frame) => {
        const place = frameFile(frame);
        return (
          place !== undefined &&
          place.line === line &&
          (place.file === file || place.file === `${app.dir ?? ''}/${file}`)
        );
      }),
  );

const isByAbsence = (reading: Reading): boolean =>
  reading.suspects.some(({ report, weight }) => weight >= 0.6 && BY_ABSENCE.test(subjectOf(report)));

const cluesOf = (env: EnvironmentFacts, missing: readonly Missing[]): readonly Clue[] => [
  ...missing
    .slice(0, 4)
    .map(({ name, file, line }) => clue('environment', 'env-used-not-set', { name, file: told(file), line })),
  ...(env.file === undefined
    ? []
    : [
        clue(
          'environment',
          env.fileExists ? 'env-file-read' : 'env-file-absent',
          { file: told(env.file), count: env.namesInFile.length },
          env.fileAt,
        ),
      ]),
  ...(env.missingOfExample.length === 0
    ? []
    : [
        clue('environment', 'env-in-example', {
          names: told(env.missingOfExample.slice(0, 6).join(', ')),
          file: told(env.exampleFile ?? ''),
        }),
      ]),
];

const namesOf = (missing: readonly Missing[]): string =>
  told(
    missing
      .slice(0, 8)
      .map(({ name }) => name)
      .join(', '),
  );

const missingNames = (reading: Reading, app: AppFacts, env: EnvironmentFacts): readonly Finding[] => {
  const named = env.missing.filter((one) => isNamed(reading, one.name) || isAtCrash(reading, app, one));
  if (named.length > 0)
    return [
      {
        cause: 'env-missing',
        params: { names: namesOf(named) },
        confidence: isByAbsence(reading) ? 0.96 : 0.7,
        evidence: cluesOf(env, named),
      },
    ];
  if (env.missing.length === 0) return [];
  const isSilent = reading.everything.trim() === '';
  const sure = isByAbsence(reading) ? 0.6 : isSilent ? 0.45 : 0.2;
  const confidence = standingOf(app) === 'up' ? sure / 3 : sure;
  return [
    { cause: 'env-missing', params: { names: namesOf(env.missing) }, confidence, evidence: cluesOf(env, env.missing) },
  ];
};

/** Set, but to nothing. */
const emptyNames = (reading: Reading, env: EnvironmentFacts): readonly Finding[] => {
  const named = env.emptyNames.filter((name) => env.usedNames.includes(name) && isNamed(reading, name));
  if (named.length === 0) return [];
  const names = told(named.slice(0, 8).join(', '));
  return [
    {
      cause: 'env-missing',
      params: { names },
      confidence: isByAbsence(reading) ? 0.9 : 0.5,
      evidence: [clue('environment', 'env-empty', { names })],
    },
  ];
};

/** How sure it is that the file's absence is what hurts: it is named, or what it would have set is missed. */
const sureOfFile = (reading: Reading, env: EnvironmentFacts, file: string): number => {
  if (reading.text.includes(file.split('/').at(-1) ?? file)) return 0.9;
  const isMissed = env.missing.length > 0 && (isByAbsence(reading) || reading.everything.trim() === '');
  return isMissed ? 0.7 : 0.2;
};

const fileMissing = (reading: Reading, app: AppFacts, env: EnvironmentFacts): readonly Finding[] => {
  const { file } = env;
  if (file === undefined || env.fileExists) return [];
  const sure = sureOfFile(reading, env, file);
  const confidence = standingOf(app) === 'up' ? sure / 3 : sure;
  return [{ cause: 'env-file-missing', params: { path: told(file) }, confidence, evidence: cluesOf(env, env.missing) }];
};

const judge = (reading: Reading, { app }: Facts): readonly Finding[] => {
  const env = valueOf(app?.environment);
  if (app === undefined || env === undefined) return [];
  return [...fileMissing(reading, app, env), ...missingNames(reading, app, env), ...emptyNames(reading, env)];
};

/** Names that the code uses and nobody sets; never a value. */
export const envNames = defineRule({
  name: 'env-names',
  causes: ['env-missing', 'env-file-missing'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
