import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { allows } from '#auth/scope.ts';
import { LOCALES } from '#kernel/locale.ts';
import type { ApiEnv, Caller, World } from '../env.ts';
import { requireScope } from '../identify.ts';
import { chooseLocale } from '../locale.ts';
import { layout, type Frame } from './layout.ts';
import type { Html, Look } from './parts.ts';

const LANGUAGE_COOKIE = 'dozor_lang';
const A_YEAR_S = 365 * 24 * 3600;

/** Language, zone and time of a page; `?lang=` is remembered. `reader`: the language of whom the page was made for, before the browser's. */
export const lookOf = (context: Context<ApiEnv>, world: World, reader?: string): Look => {
  const settings = world.brain.settings();
  const asked = context.req.query('lang');
  if (LOCALES.some((one) => one === asked))
    setCookie(context, LANGUAGE_COOKIE, String(asked), { path: '/', sameSite: 'Lax', maxAge: A_YEAR_S });
  const locale = chooseLocale(
    asked ?? getCookie(context, LANGUAGE_COOKIE) ?? reader,
    context.req.header('accept-language'),
    settings.locale,
  );
  return { locale, timezone: settings.timezone, now: world.clock.now() };
};

/** A page as an answer; a live one gives only its live part for `?part=main`. */
export const showPage = async (
  context: Context<ApiEnv>,
  look: Look,
  frame: Omit<Frame, 'path' | 'isSignedIn'>,
  content: Html,
  more: { readonly status?: number; readonly after?: Html } = {},
): Promise<Response> => {
  if (frame.isLive && context.req.query('part') === 'main') return context.html(await content);
  const whole = { ...frame, path: context.req.path, isSignedIn: context.get('caller')?.tokenId !== undefined };
  const body = frame.isLive
    ? html`<div class="stack" id="live">${content}</div>
        ${more.after ?? ''}`
    : content;
  return context.html(await layout(look, whole, body), (more.status ?? 200) as 200);
};

/** The caller of a page, or the way to sign in. @throws Fault UNAUTHENTICATED. */
export const viewerOf = (context: Context<ApiEnv>): Caller => requireScope(context.get('caller'), 'viewer');

/** May this caller act on incidents? */
export const mayAct = (caller: Caller): boolean => allows(caller.scope, 'responder');
