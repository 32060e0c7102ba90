import { request as ask, type IncomingMessage } from 'node:http';
import { request as askSecurely } from 'node:https';
import { connect } from 'node:net';
import type { Clock, Stop } from '../kernel/clock.ts';
import { SECOND, type Ms } from '../kernel/time.ts';
import type { AppSpec } from './contract.ts';

/** How an app answers from inside. */
export interface LocalAnswer {
  readonly ok: boolean;
  /** Is the port open? Undefined when no port is known. */
  readonly isOpen?: boolean;
  /** What was wrong: `ECONNREFUSED`, `503`, `no answer within 3 s`. */
  readonly detail?: string;
}

/** Where an app is asked from inside. */
export interface HealthTarget {
  readonly url?: string;
  readonly port?: number;
}

const ASK_EVERY_MS: Ms = 5 * SECOND;
/** While an app is down or has just begun, its return is looked for more often. */
const ASK_OFTEN_MS: Ms = 1 * SECOND;
const TIMEOUT_MS: Ms = 3 * SECOND;

/** Where the app of a briefing is asked: its health address, and its port (the address's, unless it names another). */
export const targetOf = ({ health, port }: Pick<AppSpec, 'health' | 'port'>): HealthTarget => {
  const url = health !== undefined && URL.canParse(health) ? new URL(health) : undefined;
  const own = url === undefined ? undefined : Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const found = port ?? own;
  return { ...(health === undefined ? {} : { url: health }), ...(found === undefined ? {} : { port: found }) };
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);

const fetchStatus = (url: string, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { agent: false, signal, headers: { 'user-agent': 'dozor-agent' }, rejectUnauthorized: false };
    const take = (answer: IncomingMessage): void => {
      // A body that never ends must not hold the connection.
      answer.destroy();
      resolve(answer.statusCode ?? 0);
    };
    const question = url.startsWith('https:') ? askSecurely(url, options, take) : ask(url, options, take);
    question.once('error', reject);
    question.end();
  });

const isPortOpen = (port: number, host: string, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    signal.addEventListener('abort', () => end(false));
  });

/** Is the port open on this machine, over IPv4 or IPv6? */
export const isOpenHere = async (port: number, signal: AbortSignal): Promise<boolean> =>
  (await isPortOpen(port, '127.0.0.1', signal)) || (await isPortOpen(port, '::1', signal));

const askUrl = async (url: string, timeoutMs: Ms, signal: AbortSignal): Promise<LocalAnswer> => {
  try {
    const status = await fetchStatus(url, signal);
    // A redirect is an answer: what it leads to is the outer checks' matter.
    return status >= 200 && status < 400
      ? { ok: true, isOpen: true }
      : { ok: false, isOpen: true, detail: String(status) };
  } catch (error) {
    if (signal.aborted) return { ok: false, detail: `no answer within ${timeoutMs / SECOND} s` };
    const detail = codeOf(error);
    return { ok: false, ...(detail === 'ECONNREFUSED' ? { isOpen: false } : {}), detail };
  }
};

/** Asks an app once from inside; never throws. Undefined when there is nothing to ask. */
export const askLocally = async (
  { url, port }: HealthTarget,
  timeoutMs: Ms = TIMEOUT_MS,
): Promise<LocalAnswer | undefined> => {
  const signal = AbortSignal.timeout(timeoutMs);
  if (url === undefined) {
    if (port === undefined) return undefined;
    const isOpen = await isOpenHere(port, signal);
    return { ok: isOpen, isOpen, ...(isOpen ? {} : { detail: `port ${port} is closed` }) };
  }
  const answer = await askUrl(url, timeoutMs, signal);
  if (answer.isOpen !== undefined || port === undefined) return answer;
  return { ...answer, isOpen: await isOpenHere(port, AbortSignal.timeout(timeoutMs)) };
};

/** Asks an app from inside again and again, every 5 s, and every second while it does not answer well. */
export class LocalHealth {
  readonly #clock: Clock;
  readonly #target: HealthTarget;
  readonly #onAnswer: (answer: LocalAnswer) => void;
  #stopTimer: Stop | undefined;
  #isStopped = false;
  #isAsking = false;

  constructor(clock: Clock, target: HealthTarget, onAnswer: (answer: LocalAnswer) => void) {
    this.#clock = clock;
    this.#target = target;
    this.#onAnswer = onAnswer;
  }

  start(): void {
    if (this.#target.url !== undefined || this.#target.port !== undefined) void this.#ask();
  }

  /** Something happened to the app: it is asked within the second. */
  hurry(): void {
    if (this.#isAsking || this.#stopTimer === undefined) return;
    this.#plan(Math.min(ASK_OFTEN_MS, 300));
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
  }

  #plan(span: Ms): void {
    this.#stopTimer?.();
    if (!this.#isStopped) this.#stopTimer = this.#clock.after(span, () => void this.#ask(), 'idle');
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const answer = await askLocally(this.#target);
    this.#isAsking = false;
    if (answer === undefined || this.#isStopped) return;
    this.#onAnswer(answer);
    this.#plan(answer.ok ? ASK_EVERY_MS : ASK_OFTEN_MS);
  }
}
