import type { Context, Hono } from 'hono';
import { catalog } from '#i18n/catalog.ts';
import { Fault } from '#kernel/fault.ts';
import type { ApiEnv, World } from '../env.ts';
import type { Problem } from '../problem.ts';
import { addActions } from './actions.ts';
import { lookOf, showPage } from './answer.ts';
import { ASSETS } from './assets.ts';
import { addDoors } from './doors.ts';
import type { Look } from './parts.ts';
import { sorryPage } from './plain.ts';
import { addViews } from './views.ts';

const MACHINE_PATHS = /^\/(api|beat|metrics|health|ready|assets)(\/|$)/;

const wantsPage = ({ req }: Context<ApiEnv>): boolean =>
  !MACHINE_PATHS.test(req.path) && req.header('accept')?.includes('text/html') === true;

const sorryWords = (problem: Problem, look: Look): readonly [title: string, more: string] => {
  const words = catalog(look.locale).pages.error;
  if (problem.status === 404) return [words.notFound, words.notFoundMore];
  if (problem.code === 'BUG') return [words.title, words.inside];
  const title = problem.status === 403 ? words.forbidden : words.title;
  return [title, `${problem.detail} ${problem.hint ?? ''}`];
};

/** A problem as a page, when it was a browser that asked for a page; undefined otherwise. */
export const errorPage = async (
  context: Context<ApiEnv>,
  world: World,
  problem: Problem,
): Promise<Response | undefined> => {
  const { req } = context;
  if (!wantsPage(context)) return undefined;
  if (problem.status === 401 && req.method === 'GET' && req.query('part') === undefined)
    return context.redirect(`/sign-in?next=${encodeURIComponent(req.path)}`, 303);
  const look = lookOf(context, world);
  const [title, more] = sorryWords(problem, look);
  const frame = { title, isLive: false, narrow: true };
  return showPage(context, look, frame, sorryPage(look, title, more), { status: problem.status });
};

const addAssets = (app: Hono<ApiEnv>): void => {
  for (const asset of Object.values(ASSETS))
    app.get(asset.path, (context) =>
      context.body(asset.body, 200, {
        'content-type': asset.type,
        'cache-control': 'public, max-age=31536000, immutable',
      }),
    );
  app.get('/assets/*', () => {
    throw new Fault('NOT_FOUND', 'There is no such asset (any more).', 'Load the page again.');
  });
};

/** The plain pages: overview, incident, sign-in, acknowledgement. */
export const addPages = (app: Hono<ApiEnv>, world: World): void => {
  addAssets(app);
  addViews(app, world);
  addActions(app, world);
  addDoors(app, world);
};
