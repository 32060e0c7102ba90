import { open, readdir, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { decide, newRun, type RunEvent, type RunState } from '../run.ts';
import { journalLine, readJournal } from '../journal.ts';
import { traitOf, type PastRun, type RunRecord } from '../record.ts';
import { isAbsence, syncPath, writeDurably } from './durable.ts';
import { privateFolder } from './place.ts';

const RECORD = 'run.json';
const JOURNAL = 'journal';

/** The journal of one run, open for writing. */
export interface JournalFile {
  /** Writes an event; it is durable when this resolves. */
  add(event: RunEvent): Promise<void>;
  close(): Promise<void>;
}

const journalOn = (handle: FileHandle): JournalFile => ({
  add: async (event) => {
    await handle.appendFile(journalLine(event));
    await handle.datasync();
  },
  close: async () => handle.close(),
});

/** Writes down what is going to be done, before anything is. */
export const beginJournal = async (folder: string, record: RunRecord): Promise<JournalFile> => {
  await privateFolder(folder);
  await writeDurably(join(folder, RECORD), JSON.stringify(record));
  const handle = await open(join(folder, JOURNAL), 'a', 0o600);
  await syncPath(folder);
  return journalOn(handle);
};

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
};

/** A run before anything has happened. */
export const stateOf = (record: RunRecord): RunState => newRun(record.steps.map(traitOf), record);

/** Reads a run with all that happened; undefined when it was never written down whole. */
export const readRun = async (folder: string): Promise<PastRun | undefined> => {
  const text = await textOf(join(folder, RECORD));
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as RunRecord;
  const { events } = readJournal((await textOf(join(folder, JOURNAL))) ?? '');
  const state = events.reduce<RunState>((now, event) => decide(now, event, record.rules)[0], stateOf(record));
  return { record, events, state };
};

/** Opens the journal of a past run to go on; a torn line at its end is cut off. */
export const continueJournal = async (folder: string): Promise<JournalFile> => {
  const path = join(folder, JOURNAL);
  const { wholeBytes } = readJournal((await textOf(path)) ?? '');
  const handle = await open(path, 'a', 0o600);
  await truncate(path, wholeBytes);
  return journalOn(handle);
};

/** The ids of an app's runs, oldest first. */
export const runIds = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
};
