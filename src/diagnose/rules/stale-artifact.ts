import type { ErrorReport } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding, Params } from '../finding.ts';
import { frameFile, isWhileLoading } from '../frame.ts';
import { builtFolder, moduleRequest, resolveRequest } from '../module-request.ts';
import { valueOf } from '../known.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, told, type Signature } from '../signature.ts';

/** What compilers do not copy: its absence in a build is no sign of age. */
const ASSET =
  /\.(?:css|crt|ejs|gql|graphql|hbs|html|ico|json5?|key|md|mjml|node|pem|png|proto|pug|sql|svg|toml|txt|wasm|xml|ya?ml)$/i;

const named = (folder: { readonly name: string; readonly path: string }): Params => ({
  folder: `${told(folder.name)}/`,
  path: told(folder.path),
});

interface Lacking {
  readonly params: Params;
  readonly isAsset: boolean;
  readonly isOutside: boolean;
}

/** A built file asks for a file of the same build, which is not there. */
const lacking = (report: ErrorReport): Lacking | undefined => {
  const request = moduleRequest(report);
  const from = request?.askedBy[0] ?? '';
  const folder = builtFolder(from);
  if (request === undefined || folder === undefined || request.kind === 'package' || request.kind === 'alias')
    return undefined;
  const path = request.kind === 'relative' ? resolveRequest(request.wanted, from) : request.wanted;
  const root = folder.path.replaceAll('\\', '/');
  return {
    params: { ...named(folder), wanted: told(request.wanted), from: told(from) },
    isAsset: ASSET.test(request.wanted),
    isOutside: !path.replaceAll('\\', '/').startsWith(`${root}/`),
  };
};

const lacks =
  (fits: (found: Lacking) => boolean): Signature['match'] =>
  (report) => {
    const found = lacking(report);
    return found !== undefined && fits(found) ? found.params : undefined;
  };

const MISFIT =
  /is not a function|is not a constructor|requires a callback function|argument handler (?:must be a function|is required)|Class extends value undefined|Router\.use\(\) requires|does not provide an export named/;

/** The program's innermost own file, where it lies in a build. */
const builtFrame = (report: ErrorReport): Params | undefined => {
  const files = [report.excerpt?.file ?? '', ...report.frames.map((frame) => frameFile(frame)?.file ?? '')];
  const first = files.find((file) => file !== '' && !file.startsWith('node:') && !/[\\/]node_modules[\\/]/.test(file));
  const folder = builtFolder(first ?? '');
  return folder === undefined ? undefined : named(folder);
};

/** Parts of a build that do not fit each other, seen while it is loaded. */
const misfit: Signature['match'] = (report) =>
  MISFIT.test(report.message) && isWhileLoading(report.frames) ? builtFrame(report) : undefined;

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'stale-artifact',
    action: 'stale-artifacts',
    sure: 0.88,
    match: lacks(({ isAsset, isOutside }) => !isAsset && !isOutside),
  },
  { cause: 'stale-artifact', action: 'stale-artifacts', sure: 0.5, match: lacks(() => true) },
  { cause: 'stale-artifact', action: 'stale-artifacts', sure: 0.7, match: misfit },
];

/** A build that runs itself, or that git tracks, is nothing to be moved away: where facts say so, nothing is proposed. */
const mayGo = ({ params }: Finding, facts: Facts | undefined): boolean => {
  const artifacts = valueOf(facts?.app?.artifacts) ?? [];
  const one = artifacts.find(({ path }) => `${path}/` === params['folder']);
  return one === undefined || (!one.holdsEntry && valueOf(one.isTracked) !== true);
};

const withoutAction = ({ cause, params, confidence, evidence }: Finding): Finding => ({
  cause,
  params,
  confidence,
  evidence,
});

/** A build that is partly there, or older than what it is run with: `dist/` without a file that it asks for. */
export const staleArtifact = defineRule({
  name: 'stale-artifact',
  causes: ['stale-artifact'],
  judge: (reading, facts) =>
    bySignatures(reading, SIGNATURES).map((finding) => (mayGo(finding, facts) ? finding : withoutAction(finding))),
});
