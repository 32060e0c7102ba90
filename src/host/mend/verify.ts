import { setTimeout as pause } from 'node:timers/promises';
import type { Ms } from '#kernel/time.ts';
import { askHealth, isPortOpen, type HealthAnswer } from '#protect/trial/health.ts';
import { isAlive } from '../collect/processes.ts';
import type { Scene } from './scene.ts';

/** How an app stands at a moment. */
export interface Wellness {
  readonly isHealthy: boolean;
  /** What was asked: its health address, its port, or only its process manager. */
  readonly by: 'health' | 'port' | 'manager';
  readonly answer?: HealthAnswer;
}

const ASK_MS: Ms = 5_000;
const AGAIN_MS: Ms = 1_000;
/** An app that crashes a moment after its start answers in between: the second look counts. */
const STEADY_MS: Ms = 3_000;
/** Where nothing can be asked, its process has to last so long. */
const LAST_MS: Ms = 8_000;

const pidsOf = async ({ pm2, app }: Scene): Promise<readonly number[]> =>
  ((await pm2?.processes()) ?? [])
    .filter(({ record, pid }) => record.name === app.name && record.status === 'online' && pid > 0)
    .map(({ pid }) => pid);

/** Asks once how the app is. */
export const askOnce = async (scene: Scene): Promise<Wellness> => {
  const { health, port } = scene.app;
  if (health !== undefined) {
    const url = new URL(health);
    const answer = await askHealth(url, url.host, ASK_MS);
    return { isHealthy: answer.isHealthy, by: 'health', answer };
  }
  if (port !== undefined) return { isHealthy: await isPortOpen(port, ASK_MS), by: 'port' };
  return { isHealthy: (await pidsOf(scene)).length > 0, by: 'manager' };
};

const stayAlive = async (pids: readonly number[]): Promise<boolean> =>
  (await Promise.all(pids.map(async (pid) => isAlive(pid)))).every(Boolean);

/** Waits until the app is well and stays so, at most `withinMs`. */
export const becomesHealthy = async (scene: Scene, withinMs: Ms): Promise<Wellness> => {
  const until = performance.now() + withinMs;
  for (;;) {
    const first = await askOnce(scene);
    if (first.isHealthy) {
      const pids = await pidsOf(scene);
      await pause(first.by === 'manager' ? LAST_MS : STEADY_MS);
      const again = await askOnce(scene);
      if (again.isHealthy && (await stayAlive(pids))) return again;
    }
    if (performance.now() > until) return { ...first, isHealthy: false };
    await pause(AGAIN_MS);
  }
};
