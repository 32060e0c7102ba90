import { defined } from '../kernel/defined.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { SuperviseReason } from './reason.ts';

/** How an app stands. `pending`: not judged (nothing known yet, or stopped by hand). */
export type AppVerdict = 'pending' | 'up' | 'degraded' | 'down';

/** One process of the app (a slot of its manager), as far as it is known. */
export interface Slot {
  /** When its current or last run began. */
  readonly startedAt: EpochMs;
  /** The manager's counter up to which all is accounted for. */
  readonly restarts: number;
  readonly handledAt: EpochMs;
  readonly running: boolean;
  /** Since when it does not run; 0 while it does. */
  readonly downSince: EpochMs;
  /** Its end was wanted. */
  readonly stopped: boolean;
  readonly gaveUpAt: EpochMs;
  /** The start of the run whose exit has been counted. */
  readonly endedRun: EpochMs;
  /** The manager's word. */
  readonly status: string;
  /** The app was healthy while this run lasted. */
  readonly healthy: boolean;
}

/** An exit that nobody wanted. */
export interface Exit {
  readonly at: EpochMs;
  readonly id: string;
  readonly startedAt: EpochMs;
  readonly uptimeMs: Ms;
  readonly boot: boolean;
  readonly code?: number;
  readonly signal?: string;
  /** The last good sign before it. */
  readonly goodAt?: EpochMs;
}

/** The run of health checks of the same result. */
export interface Health {
  readonly ok: boolean;
  readonly at: EpochMs;
  /** Since when it has been so, and for how many checks. */
  readonly since: EpochMs;
  readonly checks: number;
  /** The last good check before a bad run. */
  readonly goodAt?: EpochMs;
  readonly detail?: string;
  readonly port?: { readonly port: number; readonly open: boolean };
}

/** Everything known of one app: plain data, to be stored and read back. Stays below some 8 kB. */
export interface AppState {
  readonly app: string;
  /** What people call its process manager: PM2, systemd. */
  readonly managedBy?: string;
  /** The moment of the latest event; time never goes back. */
  readonly at: EpochMs;
  readonly begunAt: EpochMs;
  readonly verdict: AppVerdict;
  readonly since: EpochMs;
  readonly reason: SuperviseReason | null;
  readonly lasting: boolean;
  readonly slots: Readonly<Record<string, Slot>>;
  /** The latest, oldest first. */
  readonly exits: readonly Exit[];
  readonly health: Health | null;
  /** The slowest start that ended healthy, for the patience with the next; 0 while none is known. */
  readonly slowestBootMs: Ms;
  readonly manager: { readonly goneSince: EpochMs; readonly lost: boolean };
  readonly memoryRestarts: readonly EpochMs[];
  readonly oomKills: readonly EpochMs[];
  /** Unwanted exits by hour of the clock (hours since 1970), the last two days. */
  readonly hours: readonly { readonly hour: number; readonly exits: number }[];
  /** Of those the ones that a verdict of down has told of already, when it ended. */
  readonly toldHours: readonly { readonly hour: number; readonly exits: number }[];
  readonly exception: { readonly at: EpochMs; readonly id: string; readonly startedAt: EpochMs } | null;
  readonly diagnosis: {
    readonly at: EpochMs;
    /** A CauseId. */
    readonly cause: string;
    readonly confidence: number;
    readonly lasting: boolean;
  } | null;
  readonly deploy: { readonly at: EpochMs; readonly graceMs: Ms } | null;
  /** Diagnoses wished for since the last good time, and the latest. */
  readonly wishes: { readonly count: number; readonly at: EpochMs };
}

/** What is known of an app before its first event. */
export const initialAppState = (app: string, at: EpochMs, managedBy?: string): AppState => ({
  app,
  ...defined({ managedBy }),
  at,
  begunAt: at,
  verdict: 'pending',
  since: at,
  reason: null,
  lasting: false,
  slots: {},
  exits: [],
  health: null,
  slowestBootMs: 0,
  manager: { goneSince: 0, lost: false },
  memoryRestarts: [],
  oomKills: [],
  hours: [],
  toldHours: [],
  exception: null,
  diagnosis: null,
  deploy: null,
  wishes: { count: 0, at: 0 },
});

/** What the machine wants done. */
export type SuperviseEffect =
  /**
   * The app's verdict changed; `from` equals `to` when only its reason became graver or `lasting` became true. The moments are evidence: the last
   * good sign before the trouble, its first sign, and (when it ends) the first good one; absent where nothing was seen.
   */
  | {
      readonly do: 'verdict';
      readonly at: EpochMs;
      readonly app: string;
      readonly from: AppVerdict;
      readonly to: AppVerdict;
      readonly reason?: SuperviseReason;
      readonly lastGoodAt?: EpochMs;
      readonly firstBadAt?: EpochMs;
      readonly firstGoodAt?: EpochMs;
      /** It will not heal by itself: loud at once. */
      readonly lasting: boolean;
      readonly afterDeploy: boolean;
      /** The manager's own word for the process at that moment. */
      readonly status?: string;
      readonly port?: { readonly port: number; readonly open: boolean };
    }
  /** Find out why, now; answered by a `diagnosed` event. */
  | {
      readonly do: 'diagnose';
      readonly at: EpochMs;
      readonly app: string;
      readonly why: 'exit' | 'exception' | 'verdict';
      /** The process and its run, where one is meant. */
      readonly process?: string;
      readonly startedAt?: EpochMs;
      readonly code?: number;
      readonly signal?: string;
    };
