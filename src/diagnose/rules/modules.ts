import type { ErrorReport, Reading } from '../crash.ts';
import type { Params } from '../finding.ts';
import {
  builtFolder,
  installedPackage,
  moduleRequest,
  packageOf,
  resolveRequest,
  type ModuleRequest,
} from '../module-request.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, told, words, type Signature } from '../signature.ts';

const CODE_FILE = /\.(?:[cm]?js|[cm]?ts|json|node|wasm)$/;

const RUNNER = /pm2[\\/]lib[\\/]ProcessContainer|[\\/](?:tsx|ts-node)[\\/]/;

/** The program's entry: nobody asked for it, or only the runner did. */
const isEntry = ({ kind, askedBy }: ModuleRequest): boolean =>
  kind === 'absolute' && (askedBy.length === 0 || (askedBy.length === 1 && RUNNER.test(askedBy[0] ?? '')));

const isEsmEntry = (report: ErrorReport): boolean =>
  /Cannot find module '[^']+' imported from (?:'?(?:file:\/\/)?\/[^\n]*\/(?:pm2\/lib|tsx\/dist)|[^\n]*\[eval|[^\n]*\/(?:\n|$))/.test(
    report.message,
  );

const ownedBy = (request: ModuleRequest): string => request.askedBy[0] ?? '';

const fileMissing = (request: ModuleRequest): Params => {
  const asker = ownedBy(request);
  const inPackage = installedPackage(asker);
  const path = request.kind === 'relative' && asker !== '' ? resolveRequest(request.wanted, asker) : request.wanted;
  return {
    path: told(path),
    wanted: told(request.wanted),
    ...(asker === '' ? {} : { from: told(asker) }),
    ...(inPackage === undefined ? {} : { package: told(inPackage) }),
    ...(request.isEsm && !CODE_FILE.test(request.wanted) ? { extension: true } : {}),
  };
};

const entry: Signature['match'] = (report) => {
  const request = moduleRequest(report);
  if (request === undefined) return undefined;
  return isEntry(request) || isEsmEntry(report) ? { path: told(request.wanted) } : undefined;
};

const own =
  (wants: (request: ModuleRequest) => boolean): Signature['match'] =>
  (report) => {
    const request = moduleRequest(report);
    if (request === undefined || request.kind === 'package' || !wants(request)) return undefined;
    return fileMissing(request);
  };

/** What a build left out is the matter of another rule. */
const isInBuild = (request: ModuleRequest): boolean => builtFolder(ownedBy(request)) !== undefined;

const PREPARED = /^\.prisma\/client|^@prisma\/client\/|^generated\/prisma/;

/** Built-in modules of a newer Node, and packages for one platform: other rules know them. */
const OTHERS = new RegExp(
  `${PREPARED.source}|^node:|^@(?:esbuild|swc|rollup|img|parcel|next|oxc-\\w+|rolldown|napi-rs|node-rs|tailwindcss|biomejs|lightningcss)/[\\w-]*(?:linux|darwin|win32|sunos|freebsd)`,
);

const notInstalled: Signature['match'] = (report) => {
  const request = moduleRequest(report);
  if (request === undefined || request.kind !== 'package' || OTHERS.test(request.wanted)) return undefined;
  const asker = ownedBy(request);
  const name = packageOf(request.wanted);
  const parent = installedPackage(asker);
  return {
    package: told(name),
    ...(asker === '' ? {} : { from: told(asker) }),
    ...(parent === undefined || parent === name ? {} : { neededBy: told(parent) }),
  };
};

const SIGNATURES: readonly Signature[] = [
  { cause: 'entry-missing', sure: 0.95, match: entry },
  { cause: 'module-file-missing', sure: 0.75, match: own((request) => request.kind === 'alias') },
  { cause: 'module-file-missing', sure: 0.55, match: own((request) => isInBuild(request)) },
  { cause: 'module-file-missing', sure: 0.93, match: own(() => true) },
  { cause: 'package-missing', sure: 0.95, match: notInstalled },
  {
    cause: 'module-file-missing',
    sure: 0.9,
    match: words(
      /Directory import '(?<path>[^']{1,300})' is not supported resolving ES modules(?: imported from (?<from>\S{1,300}))?/,
    ),
  },
  {
    cause: 'package-path-not-exported',
    sure: 0.95,
    match: words(
      /Package subpath '(?<wanted>[^']{1,200})' is not defined by "exports" in (?:\S{0,300}?node_modules\/)?(?<package>(?:@[^/\s]{1,100}\/)?[^/\s]{1,100})/,
    ),
  },
  {
    cause: 'package-path-not-exported',
    sure: 0.93,
    match: words(
      /No "exports" main defined in (?:\S{0,300}?node_modules\/)?(?<package>(?:@[^/\s]{1,100}\/)?[^/\s]{1,100})|ERR_PACKAGE_PATH_NOT_EXPORTED/,
    ),
  },
  {
    cause: 'package-path-not-exported',
    sure: 0.85,
    match: words(/Package import specifier "(?<wanted>[^"]{1,200})" is not defined|ERR_PACKAGE_IMPORT_NOT_DEFINED/),
  },
  {
    cause: 'package-missing',
    sure: 0.85,
    match: words(
      /(?:^|\s)(?:sh|bash|\/bin\/sh|dash): (?:\d+: |line \d+: )?(?<package>[\w@/.-]{1,80}): (?:command )?not found/,
    ),
  },
  {
    cause: 'entry-missing',
    sure: 0.85,
    match: words(/Missing script: "?(?<script>[\w:.-]{1,80})"?|missing script: (?<name>[\w:.-]{1,80})/),
  },
  {
    cause: 'package-missing',
    sure: 0.85,
    match: words(
      /Please install (?:the )?[`'"]?(?<package>[\w@/.-]{1,80})[`'"]? package manually|Cannot find (?:module|package) "(?<name>[\w@/.-]{1,80})"|The "(?<missing>[\w@/.-]{1,80})" package is missing|ensure to install the "(?<driver>[\w@/.-]{1,80})" package/,
    ),
  },
  {
    cause: 'package-missing',
    sure: 0.75,
    match: words(
      /(?:Knex: run|Run) (?:\$ )?`?npm install (?<package>[\w@/.-]{1,80})|package has not been found installed\. Try to install it: npm install (?<name>[\w@/.-]{1,80})|DriverPackageNotInstalledError: (?<missing>[\w ]{1,60})/,
    ),
  },
  {
    cause: 'entry-missing',
    sure: 0.9,
    match: words(
      /\[PM2\]\[ERROR\] Script not found: (?<path>\S{1,300})|Script not found in .{0,40}: (?<script>\S{1,300})|(?:No script path - aborting)/,
    ),
  },
];

/** A file, package, entry or path within a package that could not be loaded because it is not there. */
export const modules = defineRule({
  name: 'modules',
  causes: ['entry-missing', 'module-file-missing', 'package-missing', 'package-path-not-exported'],
  judge: (reading: Reading) => bySignatures(reading, SIGNATURES),
});
