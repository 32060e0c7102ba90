import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { allows, isScope, type Scope } from '#auth/scope.ts';
import { SESSION_LIFE } from '#auth/tokens.ts';
import { Fault } from '#kernel/fault.ts';
import type { StoredToken } from '#store/contract.ts';
import type { ApiEnv, Caller, World } from './env.ts';
import { isHttps } from './peer.ts';

/** The session's cookie. */
const SESSION_COOKIE = 'dozor_session';

const callerOf = (token: StoredToken): Caller | undefined =>
  isScope(token.scope)
    ? {
        actor: { name: token.name, via: token.kind === 'session' ? 'screen' : 'api' },
        scope: token.scope,
        tokenId: token.id,
        trusted: false,
      }
    : undefined;

const findCaller = async (context: Context<ApiEnv>, world: World): Promise<Caller | undefined> => {
  if (context.env.peer.unix) return { actor: { name: 'local admin', via: 'cli' }, scope: 'admin', trusted: true };
  const header = context.req.header('authorization');
  if (header !== undefined) {
    const secret = /^Bearer +(\S+)$/i.exec(header)?.[1];
    const token = secret === undefined ? undefined : await world.auth.tokens.find('api', secret);
    if (token === undefined)
      throw new Fault('UNAUTHENTICATED', 'The token is not valid (any more).', 'Make a new one: dozor token create');
    return callerOf(token);
  }
  const cookie = getCookie(context, SESSION_COOKIE);
  const session = cookie === undefined ? undefined : await world.auth.tokens.find('session', cookie);
  return session === undefined ? undefined : callerOf(session);
};

/** Finds out who calls. A wrong token is refused; no token at all is left to the route. */
export const identify =
  (world: World): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    context.set('caller', await findCaller(context, world));
    return next();
  };

/** The caller, if it may do that. @throws Fault UNAUTHENTICATED, FORBIDDEN. */
export const requireScope = (caller: Caller | undefined, needs: Scope): Caller => {
  if (caller === undefined)
    throw new Fault(
      'UNAUTHENTICATED',
      'Nobody is signed in.',
      'Send "Authorization: Bearer dzr_…" or sign in: dozor sign-in',
    );
  if (!allows(caller.scope, needs))
    throw new Fault(
      'FORBIDDEN',
      `This needs the scope ${needs}; yours is ${caller.scope}.`,
      'Ask an admin for a token.',
    );
  return caller;
};

/** Gives the browser its session. */
export const giveSession = (context: Context<ApiEnv>, secret: string): void =>
  setCookie(context, SESSION_COOKIE, secret, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    secure: isHttps(context.env.peer, context.req.raw.headers),
    maxAge: Math.floor(SESSION_LIFE / 1000),
  });

/** Takes it away again. */
export const dropSession = (context: Context<ApiEnv>): void => {
  deleteCookie(context, SESSION_COOKIE, { path: '/' });
};
