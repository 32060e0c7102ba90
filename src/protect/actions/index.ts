import type { Action } from '../define.ts';
import { bootStart } from './boot-start.ts';
import { deployScripts } from './deploy-scripts.ts';
import { freeSpace } from './free-space.ts';
import { health } from './health.ts';
import { logRotation } from './log-rotation.ts';
import { pm2Limits } from './pm2-limits.ts';
import { sentryEnv } from './sentry-env.ts';
import { staleArtifacts } from './stale-artifacts.ts';

/** Every action, in the order in which they are done: artifacts first. */
export const ACTIONS: readonly Action[] = [
  staleArtifacts,
  pm2Limits,
  sentryEnv,
  deployScripts,
  bootStart,
  logRotation,
  freeSpace,
  health,
];

/** The action of that id; undefined for an id that is none. */
export const actionOf = (id: string): Action | undefined => ACTIONS.find((action) => action.id === id);
