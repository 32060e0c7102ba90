import type { AppFacts, ArtifactFacts } from '../app-facts.ts';
import { beforeTrouble, clue, standingOf } from '../circumstance.ts';
import type { ErrorReport, Reading } from '../crash.ts';
import type { Clue, Finding } from '../finding.ts';
import { frameFile } from '../frame.ts';
import { valueOf } from '../known.ts';
import { moduleRequest, packageOf } from '../module-request.ts';
import { defineRule } from '../rule.ts';
import { evidenceOf, subjectOf, told } from '../signature.ts';

/** Errors of parts that do not fit each other: what an old build does beside newer files. */
const UNFITTING =
  /Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|is not a function|is not a constructor|requires a callback function|argument handler|does not provide an export|Class extends value undefined|SyntaxError|ENOENT/;

/** What speaks for one artifact being what is wrong. */
interface Case {
  readonly artifact: ArtifactFacts;
  /** It is not what should run: the entry is source. */
  readonly isGhost: boolean;
  /** The source leads into it by its own imports. */
  readonly isLedInto: boolean;
  /** Its own files ask for what is not there. */
  readonly isBroken: boolean;
  readonly isOlder: boolean;
  readonly isOtherText: boolean;
  /** The error that decided came out of it. */
  readonly thrown: ErrorReport | undefined;
}

const filesOf = (report: ErrorReport): readonly string[] => [
  report.excerpt?.file ?? '',
  ...report.frames.map((frame) => frameFile(frame)?.file ?? ''),
  ...(moduleRequest(report)?.askedBy ?? []),
];

const thrownFrom = (reading: Reading, folder: string): ErrorReport | undefined => {
  const inside = `${folder}/`;
  return reading.suspects.find(
    ({ report, weight }) =>
      weight >= 0.6 &&
      filesOf(report)
        .find((file) => file.startsWith('/') && !file.includes('/node_modules/'))
        ?.startsWith(inside),
  )?.report;
};

const caseOf = (artifact: ArtifactFacts, app: AppFacts, reading: Reading): Case => {
  const entry = valueOf(app.entry);
  return {
    artifact,
    isGhost: entry?.file !== undefined && !artifact.holdsEntry,
    isLedInto: entry?.leadsInto.some((one) => one.artifact === artifact.path) === true,
    isBroken: artifact.brokenImports.length > 0,
    isOlder: artifact.olderThanSource.length > 0,
    isOtherText: artifact.olderThanSource.some(({ differs }) => differs === true),
    thrown: thrownFrom(reading, `${app.dir ?? ''}/${artifact.path}`),
  };
};

/** A package that the crash asks for and package.json still lists is simply not installed: that is no sign of age. */
const isPlainlyMissing = (report: ErrorReport, app: AppFacts): boolean => {
  const request = moduleRequest(report);
  return request?.kind === 'package' && valueOf(app.packages)?.missing.includes(packageOf(request.wanted)) === true;
};

const isOld = ({ isBroken, isOlder, isOtherText }: Case): boolean => isBroken || isOtherText || isOlder;

/** A build that should run is stale by proof only: a time alone may come from a checkout. */
const sureOfProduct = ({ isBroken, isOlder, isOtherText }: Case): number => {
  if (isBroken || isOtherText) return 0.9;
  return isOlder ? 0.7 : 0.4;
};

const sureByThrown = (found: Case, report: ErrorReport, app: AppFacts): number => {
  if (isPlainlyMissing(report, app)) return 0.3;
  if (!UNFITTING.test(subjectOf(report))) return found.isGhost ? 0.6 : 0.2;
  if (!found.isGhost) return sureOfProduct(found);
  return isOld(found) ? 0.98 : 0.93;
};

const sureBySight = (found: Case): number => {
  const { isGhost, isLedInto, isBroken, isOtherText } = found;
  if (!isGhost) return isBroken ? 0.7 : isOtherText ? 0.4 : 0;
  if (!isLedInto || !isOld(found)) return 0;
  return isBroken ? 0.85 : 0.6;
};

/** Without a word from a crash, what is seen counts only for an app that is down; beside another cause it stands far behind. */
const sureOf = (found: Case, app: AppFacts, reading: Reading): number => {
  if (found.thrown !== undefined) return sureByThrown(found, found.thrown, app);
  const isSilent = reading.everything.trim() === '';
  const sure = sureBySight(found);
  if (standingOf(app) === 'up') return sure * 0.4;
  return isSilent ? sure : sure * 0.5;
};

