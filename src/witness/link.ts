import { connect, createSecureContext, type SecureContext } from 'node:tls';
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
  /** For all addresses together. */
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

let shared: SecureContext | undefined;

/** One for all questions: the pin is what counts, so there is nothing to tell them apart. */
const context = (): SecureContext => (shared ??= createSecureContext());

/** A question to one address that is under way. */
interface Asking {
  readonly answer: Promise<Result<LinkAnswer, LinkFailure>>;
  cancel(): void;
}

/**
 * Asks one address. Written on node:tls in HTTP/1.0 (RFC 1945: the answer ends with the connection): node:https takes 4 MiB more, and a witness
 * has to be tiny. Nothing is sent before the certificate has proved to be the pinned one.
 */
const askAddress = (address: string, fingerprint: string, question: LinkQuestion): Asking => {
  const socket = connect({ ...split(address), rejectUnauthorized: false, secureContext: context() });
  const answer = new Promise<Result<LinkAnswer, LinkFailure>>((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const end = (result: Result<LinkAnswer, LinkFailure>): void => {
      socket.destroy();
      resolve(result);
    };
    const silent = (message: string): void => end(err({ kind: 'silent', message: `${address}: ${message}` }));
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
  return { answer, cancel: () => void socket.destroy() };
};

/** So long an address is asked alone before the next one is asked beside it. */
const ALONE_MS: Ms = 1_000;

/**
 * Asks a brain over TLS with its pinned certificate: its first address, and the others beside it when that fails or hesitates, all within the
 * question's time. Of failures the gravest is returned: another certificate before silence. Never throws for what the far side does.
 */
export const askPinned = (brain: Pinned, question: LinkQuestion): Promise<Result<LinkAnswer, LinkFailure>> =>
  new Promise((resolve) => {
    const { addresses, fingerprint } = brain;
    const askings: Asking[] = [];
    const failures: LinkFailure[] = [];
    let hesitation: NodeJS.Timeout | undefined;
    const finish = (result: Result<LinkAnswer, LinkFailure>): void => {
      clearTimeout(deadline);
      clearTimeout(hesitation);
      resolve(result);
      for (const asking of askings) asking.cancel();
    };
    const worst = (): LinkFailure =>
      failures.find(({ kind }) => kind !== 'silent') ??
      failures[0] ?? { kind: 'silent', message: `no answer in ${question.timeoutMs / 1_000} s` };
    const advance = (): void => {
      clearTimeout(hesitation);
      const address = addresses[askings.length];
      if (address === undefined) return;
      const asking = askAddress(address, fingerprint, question);
      askings.push(asking);
      hesitation = setTimeout(advance, ALONE_MS);
      void asking.answer.then((answer) => {
        if (answer.ok) return finish(answer);
        failures.push(answer.error);
        return failures.length === addresses.length ? finish(err(worst())) : advance();
      });
    };
    const deadline = setTimeout(() => finish(err(worst())), question.timeoutMs);
    advance();
  });
