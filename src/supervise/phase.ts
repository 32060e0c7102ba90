import type { ProcessState } from './model.ts';

/** What a manager's word for a process comes to. */
export type Phase = 'running' | 'waiting' | 'given-up' | 'stopped';

/** The words of PM2 and systemd that do not mean running; a word that is not here counts as running when there is a process. */
const PHASES: Readonly<Record<string, Phase>> = {
  errored: 'given-up',
  failed: 'given-up',
  stopped: 'stopped',
  stopping: 'stopped',
  inactive: 'stopped',
  deactivating: 'stopped',
  'waiting restart': 'waiting',
};

/** Where a process stands by its manager's word. `running` says only that there is a process, never that it works. */
export const phaseOf = (process: Pick<ProcessState, 'status' | 'pid'>): Phase => {
  const phase = PHASES[process.status];
  if (phase !== undefined) return phase;
  return process.pid > 0 ? 'running' : 'waiting';
};