const ageClues = ({ artifact }: Case): readonly Clue[] => {
  const [older] = artifact.olderThanSource;
  const [broken] = artifact.brokenImports;
  const [orphan] = artifact.withoutSource;
  return [
    ...(older === undefined
      ? []
      : [
          clue('file', older.differs === true ? 'built-from-other-text' : 'built-before-source', {
            built: told(older.built),
            source: told(older.source),
            count: artifact.olderThanSource.length,
            olderMs: Math.max(0, older.sourceAt - older.builtAt),
          }),
        ]),
    ...(broken === undefined
      ? []
      : [clue('file', 'built-import-broken', { file: told(broken.file), wanted: told(broken.specifier) })]),
    ...(orphan === undefined || older !== undefined
      ? []
      : [clue('file', 'built-without-source', { built: told(orphan), count: artifact.withoutSource.length })]),
  ];
};

const roleClues = (app: AppFacts, { artifact, isGhost }: Case): readonly Clue[] => {
  const entry = valueOf(app.entry);
  if (entry === undefined) return [];
  const lead = entry.leadsInto.find((one) => one.artifact === artifact.path);
  const file = told(entry.file ?? '');
  const params = { file, path: `${artifact.path}/`, by: told(entry.chain.at(-1) ?? file) };
  return [
    clue('manager', isGhost ? 'entry-is-source' : 'entry-is-built', params),
    ...(lead === undefined ? [] : [clue('file', 'source-leads-into', { from: told(lead.from), to: told(lead.to) })]),
  ];
};

const originClues = (app: AppFacts, { artifact }: Case): readonly Clue[] => {
  const lastMove = valueOf(app.git)?.lastMoves[0];
  const tracked = valueOf(artifact.isTracked);
  return [
    clue(
      'file',
      'artifact-appeared',
      { path: `${artifact.path}/`, ...beforeTrouble(app, artifact.appearedAt) },
      artifact.appearedAt,
    ),
    ...(artifact.madeBy === undefined ? [] : [clue('file', 'artifact-made-by', { by: told(artifact.madeBy) })]),
    ...(lastMove === undefined
      ? []
      : [clue('git', 'last-deploy', { what: told(lastMove.what), commit: lastMove.commit }, lastMove.at)]),
    ...(tracked === undefined
      ? []
      : [clue('git', tracked ? 'artifact-tracked' : 'artifact-untracked', { path: `${artifact.path}/` })]),
  ];
};

const paramsOf = ({ artifact, isGhost, thrown }: Case, app: AppFacts): Finding['params'] => {
  const wanted = thrown === undefined ? artifact.brokenImports[0]?.specifier : moduleRequest(thrown)?.wanted;
  return {
    folder: `${artifact.path}/`,
    path: told(`${app.dir ?? ''}/${artifact.path}`),
    role: isGhost ? 'ghost' : 'product',
    ...(wanted === undefined ? {} : { wanted: told(wanted) }),
  };
};

const evidenceFor = (found: Case, app: AppFacts, reading: Reading): readonly Clue[] => {
  const [appeared, ...origin] = originClues(app, found);
  const quote = found.thrown === undefined ? [] : evidenceOf(found.thrown, reading).slice(0, 1);
  return [
    ...quote,
    ...(appeared === undefined ? [] : [appeared]),
    ...ageClues(found),
    ...roleClues(app, found),
    ...origin,
  ];
};

const findingOf = (found: Case, app: AppFacts, reading: Reading): readonly Finding[] => {
  const confidence = sureOf(found, app, reading);
  if (confidence < 0.1) return [];
  const mayGo = found.isGhost && valueOf(found.artifact.isTracked) !== true;
  return [
    {
      cause: 'stale-artifact',
      params: paramsOf(found, app),
      confidence,
      evidence: evidenceFor(found, app, reading),
      ...(mayGo ? { action: 'stale-artifacts' } : {}),
    },
  ];
};

/** A build that lies in the way of its source: what the entry really leads to, the build's age and text, and how it came to be here. */
export const shadowingArtifact = defineRule({
  name: 'shadowing-artifact',
  causes: ['stale-artifact'],
  judge: (reading, facts) => {
    const app = facts?.app;
    if (app === undefined) return [];
    const folders = (valueOf(app.artifacts) ?? []).filter(({ kind }) => kind === 'folder');
    return folders.flatMap((artifact) => findingOf(caseOf(artifact, app, reading), app, reading));
  },
});
