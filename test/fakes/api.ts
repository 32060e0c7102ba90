import { createApi, type Api } from '#api/server.ts';
import type { Peer } from '#api/peer.ts';
import { createAuth, type Auth } from '#auth/auth.ts';
import type { Scope } from '#auth/scope.ts';
import { fakeBrain, type FakeBrain } from './brain.ts';

/** Somebody on the same machine. */
export const LOCAL: Peer = { address: '127.0.0.1', local: '127.0.0.1', encrypted: false, unix: false };
/** Somebody on another machine, in the clear. */
export const FAR: Peer = { address: '203.0.113.9', local: '203.0.113.30', encrypted: false, unix: false };
/** The CLI over the Unix socket. */
export const SOCKET: Peer = { address: '', local: '', encrypted: false, unix: true };

/** How a call is made: as whom, from where, with what. */
interface Call {
  readonly scope?: Scope;
  readonly peer?: Peer;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An API over a fake brain, without any listener. */
export interface ApiUnderTest {
  readonly api: Api;
  readonly auth: Auth;
  readonly brain: FakeBrain;
  readonly logged: string[];
  readonly secrets: Readonly<Record<Scope, string>>;
  call(method: string, path: string, more?: Call): Promise<Response>;
  /** The same with the answer's JSON. */
  json(method: string, path: string, more?: Call): Promise<{ status: number; body: never }>;
}

/** Builds it with a token of each scope. */
export const apiUnderTest = async (
  certificate?: () => { readonly key: string; readonly cert: string } | undefined,
): Promise<ApiUnderTest> => {
  const brain = fakeBrain();
  const { clock, store } = brain;
  const auth = createAuth({ store, clock });
  const logged: string[] = [];
  const log = (level: string, text: string): void => void logged.push(`${level}: ${text}`);
  const api = createApi({
    brain,
    auth,
    clock,
    log,
    version: '0.1.0',
    ...(certificate === undefined ? {} : { certificate }),
  });
  const secret = async (scope: Scope): Promise<string> => (await auth.tokens.create({ name: scope, scope })).secret;
  const secrets = {
    viewer: await secret('viewer'),
    responder: await secret('responder'),
    admin: await secret('admin'),
  };
  const call: ApiUnderTest['call'] = async (method, path, more = {}) => {
    const { scope, peer = LOCAL, body, headers = {} } = more;
    const init = {
      method,
      headers: {
        host: '127.0.0.1:4600',
        ...(scope === undefined ? {} : { authorization: `Bearer ${secrets[scope]}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    return api.app.request(path, init, { peer });
  };
  return {
    api,
    auth,
    brain,
    logged,
    secrets,
    call,
    async json(method, path, more) {
      const answer = await call(method, path, more);
      return { status: answer.status, body: (await answer.json()) as never };
    },
  };
};
