import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Fault, FAULTS, type FaultPlace } from '#kernel/fault.ts';
import { StoppedWaiting } from './deadline.ts';

/** RFC 9457's problem with our own members: a stable code, what to do next, and every place that is wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly places?: readonly FaultPlace[];
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  421: 'Unknown host',
  422: 'Invalid input',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Channel failed',
  503: 'Not available',
  504: 'Took too long',
};

const problem = (
  status: number,
  code: string,
  detail: string,
  hint = '',
  places: readonly FaultPlace[] = [],
): Problem => ({
  type: `urn:dozor:problem:${code.toLowerCase().replaceAll('_', '-')}`,
  title: TITLES[status] ?? 'Error',
  status,
  code,
  detail,
  ...(hint === '' ? {} : { hint }),
  ...(places.length === 0 ? {} : { places }),
});

/** The problem of whatever was thrown; `bug` tells that it was none of the expected kinds and has to be logged. */
export const problemOf = (error: unknown): { readonly problem: Problem; readonly bug: boolean } => {
  if (error instanceof Fault)
    return {
      problem: problem(FAULTS[error.code].status, error.code, error.message, error.hint, error.places),
      bug: false,
    };
  if (error instanceof StoppedWaiting)
    return { problem: problem(504, 'TIMEOUT', error.message, 'Try again; look at /ready.'), bug: false };
  if (error instanceof HTTPException)
    return {
      problem: problem(error.status, 'USAGE', error.message === '' ? 'The request is malformed.' : error.message),
      bug: false,
    };
  return {
    problem: problem(500, 'BUG', 'Something went wrong inside Dozor; it was logged and counted.', 'See the log.'),
    bug: true,
  };
};

/** The answer that carries a problem. */
export const problemResponse = (context: Context, what: Problem): Response => {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' };
  if (what.status === 401) headers['www-authenticate'] = 'Bearer realm="dozor"';
  const wait = /(\d+) s/.exec(what.hint ?? '')?.[1];
  if (what.status === 429 && wait !== undefined) headers['retry-after'] = wait;
  return context.body(JSON.stringify(what), { status: what.status as 400, headers });
};
