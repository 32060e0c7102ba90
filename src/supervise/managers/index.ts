import type { ProcessManager } from '../manager.ts';
import { pm2 } from './pm2.ts';
import { systemd } from './systemd.ts';

/** Every process manager that can be watched: a new one is a file and a line here. */
export const MANAGERS: readonly ProcessManager[] = [pm2, systemd];

/** The manager of that name; undefined when there is none. */
export const managerOf = (name: string): ProcessManager | undefined => MANAGERS.find(({ manager }) => manager === name);
