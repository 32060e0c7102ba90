/**
 * Why an app or its host is not well. The words and weights of these codes stand in the monitors' table of reasons, which does not compile when one
 * of them is missing there. What was seen stands in the parameters, each optional and short:
 * `code` (exit code), `signal`, `cause` (a CauseId), `uptimeMs` for boot-crash; `exits`, `withinMs`, `code`, `signal` for crash-loop, restarting and
 * unstable-after-deploy; `perHour`, `usual` for exits-rising; `restarts`, `withinMs` for memory-restarts; `kills`, `withinMs` for oom-kills;
 * `manager` (PM2, systemd), `status` (its word) for gave-up, not-running, zombie and gone; `failing`, `of` for partly-down; `port`, `forMs` for
 * zombie; `detail`, `forMs` for unhealthy; `mount`, `freeBytes`, `inMs` for disks and inodes; `availableBytes` for memory-low; `usedPercent` for
 * swap-full; `skewMs` for clock-skew; `program`, `pid` for the host's oom-kill.
 */
export type SuperviseReasonCode =
  | 'app.boot-crash'
  | 'app.crash-loop'
  | 'app.restarting'
  | 'app.exits-rising'
  | 'app.memory-restarts'
  | 'app.oom-kills'
  | 'app.gave-up'
  | 'app.not-running'
  | 'app.partly-down'
  | 'app.zombie'
  | 'app.unhealthy'
  | 'app.unstable-after-deploy'
  | 'manager.gone'
  | 'host.disk-full'
  | 'host.disk-filling'
  | 'host.inodes-full'
  | 'host.inodes-filling'
  | 'host.memory-low'
  | 'host.swap-full'
  | 'host.clock-skew'
  | 'host.oom-kill';

/** A reason with what was seen; fits the monitors' `Reason`. */
export interface SuperviseReason {
  readonly code: SuperviseReasonCode;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/** Builds a reason. */
export const superviseReason = (
  code: SuperviseReasonCode,
  params: SuperviseReason['params'] = {},
): SuperviseReason => ({ code, params });
