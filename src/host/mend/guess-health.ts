import { askHealth } from '#protect/trial/health.ts';

const PATHS = ['/health', '/healthz', '/api/health'];
const ASK_MS = 1_500;

/** The usual address of an app's health, when it answers there now; nothing is assumed that was not seen. */
export const guessHealth = async (port: number | undefined): Promise<string | undefined> => {
  if (port === undefined) return undefined;
  for (const path of PATHS) {
    const url = new URL(`http://127.0.0.1:${port}${path}`);
    if ((await askHealth(url, url.host, ASK_MS)).isHealthy) return url.href;
  }
  return undefined;
};
