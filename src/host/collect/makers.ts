import { join } from 'node:path';
import { redact } from '#kernel/redact.ts';
import { asRecord, asText, listFolder, readJson, readText } from './files.ts';

const SCRIPT =
  /(^|\/)(deploy|release|update|start|build|install|restart|ci|pull)[\w.-]*\.(sh|bash|js|mjs|cjs|ts)$|(^|\/)(Makefile|makefile|Jenkinsfile|\.gitlab-ci\.yml|deploy)$|\.github\/workflows\/[^/]+\.ya?ml$/;
const FOLDERS = [
  '.',
  '..',
  'scripts',
  'bin',
  'deploy',
  '../scripts',
  '../deploy',
  '.github/workflows',
  '../.github/workflows',
];
const BUILDS =
  /^(?!\s*(#|\/\/)).*\b(?:(?:npm|pnpm|yarn)\s+(?:--?\S+\s+(?:\S+\s+)?)*(?:run\s+)?build\b|npx\s+tsc\b|(?<![\w-])tsc\b(?!.*--noEmit)|nest\s+build|esbuild\b|webpack\b|rollup\b|swc\b|vite\s+build|tsup\b)/m;

/** A place that builds on this machine. */
export interface Maker {
  /** Relative to the app's folder. */
  readonly file: string;
  readonly line: number;
  readonly command: string;
}

const packageMakers = async (dir: string): Promise<readonly Maker[]> => {
  const scripts = asRecord(asRecord(await readJson(join(dir, 'package.json')))?.['scripts']) ?? {};
  return ['prestart', 'start', 'deploy', 'postinstall', 'prepare', 'predeploy'].flatMap((name) => {
    const command = asText(scripts[name]);
    return command !== undefined && BUILDS.test(command)
      ? [{ file: `package.json scripts.${name}`, line: 1, command: redact(command).slice(0, 160) }]
      : [];
  });
};

/** Scripts near the app that build in place: what brings an artifact back with the next deploy. */
export const findMakers = async (dir: string): Promise<readonly Maker[]> => {
  const found: Maker[] = [...(await packageMakers(dir))];
  for (const folder of FOLDERS) {
    for (const entry of (await listFolder(join(dir, folder))).slice(0, 500)) {
      const file = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      const text = entry.isFile() && SCRIPT.test(file) ? await readText(join(dir, file), 200_000) : undefined;
      const match = text === undefined ? null : BUILDS.exec(text);
      if (text === undefined || match === null) continue;
      found.push({
        file,
        line: text.slice(0, match.index).split('\n').length,
        command: redact(match[0].trim()).slice(0, 160),
      });
    }
  }
  return found;
};

/** The first script that builds here, in words: `deploy.sh:12: npm run build`. */
export const findMaker = async (dir: string): Promise<string | undefined> => {
  const [first] = await findMakers(dir);
  return first === undefined ? undefined : `${first.file}:${first.line}: ${first.command}`;
};
