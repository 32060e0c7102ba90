import type { EpochMs, Ms } from '../kernel/time.ts';

/** What a process manager says of one process. Only these fields ever leave the manager: its records carry the environment. */
export interface ProcessState {
  /** The manager's own id of it (PM2's pm_id, a unit's name). */
  readonly id: string;
  readonly app: string;
  /** 0 when it does not run, or is not known (yet). In an `exited` event: that of the process which ended. */
  readonly pid: number;
  /** The manager's own word, kept as evidence, never trusted: online, errored, stopped, "waiting restart", active, failed … */
  readonly status: string;
  /** Restarts that the manager counts. */
  readonly restarts: number;
  /** When it was started last; 0 when it does not run. */
  readonly startedAt: EpochMs;
  /** When a person or a deploy started, restarted or reloaded it last, where the manager knows (PM2's created_at); a crash does not move it. */
  readonly handledAt?: EpochMs;
  readonly mode?: 'fork' | 'cluster';
  readonly memoryBytes?: number;
  readonly cpuPercent?: number;
}

/** Something that happened to an app's processes, as the managers, the log and the collectors report it. */
export type ProcessEvent =
  | { readonly type: 'started'; readonly at: EpochMs; readonly process: ProcessState }
  | {
      readonly type: 'exited';
      readonly at: EpochMs;
      readonly process: ProcessState;
      readonly code?: number;
      readonly signal?: string;
      /** Since the start of this run. */
      readonly uptimeMs: Ms;
      /** A stop, restart, reload, scaling, cron restart or deploy, as opposed to a fault. */
      readonly wanted: boolean;
      /** `memory-limit` is wanted by the manager and still counts as slow harm; `finished` is an exit that the app's settings call its end. */
      readonly why?: 'by-hand' | 'reload' | 'scaled' | 'cron' | 'deploy' | 'memory-limit' | 'finished';
    }
  /** Uncaught, as the manager tells it before the exit (PM2's process:exception), or found in the error log. */
  | { readonly type: 'exception'; readonly at: EpochMs; readonly process: ProcessState; readonly text: string }
  /** The manager gave up (PM2: errored, or "waiting restart" with pid 0; systemd: failed). */
  | { readonly type: 'gave-up'; readonly at: EpochMs; readonly process: ProcessState }
  | { readonly type: 'oom-kill'; readonly at: EpochMs; readonly app: string; readonly pid: number }
  /** All its processes, on every look and after each reconnection: what was missed meanwhile is told by the difference. */
  | { readonly type: 'seen'; readonly at: EpochMs; readonly app: string; readonly processes: readonly ProcessState[] }
  /** Whether the process manager itself runs. `wanted`: a person ended it (`pm2 kill`). */
  | {
      readonly type: 'manager';
      readonly at: EpochMs;
      readonly app: string;
      readonly running: boolean;
      readonly wanted?: boolean;
    }
  /** The local health check or, without one, whether the port answers. `port`: whether its port accepts connections, where that was tried. */
  | {
      readonly type: 'health';
      readonly at: EpochMs;
      readonly app: string;
      readonly ok: boolean;
      readonly detail?: string;
      readonly port?: { readonly port: number; readonly open: boolean };
    }
  /** What the last crash was found to be. `lasting`: the next start fails as well. */
  | {
      readonly type: 'diagnosed';
      readonly at: EpochMs;
      readonly app: string;
      readonly cause: string;
      readonly confidence: number;
      readonly lasting: boolean;
    }
  | { readonly type: 'deploy'; readonly at: EpochMs; readonly app: string; readonly graceMs?: Ms }
  | { readonly type: 'tick'; readonly at: EpochMs };

/** The app that an event is about; undefined for what concerns all (`tick`). */
export const appOf = (event: ProcessEvent): string | undefined => {
  if (event.type === 'tick') return undefined;
  return 'process' in event ? event.process.app : event.app;
};
