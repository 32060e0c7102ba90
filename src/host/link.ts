import { Agent, request, type IncomingMessage } from 'node:http';
import { Fault, FAULTS, type FaultCode } from '../kernel/fault.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Pinned } from '../witness/link.ts';
import {
  AGENT_KEY_HEADER,
  AGENT_PROTOCOL,
  type AgentAcked,
  type AgentListening,
  type AgentNews,
  type BrainMoment,
  type HostBriefing,
  type IssuedOrder,
  type NumberedSignal,
  type Uplink,
} from './contract.ts';
import { dialPinned, WrongCertificate } from './dial.ts';

const DIAL_MS: Ms = 8 * SECOND;
const ANSWER_MS: Ms = 15 * SECOND;
/** The brain may keep an agent waiting so long for orders; routers forget a silent connection after 30 s. */
const LISTEN_MS: Ms = 25 * SECOND;
const MAX_ANSWER_BYTES = 4_000_000;
/** An answer that took longer says too little about the brain's clock. */
const FAIR_ROUND_MS: Ms = 2 * SECOND;

/** How an agent reaches its brain. */
export interface LinkOptions {
  readonly brain: Pinned;
  readonly version: string;
  /** Proves who asks; left out while joining. */
  readonly key?: string;
  readonly now: () => EpochMs;
  /** Revision of the briefing that the agent has. */
  readonly briefing?: () => string | undefined;
}

const bodyOf = async (answer: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw new Fault('BRAIN_UNREACHABLE', 'The brain answers without end.');
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault(
      'BRAIN_UNREACHABLE',
      'What answers there is no Dozor.',
      'Is the address in the code the right one?',
      {
        cause,
      },
    );
  }
};

const refusal = (status: number, body: unknown): Fault => {
  const {
    code = '',
    detail,
    hint = '',
  } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly code?: string;
    readonly detail?: string;
    readonly hint?: string;
  };
  const known = Object.hasOwn(FAULTS, code) ? (code as FaultCode) : 'BRAIN_UNREACHABLE';
  return new Fault(known, detail ?? `The brain answered ${status}.`, hint);
};

const unreachable = (cause: unknown): Fault =>
  cause instanceof WrongCertificate
    ? new Fault(
        'JOIN_REFUSED',
        `Somebody else answers there: ${cause.message}.`,
        'Either the brain lost its data folder (make a new code), or another machine stands in between: then do not join.',
        { cause },
      )
    : new Fault(
        'BRAIN_UNREACHABLE',
        `The brain does not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
        'Does it run, does it listen for other machines (listen: 0.0.0.0:4600), and does a firewall let its port through?',
        { cause },
      );

/** Was the connection cut under a question that it was kept alive for? Then it is asked again on a fresh one. */
const isStale = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

/** The pinned connection to a brain: kept open, so that a signal travels in one round. */
export class BrainLink implements Uplink {
  readonly #options: LinkOptions;
  readonly #agent: Agent;
  #skew: Ms | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { brain } = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4, scheduling: 'lifo' });
    // Node's agent pools whatever connection it is given; this one is TLS, and proven before the first byte.
    this.#agent.createConnection = (_, made) => {
      dialPinned(brain, DIAL_MS).then(
        (socket) => made?.(null, socket),
        (error: Error) => made?.(error, undefined as never),
      );
      return undefined;
    };
  }

  /** The agent's clock minus the brain's, in ms; undefined before the first quick answer. */
  get clockSkewMs(): Ms | undefined {
    return this.#skew;
  }

  async hand(signals: readonly NumberedSignal[]): Promise<number> {
    const answer = (await this.ask('/agents/signals', { signals }, ANSWER_MS)) as AgentAcked;
    return answer.acked;
  }

  async listen(
    signal: AbortSignal,
  ): Promise<{ readonly orders: readonly IssuedOrder[]; readonly briefing?: HostBriefing }> {
    const revision = this.#options.briefing?.();
    const question: AgentListening = { waitMs: LISTEN_MS, ...(revision === undefined ? {} : { briefing: revision }) };
    const { orders, briefing } = (await this.ask(
      '/agents/orders',
      question,
      LISTEN_MS + ANSWER_MS,
      signal,
    )) as AgentNews;
    return { orders, ...(briefing === undefined ? {} : { briefing }) };
  }

  /** Asks the brain something. @throws Fault: the brain's own, BRAIN_UNREACHABLE, or JOIN_REFUSED for another certificate. */
  async ask(path: string, body: object, timeoutMs: Ms, signal?: AbortSignal): Promise<BrainMoment> {
    const text = JSON.stringify({ ...body, protocol: AGENT_PROTOCOL, version: this.#options.version });
    const limits = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
    const ask = (): Promise<BrainMoment> => this.#once(path, text, AbortSignal.any(limits));
    try {
      return await ask().catch((error: unknown) => (isStale(error) ? ask() : Promise.reject(error as Error)));
    } catch (error) {
      throw error instanceof Fault ? error : unreachable(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #once(path: string, text: string, signal: AbortSignal): Promise<BrainMoment> {
    const { key, now } = this.#options;
    const sentAt = now();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        // The brain checks names against those it knows as its own.
        host: 'localhost',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        ...(key === undefined ? {} : { [AGENT_KEY_HEADER]: key }),
      };
      const question = request({ agent: this.#agent, method: 'POST', path: `/api/v1${path}`, headers, signal });
      question.once('response', resolve);
      question.once('error', reject);
      question.end(text);
    });
    const headAt = now();
    const body = await bodyOf(answer);
    if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, body);
    const moment = body as BrainMoment;
    if (headAt - sentAt <= FAIR_ROUND_MS) this.#skew = Math.round((sentAt + headAt) / 2 - moment.now);
    return moment;
  }
}
