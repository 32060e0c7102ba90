import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ExitFact } from '#diagnose/app-facts.ts';
import type { EpochMs } from '#kernel/time.ts';
import { listFolder, readJson, readTail, readText, statOf } from './files.ts';
import { readLaunch, type Launch } from './launch.ts';
import { isAlive } from './processes.ts';

/** What PM2 leaves in its folder: read without asking it. */
export interface Pm2Files {
  readonly home: string;
  /** The daemon's process, when it lives. */
  readonly daemon?: number;
  /** The saved list; undefined when nothing was ever saved. */
  readonly saved?: readonly Launch[];
  readonly savedAt?: EpochMs;
}

/** PM2's folder: the one that is named, else PM2_HOME, else ~/.pm2. */
export const pm2HomeOf = (named: string | undefined, env: Readonly<Record<string, string | undefined>>): string =>
  resolve((named ?? env['PM2_HOME'] ?? '~/.pm2').replace(/^~(?=\/|$)/, env['HOME'] ?? homedir()));

const savedList = async (home: string): Promise<readonly Launch[] | undefined> => {
  for (const name of ['dump.pm2', 'dump.pm2.bak']) {
    const list = await readJson(join(home, name), 50_000_000);
    if (Array.isArray(list)) return list.flatMap((one) => readLaunch(one, 'manager', '/') ?? []);
  }
  return undefined;
};

/** Reads PM2's folder: whether the daemon lives, and the list that it would bring back after a boot. */
export const readPm2Files = async (home: string): Promise<Pm2Files> => {
  const [pidText, saved, dump] = await Promise.all([
    readText(join(home, 'pm2.pid')),
    savedList(home),
    statOf(join(home, 'dump.pm2')),
  ]);
  const pid = Number(pidText?.trim());
  const lives = Number.isInteger(pid) && pid > 0 && (await isAlive(pid));
  return {
    home,
    ...(lives ? { daemon: pid } : {}),
    ...(saved === undefined ? {} : { saved }),
    ...(dump === undefined ? {} : { savedAt: dump.mtimeMs }),
  };
};

/** The pids that PM2 wrote down for an app: `pids/NAME-ID.pid`. */
export const readPidFiles = async (
  home: string,
  app: string,
): Promise<readonly { readonly id: string; readonly pid: number }[]> => {
  const folder = join(home, 'pids');
  // PM2 puts a minus for whatever is no letter or digit.
  const stem = app.replaceAll(/[^a-zA-Z0-9\\.\\-]/g, '-');
  const found = await Promise.all(
    (await listFolder(folder)).map(async ({ name }) => {
      const id = name.startsWith(`${stem}-`) ? /^(\d+)\.pid$/.exec(name.slice(stem.length + 1))?.[1] : undefined;
      const pid = id === undefined ? Number.NaN : Number((await readText(join(folder, name)))?.trim());
      return id !== undefined && pid > 0 ? [{ id, pid }] : [];
    }),
  );
  return found.flat();
};

/** What pm2.log tells of one app. */
export interface Pm2LogFacts {
  readonly exits: readonly ExitFact[];
  readonly starts: readonly EpochMs[];
  readonly gaveUpAt?: EpochMs;
}

const LOG_BYTES = 512_000;
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?): PM2 (?:log|error): (.*)$/;
const EXITED = /^App \[(.*):(\d+)\] exited with code \[(\d+)\] via signal \[(\w+)\]/;
const ONLINE = /^App \[(.*):(\d+)\] online/;
const GAVE_UP = /^Script (.*) had too many unstable restarts \(\d+\)\. Stopped\. "errored"/;

const exitOf = (at: EpochMs, code: number, signal: string): ExitFact =>
  // PM2 writes SIGINT where there was no signal at all.
  signal === 'SIGINT' ? { at, code } : { at, signal, ...(code === 0 ? {} : { code }) };

/** One line of pm2.log: its moment and words. PM2 writes the host's local time without a zone. */
const readLine = (line: string): { readonly at: EpochMs; readonly words: string } | undefined => {
  const [, moment = '', words = ''] = LINE.exec(line) ?? [];
  const at = Date.parse(moment);
  return Number.isNaN(at) ? undefined : { at, words };
};

/** Reads pm2.log's lines of an app; `script` is how PM2 names it when it gives up. */
export const parsePm2Log = (text: string, app: string, script?: string): Pm2LogFacts => {
  const lines = text.split('\n').flatMap((line) => readLine(line) ?? []);
  const exits = lines.flatMap(({ at, words }) => {
    const [, name, , code, signal = ''] = EXITED.exec(words) ?? [];
    return name === app ? [exitOf(at, Number(code), signal)] : [];
  });
  const starts = lines.filter(({ words }) => ONLINE.exec(words)?.[1] === app).map(({ at }) => at);
  const gaveUpAt = lines.findLast(({ words }) => script !== undefined && GAVE_UP.exec(words)?.[1] === script)?.at;
  const isFinal = gaveUpAt !== undefined && gaveUpAt >= (starts.at(-1) ?? 0);
  return { exits: exits.slice(-200), starts: starts.slice(-200), ...(isFinal ? { gaveUpAt } : {}) };
};

/** What the end of pm2.log tells of an app; undefined when it cannot be read. */
export const readPm2Log = async (home: string, app: string, script?: string): Promise<Pm2LogFacts | undefined> => {
  const text = await readTail(join(home, 'pm2.log'), LOG_BYTES);
  return text === undefined ? undefined : parsePm2Log(text, app, script);
};
