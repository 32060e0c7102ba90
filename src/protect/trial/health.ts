import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect } from 'node:net';
import type { Ms } from '../../kernel/time.ts';

/** How an address answered. */
export interface HealthAnswer {
  /** A good status came. */
  readonly isHealthy: boolean;
  readonly status?: number;
  readonly error?: string;
  readonly tookMs: Ms;
}

const MOST_BODY = 1_000_000;

/** Asks once over a fresh connection; 200 to 299 is healthy. A certificate is not judged: it is the app that is asked for. */
export const askHealth = async (url: URL, host: string, timeoutMs: Ms): Promise<HealthAnswer> => {
  const began = performance.now();
  const took = (): Ms => Math.round(performance.now() - began);
  return new Promise((resolve) => {
    const ask = url.protocol === 'https:' ? requestTls : request;
    const options = { agent: false, headers: { host, 'user-agent': 'dozor' }, rejectUnauthorized: false };
    const asked = ask(url, options, (response) => {
      const status = response.statusCode ?? 0;
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MOST_BODY) response.destroy();
      });
      response.once('close', () => resolve({ isHealthy: status >= 200 && status < 300, status, tookMs: took() }));
    });
    const deadline = setTimeout(() => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    asked.once('close', () => clearTimeout(deadline));
    asked.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ isHealthy: false, error: error.code ?? error.message, tookMs: took() }),
    );
    asked.end();
  });
};

/** Whether something listens on a port of this machine. */
export const isPortOpen = async (port: number, timeoutMs: Ms): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (isOpen: boolean) => (): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(isOpen);
    };
    const deadline = setTimeout(answer(false), timeoutMs);
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
