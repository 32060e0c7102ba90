import { connect as connectSocket } from 'node:net';
import type { RequestOptions } from 'node:http';
import type { Ms } from '#kernel/time.ts';

const MAX_ANSWER_BYTES = 32_000_000;

/** One question to a brain. `path` is the whole path with its query. */
export interface Question {
  readonly method: string;
  readonly path: string;
  /** JSON; absent when nothing is sent. */
  readonly body: string | undefined;
  readonly timeoutMs: Ms;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const headersOf = (body: string | undefined): Readonly<Record<string, string>> => ({
  accept: 'application/json',
  'accept-language': 'en',
  ...(body === undefined
    ? {}
    : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
});

const parseAnswer = (bytes: Buffer): Answer => {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, Math.max(0, end)).toString('latin1');
  const status = /^HTTP\/1\.\d (\d{3})/.exec(head)?.[1];
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const body = bytes.subarray(end + 4);
  if (end < 0 || status === undefined) throw new Error('the answer is no HTTP');
  if (length !== undefined && Number(length) !== body.length) throw new Error('the answer was cut off');
  return { status: Number(status), text: body.toString('utf8') };
};

/**
 * Asks over a Unix socket, in HTTP/1.0 (RFC 1945: the answer ends with the connection). Loading node:http costs 40 ms of CPU, more than all the
 * rest of `dozor status`. Rejects with the system's error, or in words when what answers is no brain.
 */
export const askSocket = async (socketPath: string, question: Question): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, path, body, timeoutMs } = question;
    const parts: Buffer[] = [];
    let size = 0;
    const socket = connectSocket(socketPath);
    const deadline = setTimeout(() => socket.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)), timeoutMs);
    const head = Object.entries({ host: 'localhost', ...headersOf(body) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(`${method} ${path} HTTP/1.0\r\n${head.join('')}\r\n${body ?? ''}`);
    socket.on('data', (part) => {
      parts.push(part);
      size += part.length;
      if (size > MAX_ANSWER_BYTES) socket.destroy(new Error('the answer is too large'));
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(deadline);
      try {
        resolve(parseAnswer(Buffer.concat(parts)));
      } catch (error) {
        reject(error as Error);
      }
    });
  });

/** Asks over HTTP or HTTPS. Rejects with the system's error. */
export const askRemote = async (url: URL, token: string, question: Question): Promise<Answer> => {
  const { method, path, body, timeoutMs } = question;
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: RequestOptions = {
    hostname: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port,
    method,
    path: url.pathname.replace(/\/$/, '') + path,
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    headers: { ...headersOf(body), authorization: `Bearer ${token}` },
  };
  return new Promise((resolve, reject) => {
    const asking = request(options, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > MAX_ANSWER_BYTES) answer.destroy(new Error('the answer is too large'));
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
    });
    asking.on('error', reject);
    asking.end(body);
  });
};
