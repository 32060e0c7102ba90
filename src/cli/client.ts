import { readEnvironment } from '#config/environment.ts';
import { Fault, FAULTS, type FaultCode, type FaultPlace } from '#kernel/fault.ts';
import type { Ms } from '#kernel/time.ts';
import { brainSocket } from './data-folder.ts';
import { askRemote, askSocket, type Answer, type Question } from './exchange.ts';
import type { Terminal } from './terminal.ts';

const PREFIX = '/api/v1';

/** Talks to a brain's REST API. Every method throws Fault: BRAIN_UNREACHABLE, or what the brain answered. */
export interface Client {
  /** How the brain is reached, for people. */
  readonly where: string;
  get(path: string): Promise<unknown>;
  post(path: string, body?: object, timeoutMs?: Ms): Promise<unknown>;
  patch(path: string, body: object): Promise<unknown>;
  remove(path: string): Promise<unknown>;
}

interface Route {
  readonly where: string;
  readonly hint: string;
  readonly ask: (question: Question) => Promise<Answer>;
}

const remoteRoute = (address: string, token: string | undefined): Route => {
  if (!URL.canParse(address) || !/^https?:/.test(address))
    throw new Fault('USAGE', `DOZOR_URL is no URL: ${address}`, 'Write https://watch.example.com');
  if (token === undefined)
    throw new Fault(
      'UNAUTHENTICATED',
      'DOZOR_URL is set, DOZOR_TOKEN is not.',
      'On the brain: dozor token create NAME',
    );
  const url = new URL(address);
  return {
    where: url.origin,
    hint: 'Is the address in DOZOR_URL right, and does the brain run there? (dozor up)',
    ask: async (question) => await askRemote(url, token, question),
  };
};

const localRoute = (data: string | undefined, terminal: Pick<Terminal, 'env' | 'cwd'>): Route => {
  const socketPath = brainSocket(data, terminal);
  return {
    where: socketPath,
    hint: 'Start it with `dozor up`, name its data folder with --data DIR, or set DOZOR_URL and DOZOR_TOKEN for one elsewhere.',
    ask: async (question) => await askSocket(socketPath, question),
  };
};

const parsed = (text: string): unknown => {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('BRAIN_UNREACHABLE', 'What answers there is no Dozor: the answer is not JSON.', '', { cause });
  }
};

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly places?: readonly FaultPlace[];
}

const isFaultCode = (code: string | undefined): code is FaultCode => code !== undefined && code in FAULTS;

const faultOf = (status: number, problem: Problem): Fault => {
  const byStatus: Readonly<Record<number, FaultCode>> = {
    401: 'UNAUTHENTICATED',
    403: 'FORBIDDEN',
    404: 'NOT_FOUND',
    409: 'CONFLICT',
  };
  const code = isFaultCode(problem.code)
    ? problem.code
    : (byStatus[status] ?? (status >= 500 ? 'STORE_UNAVAILABLE' : 'INPUT_INVALID'));
  const message = problem.detail ?? problem.title ?? `The brain answered ${status}.`;
  return new Fault(code, message, problem.hint ?? '', { places: problem.places ?? [] });
};

const ask = async (
  route: Route,
  method: string,
  path: string,
  body?: object,
  timeoutMs: Ms = 15_000,
): Promise<unknown> => {
  let answer: Answer;
  try {
    const text = body === undefined ? undefined : JSON.stringify(body);
    answer = await route.ask({ method, path: PREFIX + path, body: text, timeoutMs });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new Fault('BRAIN_UNREACHABLE', `No brain answers at ${route.where} (${code}).`, route.hint, { cause });
  }
  const value = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300) return value;
  throw faultOf(answer.status, (typeof value === 'object' && value !== null ? value : {}) as Problem);
};

/**
 * The client for this command line: by DOZOR_URL and DOZOR_TOKEN when they are set, else over the Unix socket in the data folder,
 * whose file rights are the only password.
 */
export const connect = (options: { readonly data?: string }, terminal: Pick<Terminal, 'env' | 'cwd'>): Client => {
  const { url, token } = readEnvironment(terminal.env);
  const route =
    url === undefined || options.data !== undefined ? localRoute(options.data, terminal) : remoteRoute(url, token);
  return {
    where: route.where,
    get: (path) => ask(route, 'GET', path),
    post: (path, body, timeoutMs) => ask(route, 'POST', path, body ?? {}, timeoutMs),
    patch: (path, body) => ask(route, 'PATCH', path, body),
    remove: (path) => ask(route, 'DELETE', path),
  };
};
