import type { GitFacts, GitMove } from '#diagnose/app-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { redact } from '#kernel/redact.ts';
import { runCommand } from './command.ts';

/**
 * Git is asked to look only: no lock is taken, and nothing that a repository's own settings name (a monitor, hooks, a pager) is run. A folder that
 * belongs to another user is looked at as well.
 */
const CAREFUL = [
  '-c',
  'safe.directory=*',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '--no-pager',
  '--literal-pathspecs',
];
const ENV = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
const MOST_PATHS = 50;
const MOST_MOVES = 10;

/** Asks git about a folder. */
export const askGit = async (dir: string, words: readonly string[], signal: AbortSignal): Promise<Known<string>> => {
  const said = await runCommand('git', [...CAREFUL, '-C', dir, ...words], { signal, env: ENV, maxBytes: 8_000_000 });
  if (said.known) return said;
  return /not a git repository/.test(said.detail ?? '') ? unknown('absent', 'no repository') : said;
};

/** Lines of the reflog (`%H %gd %gs`, dates as seconds): where HEAD went, latest first. */
export const parseMoves = (text: string): readonly GitMove[] =>
  text.split('\n').flatMap((line) => {
    const [commit = '', place = '', what = ''] = line.split('\0');
    const seconds = /@\{(\d+)/.exec(place)?.[1];
    if (seconds === undefined) return [];
    return [{ at: Number(seconds) * 1_000, what: redact(what).slice(0, 200), commit: commit.slice(0, 12) }];
  });

/** What `git status --porcelain=v2 --branch -z` says. */
export const parseStatus = (text: string): Pick<GitFacts, 'head' | 'branch' | 'dirty' | 'untracked' | 'unmerged'> => {
  const parts = text.split('\0');
  const header = (key: string): string | undefined =>
    parts.find((part) => part.startsWith(`# ${key} `))?.slice(key.length + 3);
  const branch = header('branch.head');
  const paths = (pattern: RegExp): readonly string[] =>
    parts.flatMap((part) => pattern.exec(part)?.[1] ?? []).slice(0, MOST_PATHS);
  return {
    head: (header('branch.oid') ?? '').slice(0, 12),
    ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    dirty: [...paths(/^1 (?:\S+ ){7}(.*)$/s), ...paths(/^2 (?:\S+ ){8}(.*)$/s)],
    untracked: paths(/^\? (.*)$/s),
    unmerged: paths(/^u (?:\S+ ){9}(.*)$/s),
  };
};

/** The repository of a folder: HEAD and where it went lately, what is changed and not tracked. `absent` where there is none. */
export const collectGit = async (dir: string, signal: AbortSignal): Promise<Known<GitFacts>> => {
  const [top, status, last, moves] = await Promise.all([
    askGit(dir, ['rev-parse', '--show-toplevel'], signal),
    askGit(dir, ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal', '--', '.'], signal),
    askGit(dir, ['log', '-1', '--no-show-signature', '--format=%ct%x00%s'], signal),
    askGit(
      dir,
      ['log', '-g', `-${MOST_MOVES}`, '--no-show-signature', '--date=unix', '--format=%H%x00%gd%x00%gs'],
      signal,
    ),
  ]);
  if (!top.known) return top;
  if (!status.known) return status;
  const [seconds, subject] = last.known ? last.value.trimEnd().split('\0') : [];
  return known(
    defined({
      root: top.value.trim(),
      ...parseStatus(status.value),
      subject: subject === undefined ? undefined : redact(subject).slice(0, 200),
      committedAt: seconds === undefined || seconds === '' ? undefined : Number(seconds) * 1_000,
      lastMoves: moves.known ? parseMoves(moves.value) : [],
    }),
  );
};

/** Which of these paths hold anything that git tracks. */
export const trackedAmong = async (
  dir: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Known<ReadonlySet<string>>> => {
  if (paths.length === 0) return known(new Set());
  const said = await askGit(dir, ['ls-files', '-z', '--', ...paths], signal);
  if (!said.known) return said;
  const files = said.value.split('\0').filter((one) => one !== '');
  return known(new Set(paths.filter((path) => files.some((file) => file === path || file.startsWith(`${path}/`)))));
};
