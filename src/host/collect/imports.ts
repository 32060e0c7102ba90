import { dirname, extname, join } from 'node:path';
import { createBreather } from './deadline.ts';
import { readText, statOf } from './files.ts';

/** A file that is reached from the entry, with what it imports by a relative path. */
export interface ReachedFile {
  readonly path: string;
  readonly text: string;
  readonly broken: readonly string[];
  /** The files that its relative imports lead to. */
  readonly targets: readonly string[];
}

const RELATIVE = [
  /\brequire\s*\(\s*(['"`])(\.{1,2}\/[^'"`\n]*|\.{1,2})\1\s*\)/g,
  /\b(?:import|export)\b[^'"`;]{0,2000}?\bfrom\s*(['"])(\.{1,2}\/[^'"\n]*|\.{1,2})\1/g,
  /\bimport\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]*|\.{1,2})\1/g,
  /\b(?:require\.resolve|join|resolve)\s*\(\s*(?:import\.meta\.dirname|__dirname)\s*,\s*(['"])(\.{0,2}\/?[^'"\n]*\.[cm]?[jt]s)\1\s*\)/g,
];

/** Takes comments out, roughly: an import in one is none. Strings that hold `//` after a colon (addresses) stay whole. */
export const withoutComments = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');

/** The relative paths that a file imports; type-only imports, which leave no trace at run time, are left out. */
export const relativeImports = (text: string): readonly string[] => {
  const bare = withoutComments(text).replaceAll(/\b(?:import|export)\s+type\s[^;]*?from\s*['"][^'"]*['"]/g, '');
  const found = RELATIVE.flatMap((pattern) => [...bare.matchAll(pattern)].map(([, , path = '']) => path));
  return [...new Set(found)].filter((path) => path !== '' && !path.includes('${'));
};

const ENDINGS = ['', '.js', '.json', '.node', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx'];
/** TypeScript writes the ending of what will be built. */
const TYPED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
  '.jsx': ['.tsx'],
};

const isFile = async (path: string): Promise<boolean> => (await statOf(path))?.isFile() === true;

/** The file that a relative import leads to; undefined when it leads nowhere. */
export const resolveImport = async (from: string, specifier: string): Promise<string | undefined> => {
  const base = join(dirname(from), specifier.replace(/[?#].*$/, ''));
  for (const ending of ENDINGS) if (await isFile(base + ending)) return base + ending;
  const ending = extname(base);
  if (!/\.[cm]?jsx?$/.test(from))
    for (const typed of TYPED[ending] ?? [])
      if (await isFile(base.slice(0, -ending.length) + typed)) return base.slice(0, -ending.length) + typed;
  for (const one of ENDINGS.slice(1)) if (await isFile(join(base, `index${one}`))) return join(base, `index${one}`);
  // A folder with a package.json of its own.
  return (await isFile(join(base, 'package.json'))) ? join(base, 'package.json') : undefined;
};

/** Limits of a walk over imports. */
export interface WalkLimits {
  readonly files: number;
  readonly signal: AbortSignal;
}

const CODE = /\.[cm]?[jt]sx?$/;

const readCode = async (path: string): Promise<ReachedFile | undefined> => {
  const text = CODE.test(path) ? await readText(path, 1_000_000) : undefined;
  if (text === undefined) return undefined;
  const found = await Promise.all(
    relativeImports(text).map(async (specifier) => ({ specifier, target: await resolveImport(path, specifier) })),
  );
  return {
    path,
    text,
    broken: found.filter(({ target }) => target === undefined).map(({ specifier }) => specifier),
    targets: found.flatMap(({ target }) => target ?? []),
  };
};

/** Follows relative imports from the entry on, breadth first, up to a number of files; packages are left out. */
export const walkImports = async (
  entries: readonly string[],
  { files, signal }: WalkLimits,
): Promise<readonly ReachedFile[]> => {
  const breathe = createBreather();
  const seen = new Set(entries);
  const queue = [...entries];
  const reached: ReachedFile[] = [];
  while (queue.length > 0 && reached.length < files && !signal.aborted) {
    await breathe();
    const one = await readCode(queue.shift() as string);
    if (one === undefined) continue;
    reached.push(one);
    for (const target of one.targets) {
      if (seen.has(target) || target.includes('/node_modules/')) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return reached;
};
