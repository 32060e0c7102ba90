import { Fault } from '#kernel/fault.ts';

/** The largest body of an API request. */
const MAX_BODY_BYTES = 1_000_000;

const tooLarge = (max: number): Fault =>
  new Fault('INPUT_TOO_LARGE', `The body is larger than ${max.toLocaleString('en')} bytes.`, 'Send less.');

const keeper = (keep: number) => {
  const parts: Uint8Array[] = [];
  let left = keep;
  return {
    take(part: Uint8Array): void {
      if (left <= 0) return;
      parts.push(part.subarray(0, left));
      left -= part.length;
    },
    all: (): Uint8Array => new Uint8Array(Buffer.concat(parts)),
  };
};

/** Passes the body on part by part; false when it is larger than `max`, of which no more is read. */
const drain = async (request: Request, max: number, take: (part: Uint8Array) => void): Promise<boolean> => {
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  let seen = 0;
  while (reader !== undefined) {
    const next = await reader.read();
    if (next.done) return true;
    take(next.value);
    seen += next.value.length;
    if (seen <= max) continue;
    await reader.cancel();
    return false;
  }
  return true;
};

/** The body's bytes. @throws Fault INPUT_TOO_LARGE when there are more than `max`. */
export const readBody = async (request: Request, max: number = MAX_BODY_BYTES): Promise<Uint8Array> => {
  if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge(max);
  const kept = keeper(max);
  if (!(await drain(request, max, (part) => kept.take(part)))) throw tooLarge(max);
  return kept.all();
};

/** The first `keep` bytes of a body that may be longer; what lies beyond the limit of all bodies is not even read. */
export const readStart = async (request: Request, keep: number): Promise<Uint8Array> => {
  const kept = keeper(keep);
  await drain(request, MAX_BODY_BYTES, (part) => kept.take(part));
  return kept.all();
};

/** Deeper than any definition; what is looked through by calls within calls must not exhaust the stack. */
const MAX_DEPTH = 64;

/** Is it nested deeper than so many levels? Goes level by level, so depth costs it nothing. */
const isDeep = (root: unknown): boolean => {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('INPUT_INVALID', `The body is no JSON: ${(cause as Error).message.slice(0, 200)}`, '', { cause });
  }
};

/** A body as JSON; an empty one is `{}`. @throws Fault INPUT_INVALID, INPUT_TOO_LARGE. */
export const readJson = async (request: Request): Promise<unknown> => {
  const bytes = await readBody(request);
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') return {};
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(json|[a-z.+-]+\+json)\b/i.test(type))
    throw new Fault(
      'INPUT_INVALID',
      `The body is "${type.slice(0, 80)}", not JSON.`,
      'Send content-type: application/json',
    );
  const body = parse(text);
  if (isDeep(body)) throw new Fault('INPUT_INVALID', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  return body;
};
