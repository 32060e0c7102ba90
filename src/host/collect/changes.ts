import { join } from 'node:path';
import type { AppFacts, ChangeFact } from '#diagnose/app-facts.ts';
import { valueOf } from '#diagnose/known.ts';
import { shownFrom } from './entry.ts';
import { statOf } from './files.ts';
import type { ReachedFile } from './imports.ts';

type Told = Pick<AppFacts, 'artifacts' | 'git' | 'packages' | 'environment' | 'entry'>;

const MOST_CHANGES = 20;

const fileChange = async (
  dir: string,
  path: string | undefined,
  what: ChangeFact['what'],
): Promise<readonly ChangeFact[]> => {
  const stats = path === undefined ? undefined : await statOf(path);
  return stats === undefined || path === undefined
    ? []
    : [{ at: Math.round(stats.mtimeMs), what, path: shownFrom(dir, path) }];
};

const newestSource = async (dir: string, code: readonly ReachedFile[]): Promise<readonly ChangeFact[]> => {
  const all = (await Promise.all(code.slice(0, 300).map(({ path }) => fileChange(dir, path, 'source')))).flat();
  return [...all].sort((a, b) => b.at - a.at).slice(0, 3);
};

const fromFacts = ({ artifacts, git, packages, environment }: Told): readonly ChangeFact[] => {
  const installed = valueOf(packages);
  const env = valueOf(environment);
  const at = (what: ChangeFact['what'], path: string | undefined, moment: number | undefined): readonly ChangeFact[] =>
    path === undefined || moment === undefined ? [] : [{ at: moment, what, path }];
  return [
    ...(valueOf(artifacts) ?? []).map((one) => ({
      at: Math.max(one.appearedAt, one.newestAt),
      what: 'artifact' as const,
      path: one.path,
    })),
    ...(valueOf(git)?.lastMoves ?? []).map((move) => ({
      at: move.at,
      what: 'git-head' as const,
      path: move.commit,
      detail: move.what,
    })),
    ...at('lock-file', installed?.lockFile, installed?.lockAt),
    ...at('packages', 'node_modules', installed?.installedAt),
    ...at('env-file', env?.file, env?.fileAt),
  ];
};

/** What changed last around an app, latest first. */
export const collectChanges = async (
  dir: string,
  told: Told,
  code: readonly ReachedFile[],
  ecosystem: string | undefined,
): Promise<readonly ChangeFact[]> => {
  const entry = valueOf(told.entry);
  const onDisk = await Promise.all([
    fileChange(dir, ecosystem, 'ecosystem'),
    fileChange(dir, join(dir, 'package.json'), 'manifest'),
    fileChange(dir, entry?.file === undefined ? undefined : join(dir, entry.file), 'entry'),
    newestSource(dir, code),
  ]);
  const all = [...fromFacts(told), ...onDisk.flat()].sort((a, b) => b.at - a.at);
  const seen = new Set<string>();
  return all
    .filter(({ what, path, at }) => {
      const key = what === 'git-head' ? `${what} ${at}` : path;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .slice(0, MOST_CHANGES);
};
