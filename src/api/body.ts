import { Fault } from '#kernel/fault.ts';

/** The largest body of an API request. */
export const MAX_BODY_BYTES = 1_000_000;

const tooLarge = (max: number): Fault =>
  new Fault('INPUT_TOO_LARGE', `The body is larger than ${max.toLocaleString('en')} bytes.`, 'Send less.');

/** The body's bytes, at most `keep` of them; more than `max` is refused (or, when `cut`, no longer read). */
export const readBody = async (
  request: Request,
  max: number = MAX_BODY_BYTES,
  more: { readonly keep?: number; readonly cut?: boolean } = {},
): Promise<Uint8Array> => {
  const { keep = max, cut = false } = more;
  if (!cut && Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge(max);
  const parts: Uint8Array[] = [];
  let kept = 0;
  let seen = 0;
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return new Uint8Array();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    seen += next.value.length;
    if (kept < keep) {
      const part = next.value.subarray(0, keep - kept);
      parts.push(part);
      kept += part.length;
    }
    if (seen <= max) continue;
    await reader.cancel();
    if (cut) break;
    throw tooLarge(max);
  }
  return new Uint8Array(Buffer.concat(parts));
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
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('INPUT_INVALID', `The body is no JSON: ${(cause as Error).message.slice(0, 200)}`, '', { cause });
  }
};
