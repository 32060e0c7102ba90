import * as http from 'node:http';
import * as https from 'node:https';
import type { HealthFacts } from '#diagnose/app-facts.ts';
import type { PortFact } from '#diagnose/machine-facts.ts';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import { askPort } from './dependencies.ts';

interface Answer {
  readonly status?: number;
  readonly error?: string;
  readonly tookMs: Ms;
}

/** Certificates are the business of monitors that look from outside: from inside, any is taken. */
const ask = async (url: URL, limit: Ms, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve) => {
    const started = performance.now();
    const took = (): Ms => Math.round(performance.now() - started);
    const options = {
      agent: false,
      signal,
      timeout: limit,
      rejectUnauthorized: false,
      headers: { 'user-agent': 'dozor' },
    } as const;
    const request = (url.protocol === 'https:' ? https : http).get(url, options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, tookMs: took() });
      response.once('end', () => request.destroy());
    });
    request.once('timeout', () => {
      resolve({ error: 'ETIMEDOUT', tookMs: took() });
      request.destroy();
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      const parts = (error as { readonly errors?: readonly NodeJS.ErrnoException[] }).errors;
      resolve({
        error: error.name === 'AbortError' ? 'ETIMEDOUT' : (error.code ?? parts?.[0]?.code ?? 'EUNKNOWN'),
        tookMs: took(),
      });
    });
  });

/** What is asked about the health of an app. */
export interface HealthQuestion {
  readonly url: string | undefined;
  readonly port: number | undefined;
  readonly limit: Ms;
  readonly signal: AbortSignal;
}

/** Node 18 can only try. */
const urlOf = (address: string): URL | undefined => {
  try {
    return new URL(address);
  } catch {
    // No address: there is nothing to ask.
    return undefined;
  }
};

/** The port of an address, the scheme's own when none is written. */
export const portOf = (address: string): number | undefined => {
  const url = urlOf(address);
  if (url === undefined) return undefined;
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
};

/** Asks the health address from inside; without one, whether the port answers. `absent` when neither is known. */
export const collectHealth = async ({ url, port, limit, signal }: HealthQuestion): Promise<Known<HealthFacts>> => {
  const address = url === undefined ? undefined : urlOf(url);
  if (address !== undefined) {
    const answer = await ask(address, limit, signal);
    const isOpen = answer.status !== undefined || answer.error === 'ETIMEDOUT' || answer.error === 'ECONNRESET';
    return known(defined({ url, port: portOf(address.href), isOpen, ...answer }));
  }
  if (port === undefined) return unknown('absent', 'no health address, no port');
  const { answers, ...rest } = await askPort('localhost', port, limit, signal);
  return known({ port, isOpen: answers, ...rest });
};

/** Adds whose port it is, when its owner is none of the app's processes. */
export const withOwner = (
  health: HealthFacts,
  ports: readonly PortFact[],
  family: ReadonlySet<number>,
): HealthFacts => {
  const owner = ports.find(({ port, pid }) => port === health.port && pid !== undefined);
  if (owner?.pid === undefined || family.has(owner.pid)) return health;
  return { ...health, foreignOwner: `${owner.program ?? '?'} (${owner.pid})` };
};
