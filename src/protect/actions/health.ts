import { defineAction, type ActionContext, type Standing } from '../define.ts';
import { askHealth, isPortOpen } from '../trial/health.ts';

const ID = 'health';
const ASK_MS = 5_000;

const check = async ({ app }: ActionContext): Promise<Standing> => {
  const { health, port } = app;
  if (health !== undefined) {
    const url = new URL(health);
    const { isHealthy, status, error } = await askHealth(url, url.host, ASK_MS);
    if (isHealthy) return { state: 'done', says: 'health.good', params: { url: health, status: status ?? 200 } };
    return { state: 'open', says: 'health.bad', params: { url: health, why: String(status ?? error ?? '?') } };
  }
  const isOpen = port !== undefined && (await isPortOpen(port, ASK_MS));
  return isOpen
    ? { state: 'open', says: 'health.port', params: { port } }
    : { state: 'open', says: 'health.unknown', params: {} };
};

/** The app says whether it is well, and it is. Nothing is changed for it: what is missing has to be written by a person. */
export const health = defineAction({
  id: ID,
  title: { en: 'Health', ru: 'Здоровье' },
  priority: 'P0',
  plan: async (context) => {
    const { state, says, params } = await check(context);
    return { action: ID, app: context.app.name, because: state === 'done' ? 'done' : 'refused', says, params };
  },
  check,
});
