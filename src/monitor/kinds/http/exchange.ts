import { request as requestHttp, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode, socketReason } from '#network/connect-error.ts';
import { deadlineReason, measure, type Course } from '#network/course.ts';
import { reason, type Reason } from '../../reason.ts';
import type { Expectation } from './expectation.ts';
import type { Hop } from './plan.ts';

/** The most that is read of an answer, before and after it is decompressed. */
export const BODY_LIMIT = 1024 * 1024;

/** Of an answer that is not looked into, so much is kept to show. */
const SHOWN_BYTES = 2_048;

/** What came back over one connection. */
export interface Answer {
  /** Why the exchange failed; the status may be known all the same. */
  readonly reason: Reason | undefined;
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly chunks: readonly Buffer[];
}

/** How much of the answer is wanted. */
export interface Wanted {
  readonly expectation: Expectation;
  readonly isFollowed: (status: number) => boolean;
}

const answerReason = (error: unknown, hasAnswer: boolean): Reason => {
  const code = errorCode(error);
  if (code.startsWith('HPE_')) return reason('http.malformed', { code });
  const known = socketReason(error);
  // after the first byte of an answer a cut is a cut answer, whoever cut it
  return hasAnswer && known.code.startsWith('tcp.') ? reason('http.truncated') : known;
};

/** Collects an answer's body up to the limit. */
const collect = (
  incoming: IncomingMessage,
  keepsAll: boolean,
  isEnough: boolean,
  end: (why?: Reason) => void,
): Buffer[] => {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    if (keepsAll || size < SHOWN_BYTES) chunks.push(chunk);
    size += chunk.length;
    if (size > BODY_LIMIT) end(reason('http.body-too-large', { limit: '1 MB' }));
    else if (isEnough) end();
  });
  incoming.once('end', () => end());
  return chunks;
};

const send = (hop: Hop, socket: Socket): ClientRequest => {
  // without an agent and with a socket of our own Node makes neither agent nor pool for the one request
  const outgoing = requestHttp({
    createConnection: () => socket,
    method: hop.method,
    path: hop.path,
    headers: hop.headers as string[],
    setHost: false,
  });
  if (hop.body === undefined) outgoing.end();
  else outgoing.end(hop.body);
  return outgoing;
};

/** Sends one request over a fresh connection and reads the answer, under the course's deadline. The connection is closed in the end. */
export const exchange = (course: Course, hop: Hop, socket: Socket, wanted: Wanted): Promise<Answer> =>
  new Promise((resolve) => {
    let since = course.context.clock.monotonic();
    let incoming: IncomingMessage | undefined;
    let chunks: Buffer[] = [];
    let hasEnded = false;
    course.phase = 'answer';
    const outgoing = send(hop, socket);

    const end = (why?: Reason): void => {
      if (hasEnded) return;
      hasEnded = true;
      course.cut = undefined;
      measure(course, incoming === undefined ? 'ttfb' : 'body', since);
      if (incoming?.complete !== true) outgoing.destroy();
      resolve({ reason: why, status: incoming?.statusCode, headers: incoming?.headers ?? {}, chunks });
    };
    const fail = (error: Error): void => end(answerReason(error, incoming !== undefined));

    outgoing.on('error', fail);
    outgoing.once('response', (answer) => {
      measure(course, 'ttfb', since);
      since = course.context.clock.monotonic();
      course.phase = 'body';
      incoming = answer;
      answer.on('error', fail);
      const status = answer.statusCode ?? 0;
      if (wanted.isFollowed(status)) return end();
      const isWrong = wanted.expectation.status(status) !== undefined;
      chunks = collect(answer, wanted.expectation.needsBody, isWrong, end);
      return undefined;
    });
    course.cut = () => end(deadlineReason(course));
    if (course.context.signal.aborted) course.cut();
  });
