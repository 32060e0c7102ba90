import { Fault } from '#kernel/fault.ts';
import { readBody } from '../body.ts';

const MAX_FORM_BYTES = 40_000;

/** The fields of a submitted form. @throws Fault INPUT_TOO_LARGE, INPUT_INVALID. */
export const readForm = async (request: Request): Promise<URLSearchParams> => {
  const type = request.headers.get('content-type') ?? '';
  const bytes = await readBody(request, MAX_FORM_BYTES);
  if (bytes.length > 0 && !type.toLowerCase().startsWith('application/x-www-form-urlencoded'))
    throw new Fault('INPUT_INVALID', 'This is no submitted form.');
  return new URLSearchParams(new TextDecoder().decode(bytes));
};

/** A path of ours to go on to; anything else becomes the overview (no open redirect). */
export const ownPath = (path: string | null): string =>
  path !== null && /^\/(?![/\\])[\w\-./?=&%]{0,300}$/.test(path) ? path : '/';
