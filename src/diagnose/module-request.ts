import type { ErrorReport } from './crash.ts';
import { subjectOf } from './signature.ts';

/** What a program asked to load and did not get. */
export interface ModuleRequest {
  /** As it stands in the source, or the absolute path that it became. */
  readonly wanted: string;
  readonly kind: 'relative' | 'absolute' | 'package' | 'alias';
  /** Who asked, nearest first; empty for the program's own entry. */
  readonly askedBy: readonly string[];
  /** Asked for by `import`, which needs file extensions. */
  readonly isEsm: boolean;
}

const CJS = /Cannot find module '([^'\n]{1,500})'(?! imported)/;
const ESM_FILE = /Cannot find module '([^'\n]{1,500})' imported from '?((?:file:\/\/)?[^\n]{1,500})/;
const ESM_PACKAGE = /Cannot find package '([^'\n]{1,500})' imported from '?((?:file:\/\/)?[^\n]{1,500})/;
const ALIAS = /^(?:#|~\/|@\/|src\/|app\/)/;

const clean = (path: string): string =>
  path
    .replace(/^file:\/\//, '')
    .replace(/['.]$/, '')
    .trim();

const kindOf = (wanted: string): ModuleRequest['kind'] => {
  if (/^\.{1,2}(?:[\\/]|$)/.test(wanted)) return 'relative';
  if (/^(?:\/|[A-Za-z]:[\\/]|file:)/.test(wanted)) return 'absolute';
  return ALIAS.test(wanted) ? 'alias' : 'package';
};

const stackOf = (message: string): readonly string[] => {
  const after = message.split(/Require stack:/)[1];
  if (after === undefined) return [];
  return after
    .split('\n')
    .map((line) => /^\s*- (.+)$/.exec(line)?.[1]?.trim() ?? '')
    .filter((path) => path !== '');
};

/** The request that an error tells of; undefined when it is another error. */
export const moduleRequest = (report: ErrorReport): ModuleRequest | undefined => {
  const subject = subjectOf(report);
  const esm = ESM_FILE.exec(subject) ?? ESM_PACKAGE.exec(subject);
  if (esm !== null) {
    const wanted = clean(esm[1] ?? '');
    return { wanted, kind: kindOf(wanted), askedBy: [clean(esm[2] ?? '')], isEsm: true };
  }
  const cjs = CJS.exec(subject);
  if (cjs === null) return undefined;
  const wanted = cjs[1] ?? '';
  return { wanted, kind: kindOf(wanted), askedBy: stackOf(report.message), isEsm: false };
};

/** The package of a request: `@scope/name` of `@scope/name/sub/path`. */
export const packageOf = (wanted: string): string =>
  wanted
    .split('/')
    .slice(0, wanted.startsWith('@') ? 2 : 1)
    .join('/');

/** The package in whose installation a file lies; undefined for the program's own files. */
export const installedPackage = (path: string): string | undefined => {
  const inside = path.split(/[\\/]node_modules[\\/]/).at(-1);
  return inside === undefined || inside === path ? undefined : packageOf(inside.replaceAll('\\', '/'));
};

/** A folder that builds write: code in it is made from other code. */
const BUILT = /(?:^|[\\/])(dist|build|out|\.next|\.output|lib-cjs|compiled|\.build|target|bundle)[\\/]/;

/** The built folder of the program in which a file lies, with the path up to it; undefined when it lies in none, or in a package. */
export const builtFolder = (path: string): { readonly name: string; readonly path: string } | undefined => {
  if (/[\\/]node_modules[\\/]/.test(path)) return undefined;
  const match = BUILT.exec(path);
  if (match === null) return undefined;
  const end = match.index + match[0].length;
  return { name: match[1] ?? '', path: path.slice(0, end).replace(/[\\/]$/, '') };
};

/** The absolute path that a relative request means; `..` and `.` taken away. */
export const resolveRequest = (wanted: string, from: string): string => {
  const parts = from.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of wanted.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
};
