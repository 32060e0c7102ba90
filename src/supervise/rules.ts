import type { Ms } from '../kernel/time.ts';

/** The thresholds of the crash verdict. Every one can be set, so that tests run fast and users can tune. */
export interface SuperviseRules {
  /** An exit so soon after the start, by a process that was never healthy in that run, is an exit at boot. */
  readonly bootMs: Ms;
  /** How sure a diagnosis has to be before one exit alone makes an app down. */
  readonly sure: number;
  /** So many unwanted exits of one process within `fastMs` are a crash loop, within `slowMs` a slow one. */
  readonly fastExits: number;
  readonly fastMs: Ms;
  readonly slowExits: number;
  readonly slowMs: Ms;
  /** From so many exits in an hour on, and above twice the worst hour of the app's own past, its crashes are told as rising. */
  readonly risingExits: number;
  /** So many restarts at the memory limit, or kills by the kernel, within `memoryMs` are told. */
  readonly memoryRestarts: number;
  readonly oomKills: number;
  readonly memoryMs: Ms;
  /** Not running for so long, though nobody stopped it. Longer than the longest backoff of PM2 (15 s). */
  readonly notRunningMs: Ms;
  /** Failing health checks: so many in a row, over so long a time. */
  readonly unhealthyChecks: number;
  readonly unhealthyMs: Ms;
  /** A new process may take so long until it is healthy; three times its own slowest start counts when that is known, within these two. */
  readonly bootPatienceMs: Ms;
  readonly bootPatienceMaxMs: Ms;
  /** A health check older than this says nothing of now. */
  readonly healthFreshMs: Ms;
  /** Good for so long means recovered: with health checks, and without any. */
  readonly stableMs: Ms;
  readonly settledMs: Ms;
  /** The process manager may be away for so long (its own update). */
  readonly managerGraceMs: Ms;
  /** Stopped by hand for so long means not judged any more; and so long when it was down before. */
  readonly stoppedMs: Ms;
  readonly stoppedWhileDownMs: Ms;
  /** No process of it is known and its health fails for so long. */
  readonly missingMs: Ms;
  /** After a deploy: exits of the old processes are part of it for `deployGraceMs`; so many exits of new ones within `deployWatchMs` are its fault. */
  readonly deployGraceMs: Ms;
  readonly deployWatchMs: Ms;
  readonly deployExits: number;
  /** So long a verdict waits for a diagnosis before it says that the cause will last. */
  readonly diagnosisMs: Ms;
  /** Diagnoses wished for in a row, and how far apart they are afterwards. */
  readonly diagnoses: number;
  readonly diagnosisEveryMs: Ms;
}

/** The documented defaults (docs/supervision.md). */
export const DEFAULT_SUPERVISE_RULES: SuperviseRules = {
  bootMs: 30_000,
  sure: 0.8,
  fastExits: 3,
  fastMs: 60_000,
  slowExits: 3,
  slowMs: 600_000,
  risingExits: 5,
  memoryRestarts: 3,
  oomKills: 1,
  memoryMs: 3_600_000,
  notRunningMs: 20_000,
  unhealthyChecks: 3,
  unhealthyMs: 10_000,
  bootPatienceMs: 20_000,
  bootPatienceMaxMs: 60_000,
  healthFreshMs: 30_000,
  stableMs: 10_000,
  settledMs: 30_000,
  managerGraceMs: 10_000,
  stoppedMs: 5_000,
  stoppedWhileDownMs: 600_000,
  missingMs: 30_000,
  deployGraceMs: 30_000,
  deployWatchMs: 600_000,
  deployExits: 2,
  diagnosisMs: 3_000,
  diagnoses: 5,
  diagnosisEveryMs: 10_000,
};
