import { statfs } from 'node:fs/promises';
import type { Nothing, Plan } from '../action.ts';
import { defineAction, type ActionContext, type Standing } from '../define.ts';
import { findOpeners } from '../runner/open-files.ts';
import { findCandidates } from './free-space/candidates.ts';

const ID = 'free-space';
const MIB = 1024 ** 2;
/** Less than both is too little. */
const LOW_SHARE = 0.1;
const LOW_BYTES = 5 * 1024 ** 3;
const MOST = 20;

const shown = (bytes: number): string =>
  bytes >= 1024 * MIB ? `${(bytes / 1024 / MIB).toFixed(1)} GiB` : `${Math.round(bytes / MIB)} MiB`;

const room = async ({
  app,
}: ActionContext): Promise<{ readonly isLow: boolean; readonly params: Plan['notes'][number]['params'] }> => {
  const { bavail, blocks, bsize } = await statfs(app.dir);
  const free = bavail * bsize;
  return { isLow: free < LOW_BYTES && bavail < blocks * LOW_SHARE, params: { free: shown(free), mount: app.dir } };
};

const plan = async (context: ActionContext): Promise<Plan | Nothing> => {
  const { isLow, params } = await room(context);
  const nothing = { action: ID, app: context.app.name, params };
  if (!isLow) return { ...nothing, because: 'done', says: 'space.enough' };
  const candidates = (await findCandidates(context)).slice(0, MOST);
  const openers = await findOpeners(candidates.map(({ path }) => path));
  const going = candidates.filter(({ path }) => !openers.has(path));
  if (going.length === 0) return { ...nothing, because: 'refused', says: 'space.nothing' };
  const bytes = going.reduce((sum, one) => sum + one.bytes, 0);
  return {
    action: ID,
    app: context.app.name,
    steps: going.map((one) => ({ do: 'delete', ...one })),
    notes: [{ says: 'space.for-good', params: { bytes: shown(bytes) } }],
    touchesApp: false,
    needsTrial: false,
  };
};

const check = async (context: ActionContext): Promise<Standing> => {
  const { isLow, params } = await room(context);
  return { state: isLow ? 'open' : 'done', says: isLow ? 'space.low' : 'space.enough', params };
};

/** Makes room on the app's disk while there is too little: only what is made anew or was rotated away, and only after a yes. */
export const freeSpace = defineAction({
  id: ID,
  title: { en: 'Disk space', ru: 'Место на диске' },
  priority: 'P2',
  plan,
  check,
});
