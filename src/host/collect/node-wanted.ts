import { dirname, join } from 'node:path';
import { readlink } from 'node:fs/promises';
import type { NodeFacts } from '#diagnose/app-facts.ts';
import { known, valueOf, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import { runCommand } from './command.ts';
import { asRecord, asText, readJson, readText } from './files.ts';
import { isBelow, isInRange } from './version-range.ts';

const FILES = ['.nvmrc', '.node-version', '.tool-versions'];
const MOST_UP = 4;

/** `lts/jod` and the like: what they stand for. */
const NAMED: Readonly<Record<string, string>> = {
  argon: '4',
  boron: '6',
  carbon: '8',
  dubnium: '10',
  erbium: '12',
  fermium: '14',
  gallium: '16',
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
};

const rangeIn = (file: string, text: string): string | undefined => {
  const line =
    file === '.tool-versions'
      ? /^nodejs\s+(\S+)/m.exec(text)?.[1]
      : text
          .split('\n')
          .map((one) => one.replace(/#.*/, '').trim())
          .find((one) => one !== '');
  if (line === undefined) return undefined;
  const name = /^lts\/(\w+)$/.exec(line)?.[1];
  return name === undefined ? line.replace(/^v/, '') : (NAMED[name] ?? line);
};

const upwards = (dir: string): readonly string[] => {
  const folders = [dir];
  while (folders.length < MOST_UP && dirname(folders.at(-1) ?? '/') !== folders.at(-1))
    folders.push(dirname(folders.at(-1) ?? '/'));
  return folders;
};

const wantedBy = async (dir: string): Promise<readonly { readonly from: string; readonly range: string }[]> => {
  const manifest = asRecord(await readJson(join(dir, 'package.json')));
  const engines = asText(asRecord(manifest?.['engines'])?.['node']);
  const wanted = engines === undefined ? [] : [{ from: 'package.json engines', range: engines }];
  for (const file of FILES)
    for (const folder of upwards(dir)) {
      const text = await readText(join(folder, file), 10_000);
      const range = text === undefined ? undefined : rangeIn(file, text);
      if (range === undefined) continue;
      wanted.push({ from: file, range });
      break;
    }
  return wanted;
};

/** The version of the Node that a process runs; undefined when it is none, or not ours to ask. */
export const nodeOf = async (pid: number, signal: AbortSignal): Promise<string | undefined> => {
  const program = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  if (program === undefined || !/(^|\/)node(js)?[\d.]*$/.test(program)) return undefined;
  const said = await runCommand(program, ['--version'], { signal, env: { NODE_OPTIONS: '' } });
  return valueOf(said)?.trim();
};

/** The Node that package.json and version files want, against the one that runs the app (else the one of its manager). */
export const collectNode = async (
  dir: string,
  pids: readonly number[],
  managerNode: string | undefined,
  signal: AbortSignal,
): Promise<Known<NodeFacts>> => {
  const [wanted, running] = await Promise.all([
    wantedBy(dir),
    Promise.all(pids.slice(0, 4).map((pid) => nodeOf(pid, signal))),
  ]);
  const runsOn =
    running.find((one) => one !== undefined) ??
    (managerNode === undefined ? undefined : `v${managerNode.replace(/^v/, '')}`);
  return known(
    defined({
      runsOn,
      wanted: wanted.map((one) =>
        defined({
          ...one,
          isMet: runsOn === undefined ? undefined : isInRange(runsOn, one.range),
          isTooOld: runsOn === undefined ? undefined : isBelow(runsOn, one.range),
        }),
      ),
    }),
  );
};
