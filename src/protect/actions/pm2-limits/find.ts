import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { ActionApp } from '../../define.ts';

/** The names that PM2's documents and people give such a file, best first. */
const USUAL = [
  /^ecosystem\.config\.(?:js|cjs|mjs|json|ya?ml)$/,
  /^ecosystem\.(?:json|ya?ml|js|cjs)$/,
  /^(?:ecosystem[.-][\w.-]+|[\w.-]+[.-]ecosystem)(?:\.config)?\.(?:js|cjs|mjs|json|ya?ml)$/,
  /^(?:pm2|process(?:es)?)(?:[.-][\w-]+)*(?:\.config)?\.(?:js|cjs|mjs|json|ya?ml)$/,
  /^ecosystem(?:[.-][\w-]+)*\.(?:ts|mts|cts)$/,
];

/** Any other file of a form that PM2 takes; its text has to look like PM2's. */
const POSSIBLE = /\.config\.(?:js|cjs|mjs|json|ya?ml|ts)$/;

const LEVELS = 3;

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    // A folder that is not there or not ours to read has nothing for us.
    if ((error as NodeJS.ErrnoException).code !== undefined) return [];
    throw error;
  }
};

const looksLikePm2 = async (path: string): Promise<boolean> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /\bscript\b/.test(text) && /\b(?:max_restarts|min_uptime|exec_mode|interpreter|apps)\b/.test(text);
};

const usualIn = async (folder: string): Promise<readonly string[]> => {
  const names = await namesIn(folder);
  return USUAL.flatMap((pattern) => names.filter((name) => pattern.test(name))).map((name) => join(folder, name));
};

const possibleIn = async (folder: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await namesIn(folder))
    if (POSSIBLE.test(name) && (await looksLikePm2(join(folder, name)))) found.push(join(folder, name));
  return found;
};

/** The files that may configure an app in PM2, likeliest first: the one that is named, else those in its folder, else those in the folders above. */
export const findConfigs = async (app: ActionApp): Promise<readonly string[]> => {
  if (app.ecosystem !== undefined) return [isAbsolute(app.ecosystem) ? app.ecosystem : join(app.dir, app.ecosystem)];
  const found: string[] = [];
  let folder = app.dir;
  for (let level = 0; level < LEVELS; level += 1) {
    found.push(...(await usualIn(folder)));
    if (level === 0) found.push(...(await possibleIn(folder)));
    if (dirname(folder) === folder) break;
    folder = dirname(folder);
  }
  return [...new Set(found)];
};
