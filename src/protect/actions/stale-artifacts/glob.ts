import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsence, isThere } from '../../runner/durable.ts';

const SIGNS: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]' };

const segmentPattern = (segment: string): RegExp => {
  const source = segment
    .replaceAll(/[.+^$()|\\]/g, String.raw`\$&`)
    .replaceAll(/\[!/g, '[^')
    .replaceAll(/\{([^{}]*)\}/g, (_, words: string) => `(${words.split(',').join('|')})`)
    .replaceAll(/[*?]/g, (sign) => SIGNS[sign] ?? sign);
  return new RegExp(`^${source}$`, 's');
};

const isPlain = (segment: string): boolean => !/[*?[{]/.test(segment);

/** Never looked into: packages, git, and what Dozor itself keeps. */
const CLOSED = new Set(['node_modules', '.git', '.dozor']);

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

const entriesOf = async (folder: string): Promise<readonly Entry[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    if (isAbsence(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  }
};

const walkPlain = async (dir: string, under: string, segments: readonly string[]): Promise<readonly string[]> => {
  const [segment = '', ...rest] = segments;
  const path = join(under, segment);
  if (!(await isThere(join(dir, path)))) return [];
  return rest.length === 0 ? [path] : walk(dir, path, rest);
};

const walkPattern = async (dir: string, under: string, segments: readonly string[]): Promise<readonly string[]> => {
  const [segment = '', ...rest] = segments;
  const isDeep = segment === '**';
  const pattern = isDeep ? /^/ : segmentPattern(segment);
  const found = isDeep && rest.length > 0 ? [...(await walk(dir, under, rest))] : [];
  const entries = (await entriesOf(join(dir, under))).filter(({ name }) => !CLOSED.has(name) && pattern.test(name));
  for (const { name, isFolder } of entries) {
    if (rest.length === 0) found.push(join(under, name));
    else if (isFolder) found.push(...(await walk(dir, join(under, name), isDeep ? segments : rest)));
  }
  return found;
};

const walk = async (dir: string, under: string, segments: readonly string[]): Promise<readonly string[]> =>
  isPlain(segments[0] ?? '') ? walkPlain(dir, under, segments) : walkPattern(dir, under, segments);

/** A pattern that leads out of the folder, or means all of it. */
export const isUnsafeGlob = (glob: string): boolean => {
  const segments = glob.split('/').filter((one) => one !== '' && one !== '.');
  return glob.startsWith('/') || segments.includes('..') || segments.every((one) => /^\*+$/.test(one));
};

/**
 * What a pattern means below a folder: `*`, `?`, `[ab]`, `{a,b}` within a name, `**` across folders. Links are not followed.
 * @returns paths relative to the folder, none twice
 */
export const matchArtifacts = async (dir: string, glob: string): Promise<readonly string[]> => {
  if (isUnsafeGlob(glob)) return [];
  const segments = glob.split('/').filter((one) => one !== '' && one !== '.');
  return [...new Set(await walk(dir, '', segments))];
};
