import { err, ok, type Result } from '#kernel/result.ts';
import type { EpochMs, Ms } from '#kernel/time.ts';
import { request, retryAfterOf, type WireAnswer, type WireRequest } from '#network/request.ts';
import type { Accepted, ChannelContext, DeliveryError } from '../../channel.ts';
import { passing, refusedWith, unanswered } from '../../refusal.ts';
import type { PhoneConfig } from './config.ts';

/** What became of an accepted message or call. */
export type Receipt = 'pending' | 'delivered' | 'undelivered';

/** What is sent: a text to be read or spoken. */
export interface Utterance {
  readonly text: string;
  readonly language: 'en' | 'ru';
}

/** A company that sends SMS or calls. Numbers are international with `+`; one reference names one message to one number. */
export interface Provider {
  /** What the configuration lacks for this provider, as a sentence; undefined when nothing. */
  readonly lacks: (config: PhoneConfig) => string | undefined;
  readonly send: (
    config: PhoneConfig,
    to: readonly string[],
    utterance: Utterance,
    context: ChannelContext,
  ) => Promise<Result<Accepted & { readonly refs: readonly string[] }, DeliveryError>>;
  readonly receipts?: (
    config: PhoneConfig,
    refs: readonly string[],
    context: ChannelContext,
  ) => Promise<Result<ReadonlyMap<string, Receipt>, DeliveryError>>;
  readonly balance?: (
    config: PhoneConfig,
    context: ChannelContext,
  ) => Promise<Result<{ readonly amount: number; readonly currency?: string }, DeliveryError>>;
}

/** An HTTP request to a provider that answers JSON. */
export interface ProviderRequest {
  readonly name: string;
  /** Bases to try in turn: the next one only when the one before could not be reached at all. */
  readonly roots: readonly string[];
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** How long one base may take to be reached before the next is tried; two of them fit into a delivery's ten seconds. */
const CONNECT_MS = 4_000;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** What a provider answered, whatever its status. */
interface ProviderAnswer {
  readonly status: number;
  readonly json: unknown;
  readonly retryAfterMs?: Ms;
}

const wireOf = (ask: ProviderRequest, root: string): Omit<WireRequest, 'signal'> => ({
  url: `${root.replace(/\/+$/, '')}${ask.path}`,
  method: ask.method ?? 'POST',
  headers: {
    ...(ask.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...ask.headers,
  },
  ...(ask.form === undefined ? {} : { body: new URLSearchParams(ask.form).toString() }),
  connectMs: CONNECT_MS,
});

const readAnswer = (name: string, answer: WireAnswer, now: EpochMs): Result<ProviderAnswer, DeliveryError> => {
  const { status, text } = answer;
  const json = parsed(text);
  const retryAfterMs = retryAfterOf(answer, now);
  if (json !== undefined) return ok({ status, json, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  const isTaken = status >= 200 && status < 300;
  return err(
    isTaken
      ? passing(`${name} answered with something else than JSON`, { perhapsSent: true })
      : refusedWith(name, status, '', retryAfterMs),
  );
};

/** Asks a provider; the answer's JSON whatever its status, or the failure to get one. */
export const askProvider = async (
  ask: ProviderRequest,
  { signal, now, resolver }: ChannelContext,
): Promise<Result<ProviderAnswer, DeliveryError>> => {
  let failed: DeliveryError = passing(`${ask.name} has no address`);
  for (const root of ask.roots) {
    const answer = await request({ ...wireOf(ask, root), signal, ...(resolver === undefined ? {} : { resolver }) });
    if (answer.ok) return readAnswer(ask.name, answer.value, now);
    failed = unanswered(ask.name, answer.error);
    if (answer.error.written || signal.aborted) break;
  }
  return err(failed);
};

/** Sends to each number by itself: accepted when one is, with a warning about the others; else the failure that may still pass. */
export const toEach = async (
  to: readonly string[],
  sendOne: (number: string) => Promise<Result<Accepted, DeliveryError>>,
): Promise<Result<Accepted & { readonly refs: readonly string[] }, DeliveryError>> => {
  const results = await Promise.all(to.map(async (number) => ({ number, result: await sendOne(number) })));
  const accepted = results.flatMap(({ result }) => (result.ok ? [result.value] : []));
  const refused = results.flatMap(({ number, result }) => (result.ok ? [] : [{ number, error: result.error }]));
  const worst = refused.find(({ error }) => !error.permanent) ?? refused[0];
  if (accepted.length === 0) return err(worst?.error ?? { permanent: true, message: 'there is no number to send to' });
  const costs = accepted.map(({ cost }) => cost).filter((cost) => cost !== undefined);
  const parts = accepted.map(({ parts: one }) => one).filter((one) => one !== undefined);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return ok({
    refs: accepted.flatMap(({ ref }) => (ref === undefined ? [] : [ref])),
    ...(parts.length === 0 ? {} : { parts: sum(parts) }),
    ...(costs.length === 0 ? {} : { cost: sum(costs) }),
    ...(refused.length === 0
      ? {}
      : { warning: refused.map(({ number, error }) => `${number}: ${error.message}`).join('; ') }),
  });
};

/** A field of an object that came as JSON; undefined for all that has none. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** A number that came as number or text; undefined for what is none. */
export const numberIn = (value: unknown, name: string): number | undefined => {
  const found = field(value, name);
  const read =
    typeof found === 'number' ? found : typeof found === 'string' && found !== '' ? Number(found) : Number.NaN;
  return Number.isFinite(read) ? read : undefined;
};

/** A field as a text: what came as text or number; empty for all else. */
export const textIn = (value: unknown, name: string): string => {
  const found = field(value, name);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
};

/** The bases to ask of a provider that has no standby host of its own. */
export const rootsOf = (config: PhoneConfig, usual: string): readonly string[] => [
  config.apiRoot ?? usual,
  ...(config.standbyRoot === undefined ? [] : [config.standbyRoot]),
];

/** Amount and currency out of a provider's answer that names them `balance` and `currency`. */
export const balanceIn = (value: unknown): { readonly amount: number; readonly currency?: string } => {
  const currency = textIn(value, 'currency');
  return { amount: numberIn(value, 'balance') ?? 0, ...(currency === '' ? {} : { currency }) };
};
