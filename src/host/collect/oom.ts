import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { OomKillFact } from '#diagnose/machine-facts.ts';
import { known, unknown, valueOf, type Known } from '#diagnose/known.ts';
import type { EpochMs } from '#kernel/time.ts';
import { runCommand } from './command.ts';
import { refusal } from './deadline.ts';
import { readTail } from './files.ts';
import { readBootTime } from './processes.ts';

const KILLED = /(Memory cgroup out of memory|Out of memory)[^:]*: Kill(?:ed)? process (\d+) \(([^)]*)\)/;

/** One line of the kernel's log, when it tells of a process killed for memory. */
export const parseOomLine = (line: string, at?: EpochMs): OomKillFact | undefined => {
  const found = KILLED.exec(line);
  if (found === null) return undefined;
  const rss = ['anon-rss', 'file-rss', 'shmem-rss'].reduce(
    (sum, key) => sum + Number(new RegExp(`${key}:(\\d+)kB`).exec(line)?.[1] ?? 0),
    0,
  );
  return {
    pid: Number(found[2]),
    program: found[3] ?? '?',
    isGroupLimit: found[1] !== 'Out of memory',
    ...(at === undefined ? {} : { at }),
    ...(rss === 0 ? {} : { rssBytes: rss * 1_024 }),
  };
};

/** One record of /dev/kmsg: `6,1234,98765432,-;text`, the third number being microseconds since the start of the machine. */
export const parseKernelRecord = (record: string, bootedAt: EpochMs): OomKillFact | undefined => {
  const separator = record.indexOf(';');
  const micros = Number(record.slice(0, separator).split(',')[2]);
  return parseOomLine(
    record.slice(separator + 1),
    Number.isFinite(micros) ? bootedAt + Math.round(micros / 1_000) : undefined,
  );
};

const MOST_RECORDS = 200_000;
const RECORD_BYTES = 16_384;

/** The next record; empty when some were overwritten while reading; undefined at the end. */
const nextRecord = (file: number, into: Buffer): string | undefined => {
  try {
    return into.toString('utf8', 0, readSync(file, into, 0, into.length, null));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPIPE: records were overwritten while reading; the next read goes on with the oldest one left.
    if (code === 'EPIPE') return '';
    if (code === 'EAGAIN' || code === 'EINVAL') return undefined;
    throw error;
  }
};

const fromKernel = (bootedAt: EpochMs): Known<readonly OomKillFact[]> => {
  let file: number;
  try {
    file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refusal(error);
  }
  try {
    const kills: OomKillFact[] = [];
    const bytes = Buffer.alloc(RECORD_BYTES);
    for (let count = 0; count < MOST_RECORDS; count += 1) {
      const record = nextRecord(file, bytes);
      if (record === undefined) break;
      const kill = record.includes('ill') ? parseKernelRecord(record, bootedAt) : undefined;
      if (kill !== undefined) kills.push(kill);
    }
    return known(kills);
  } catch (error) {
    return refusal(error);
  } finally {
    closeSync(file);
  }
};

const fromJournal = async (signal: AbortSignal): Promise<Known<readonly OomKillFact[]>> => {
  const words = ['-k', '-o', 'json', '--no-pager', '-n', '5000', '--since', '-7d'];
  const said = await runCommand('journalctl', words, { signal, maxBytes: 16_000_000 });
  if (!said.known) return said;
  const kills = said.value.split('\n').flatMap((line) => {
    if (!line.includes('out of memory') && !line.includes('Out of memory')) return [];
    const text = /"MESSAGE"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? '';
    const micros = Number(/"__REALTIME_TIMESTAMP"\s*:\s*"(\d+)"/.exec(line)?.[1] ?? Number.NaN);
    const kill = parseOomLine(text, Number.isFinite(micros) ? Math.round(micros / 1_000) : undefined);
    return kill === undefined ? [] : [kill];
  });
  return known(kills);
};

const LOG_BYTES = 2_000_000;

const fromLogs = async (): Promise<Known<readonly OomKillFact[]>> => {
  for (const path of ['/var/log/kern.log', '/var/log/messages', '/var/log/syslog']) {
    const text = await readTail(path, LOG_BYTES);
    if (text === undefined) continue;
    return known(
      text.split('\n').flatMap((line) => {
        const kill = parseOomLine(line);
        return kill === undefined ? [] : [kill];
      }),
    );
  }
  return unknown('denied', 'kernel log');
};

/** Processes that the kernel killed for memory, in the order of time: from /dev/kmsg, else the journal, else a log file; whatever may be read. */
export const collectOomKills = async (signal: AbortSignal): Promise<Known<readonly OomKillFact[]>> => {
  const bootedAt = valueOf(await readBootTime()) ?? 0;
  const kernel = fromKernel(bootedAt);
  if (kernel.known) return kernel;
  const journal = await fromJournal(signal);
  return journal.known ? journal : fromLogs();
};
