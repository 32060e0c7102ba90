import { connect } from 'node:tls';
import { err, ok, type Result } from '../kernel/result.ts';
import type { Ms } from '../kernel/time.ts';

/** Where a brain is and what its certificate is pinned by. */
export interface Pinned {
  /** `host:port` or `[v6]:port`, the likeliest first. */
  readonly addresses: readonly string[];
  /** SHA-256 of the certificate's DER form, in lower-case hex. */
  readonly fingerprint: string;
}

/** What a brain answered. */
export interface LinkAnswer {
  readonly status: number;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: unknown;
  /** The address that answered. */
  readonly address: string;
}

/** Why there is no answer: nobody there, somebody else there, or something there that is no brain. */
export interface LinkFailure {
  readonly kind: 'silent' | 'wrong-certificate' | 'no-brain';
  readonly message: string;
}

/** One question over the pinned link. */
export interface LinkQuestion {
  readonly path: string;
  readonly body: object;
  /** Proves who asks; left out while joining. */
  readonly key?: string;
  /** For each address. */
  readonly timeoutMs: Ms;
}

const MAX_ANSWER_BYTES = 1_000_000;

const split = (address: string): { readonly host: string; readonly port: number } => {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address);
  return { host: found?.[1] ?? found?.[2] ?? address, port: Number(found?.[3] ?? 0) };
};

const requestText = ({ path, body, key }: LinkQuestion): string => {
  const text = JSON.stringify(body);
  return [
    `POST /api/v1${path} HTTP/1.0`,
    // The brain checks names against those it knows as its own; the pin says more than any name.
    'host: localhost',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    ...(key === undefined ? [] : [`x-dozor-witness: ${key}`]),
    '',
    text,
  ].join('\r\n');
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const answerOf = (bytes: Buffer, address: string): Result<LinkAnswer, LinkFailure> => {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, Math.max(0, end)).toString('latin1');
  const status = /^HTTP\/1\.\d (\d{3})/.exec(head)?.[1];
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  const body = bytes.subarray(end + 4);
  if (end < 0 || status === undefined) return err({ kind: 'no-brain', message: `${address} answered no HTTP` });
  if (length !== undefined && Number(length) > body.length)
    return err({ kind: 'silent', message: `the answer of ${address} was cut off` });
  return ok({ status: Number(status), body: parsed(body.toString('utf8')), address });
};

/**
 * Asks one address. Written on node:tls in HTTP/1.0 (RFC 1945: the answer ends with the connection): node:https takes 4 MiB more, and a witness
 * has to be tiny. Nothing is sent before the certificate has proved to be the pinned one.
 */
const askAddress = (
  address: string,
  fingerprint: string,
  question: LinkQuestion,
): Promise<Result<LinkAnswer, LinkFailure>> =>
  new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const socket = connect({ ...split(address), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const end = (result: Result<LinkAnswer, LinkFailure>): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(result);
    };
    const silent = (message: string): void => end(err({ kind: 'silent', message: `${address}: ${message}` }));
    const deadline = setTimeout(() => silent(`no answer in ${question.timeoutMs / 1_000} s`), question.timeoutMs);
    socket.on('error', (error: NodeJS.ErrnoException) => silent(error.code ?? error.message));
    socket.once('secureConnect', () => {
      const seen = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
      if (seen === fingerprint) socket.write(requestText(question));
      else end(err({ kind: 'wrong-certificate', message: `${address} has another certificate than the one pinned` }));
    });
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > MAX_ANSWER_BYTES) end(err({ kind: 'no-brain', message: `${address} answers without end` }));
    });
    socket.once('end', () => end(answerOf(Buffer.concat(parts), address)));
    socket.once('close', () => silent('the connection was closed'));
  });

/**
 * Asks a brain over TLS with its pinned certificate, one address after the other. The failure that is returned is the gravest: another
 * certificate before silence. Never throws for what the far side does.
 */
export const askPinned = async (brain: Pinned, question: LinkQuestion): Promise<Result<LinkAnswer, LinkFailure>> => {
  let failure: LinkFailure = { kind: 'silent', message: 'there is no address' };
  for (const address of brain.addresses) {
    const answer = await askAddress(address, brain.fingerprint, question);
    if (answer.ok) return answer;
    if (failure.kind === 'silent') failure = answer.error;
  }
  return err(failure);
};
