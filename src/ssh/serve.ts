import './newer-node.ts';
import { Fault } from '../kernel/fault.ts';
import type { Errand, ErrandCall, Errands, FarLine } from './errand.ts';
import { incoming, type Incoming } from './incoming.ts';

/** The loader runs what is sent from memory: its address is all of its text, which nobody wants to read in a stack. */
const ADDRESS = /data:text\/javascript;base64,[\w+/=]+/g;

const stackOf = (error: unknown): string =>
  String(error instanceof Error ? (error.stack ?? error.message) : error).replaceAll(ADDRESS, 'far-side.mjs');

const failureLine = (error: unknown): FarLine =>
  error instanceof Fault
    ? { is: 'fault', code: error.code, message: error.message, hint: error.hint, places: error.places }
    : { is: 'bug', stack: stackOf(error) };

interface Mouth {
  say(line: FarLine): Promise<void>;
}

/** Every line bears the caller's mark, and begins on a line of its own whatever was printed before. */
const mouthOf = (mark: string): Mouth => {
  // The caller may be gone in the midst of a change that has to be finished: that nobody listens must not end it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return {
    say: async (line) =>
      new Promise((done) => void process.stdout.write(`\n${mark} ${JSON.stringify(line)}\n`, () => done())),
  };
};

async function* attached(source: Incoming): AsyncGenerator<Buffer> {
  for (;;) {
    const line = await source.line();
    if (line === undefined) throw new Error('the connection was lost before everything had come');
    const size = Number(line);
    if (!Number.isSafeInteger(size) || size < 0) throw new Error(`what came is no size: ${line.slice(0, 80)}`);
    if (size === 0) return;
    yield* source.bytes(size);
  }
}

interface Asked {
  readonly errand: string;
  readonly input: unknown;
  readonly attaches: boolean;
}

const asked = async (source: Incoming): Promise<Asked> => {
  const line = await source.line();
  if (line === undefined) process.exit(1);
  return JSON.parse(line) as Asked;
};

/** Waits for the end of the line to the caller: that is how a caller's death is noticed. */
const untilGone = async (source: Incoming): Promise<void> => {
  while ((await source.line()) !== undefined);
};

const callOf = (ask: Asked, source: Incoming, mouth: Mouth, errand: Errand): ErrandCall => {
  const ending = new AbortController();
  const gone = (): void => {
    ending.abort();
    if (!errand.changes) process.exit(1);
  };
  const listen = (): void => void untilGone(source).then(gone, gone);
  process.on('SIGHUP', gone);
  process.on('SIGTERM', gone);
  if (!ask.attaches) listen();
  return {
    input: ask.input,
    signal: ending.signal,
    progress: (news) => void mouth.say({ is: 'progress', news }),
    async *attachment() {
      if (!ask.attaches) return;
      yield* attached(source);
      listen();
    },
  };
};

/**
 * Serves one call on the far side and ends the process: what is sent over SSH begins here. The call comes by standard input, which then stays
 * open for as long as the caller lives.
 */
export const serve = async (errands: Errands): Promise<void> => {
  const mouth = mouthOf(process.argv[1] ?? '');
  const fail = async (error: unknown): Promise<void> => {
    await mouth.say(failureLine(error));
    process.exit(1);
  };
  process.on('uncaughtException', (error) => void fail(error));
  process.on('unhandledRejection', (error) => void fail(error));
  try {
    await mouth.say({ is: 'ready', node: process.versions.node, program: process.execPath });
    const source = incoming(process.stdin);
    const ask = await asked(source);
    const errand = Object.hasOwn(errands, ask.errand) ? errands[ask.errand] : undefined;
    if (errand === undefined) throw new Error(`there is no errand ${ask.errand}`);
    const value = await errand.run(callOf(ask, source, mouth, errand));
    await mouth.say({ is: 'result', value: value ?? null });
    process.exit(0);
  } catch (error) {
    await fail(error);
  }
};
