import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Fault, FAULTS, type FaultCode, type FaultPlace } from '../kernel/fault.ts';
import type { Json } from '../kernel/json.ts';
import { SECOND, type Ms } from '../kernel/time.ts';
import { LOADER } from './bootstrap.ts';
import type { FarLine } from './errand.ts';
import { failureOf, nodeLacks, sshLacks, type FailedCall } from './failure.ts';
import { farSide } from './parcel.ts';
import { targetText, type SshTarget } from './target.ts';
import { controlFolder, sshWords } from './words.ts';

/** How a call over SSH is made. */
export interface RemoteOptions {
  /** Is told what the far side reports on its way. */
  readonly onProgress?: (news: Json) => void;
  /** Ends the call: the far side stops, or finishes what it may not leave half done. */
  readonly signal?: AbortSignal;
  /** So long the errand may take once the far side has answered; without it, as long as it wants. */
  readonly timeoutMs?: Ms;
  /** Bytes that go with the call. */
  readonly attachment?: AsyncIterable<Buffer>;
  /** What is sent and run there, compressed; Dozor's own by default. */
  readonly code?: Buffer;
}

/** From the start of ssh to the first word of the far side: connecting, signing in, slow start-up files, uploading what is run. */
const READY_MS: Ms = 60 * SECOND;
/** What the far side says last has long been read when ssh has ended. */
const LAST_WORDS_MS: Ms = 2 * SECOND;
const KEPT_CHARACTERS = 16_000;

interface Heard {
  noise: string;
  error: string;
  isReady: boolean;
  noNode?: string;
  last?: Extract<FarLine, { is: 'result' | 'fault' | 'bug' }>;
}

const ended = (text: string): string => text.slice(-KEPT_CHARACTERS);

/** Reads the far side's lines by their mark; whatever else is printed is noise. */
const listener = (mark: string, heard: Heard, hear: (line: FarLine) => void) => {
  let rest = '';
  return (part: string): void => {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const at = line.indexOf(`${mark} `);
      const said = at < 0 ? '' : line.slice(at + mark.length + 1);
      if (said.startsWith('{')) hear(JSON.parse(said) as FarLine);
      else if (said.startsWith('no-node')) heard.noNode = said.slice('no-node'.length).trim();
      else heard.noise = ended(`${heard.noise}${line}\n`);
    }
  };
};

const answered = (last: NonNullable<Heard['last']>, target: SshTarget): unknown => {
  if (last.is === 'result') return last.value;
  if (last.is === 'bug') throw new Error(`on ${targetText(target)}: ${last.stack}`);
  const code = Object.hasOwn(FAULTS, last.code) ? (last.code as FaultCode) : 'SSH_BROKEN';
  throw new Fault(code, last.message, last.hint, { places: last.places as readonly FaultPlace[] });
};

/** Writes as fast as ssh takes it. Rejects when ssh is gone. */
const writeAll = async (child: ChildProcess, parts: AsyncIterable<Buffer | string>): Promise<void> => {
  const { stdin } = child;
  if (stdin === null) throw new Error('ssh has no standard input');
  for await (const part of parts) {
    if (stdin.destroyed) return;
    await new Promise((done) => stdin.write(part, done));
  }
};

async function* callParts(mark: string, command: string, input: Json, options: RemoteOptions) {
  const { attachment, code = await farSide() } = options;
  yield `${mark}\n${LOADER}\n${code.length}\n`;
  yield code;
  yield `${JSON.stringify({ errand: command, input, attaches: attachment !== undefined })}\n`;
  if (attachment === undefined) return;
  for await (const part of attachment) {
    if (part.length === 0) continue;
    yield `${part.length}\n`;
    yield part;
  }
  yield '0\n';
}

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * A shared connection stays in the background and may keep standard error open, so the end of the process counts and not the end of its pipes;
 * standard output is ours alone and is read to its end.
 */
const endOf = async (child: ChildProcess): Promise<Ending> => {
  const closed = child.stdout === null ? undefined : once(child.stdout, 'close');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([closed, new Promise((done) => (timer = setTimeout(done, LAST_WORDS_MS)))]);
  clearTimeout(timer);
  return { code, signal };
};

interface Watch {
  ready(): void;
  readonly late: () => Fault | undefined;
  stop(): void;
}

/** Ends ssh when the far side is silent for too long, or when the caller wants no more. */
const watch = (child: ChildProcess, target: SshTarget, { signal, timeoutMs }: RemoteOptions): Watch => {
  let late: Fault | undefined;
  const end = (message: string, hint: string) => (): void => {
    late = new Fault('SSH_UNREACHABLE', message, hint);
    child.kill('SIGTERM');
  };
  const who = targetText(target);
  let timer = setTimeout(
    end(
      `${who} did not answer in ${READY_MS / SECOND} s.`,
      'Is the machine overloaded, or does something in its start-up files wait?',
    ),
    READY_MS,
  );
  const abort = (): void => {
    child.stdin?.destroy();
    child.kill('SIGTERM');
  };
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    ready: () => {
      clearTimeout(timer);
      if (timeoutMs !== undefined)
        timer = setTimeout(
          end(`${who} was not done in ${timeoutMs / SECOND} s.`, 'Is the machine overloaded?'),
          timeoutMs,
        );
    },
    late: () => late,
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
};

const judged = (heard: Heard, ending: Ending, target: SshTarget, options: RemoteOptions, late: Fault | undefined) => {
  if (heard.last !== undefined) return answered(heard.last, target);
  options.signal?.throwIfAborted();
  if (late !== undefined) throw late;
  if (heard.noNode !== undefined) throw nodeLacks(target, heard.noNode);
  const call: FailedCall = { target, ...ending, error: heard.error, noise: heard.noise, wasReady: heard.isReady };
  throw failureOf(call);
};

/**
 * Runs an errand on another machine through the system's `ssh`, and resolves with what it gives. Nothing is written there but what the errand writes.
 * @throws Fault of the errand itself; SSH_UNREACHABLE, SSH_REFUSED, SSH_BROKEN; MACHINE_LACKS (no ssh here, no Node or too old a one there)
 */
export const runRemotely = async (
  target: SshTarget,
  command: string,
  input: Json,
  options: RemoteOptions = {},
): Promise<unknown> => {
  const mark = `@dozor-${randomBytes(9).toString('hex')}@`;
  const child = spawn('ssh', sshWords(target, controlFolder()), { stdio: ['pipe', 'pipe', 'pipe'] });
  const heard: Heard = { noise: '', error: '', isReady: false };
  const watching = watch(child, target, options);
  const done = (): void => {
    if (heard.last !== undefined || heard.noNode !== undefined) child.stdin.destroy();
  };
  const listen = listener(mark, heard, (line) => {
    if (line.is === 'ready') {
      heard.isReady = true;
      watching.ready();
    } else if (line.is === 'progress') options.onProgress?.(line.news);
    else heard.last = line;
  });
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    listen(part);
    done();
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => (heard.error = ended(heard.error + part)));
  // ssh may end before it has taken everything: how it ended says why.
  child.stdin.on('error', () => undefined);
  try {
    const ending = endOf(child);
    const writing = writeAll(child, callParts(mark, command, input, options));
    const [{ code, signal }] = await Promise.all([ending, writing]);
    return judged(heard, { code, signal }, target, options, watching.late());
  } catch (error) {
    child.kill('SIGTERM');
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw sshLacks(error);
    throw error;
  } finally {
    watching.stop();
    child.stderr.destroy();
  }
};
