import type { EpochMs, Ms } from '../kernel/time.ts';

/** Where an object was defined: in the file, on the command line, or through screens and API. */
export type Origin = 'file' | 'cli' | 'stored';

/** How bad it is for people: critical wakes them, a warning waits for the morning. */
export type Severity = 'critical' | 'warning' | 'info';

/** What is protected. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly origin: Origin;
  /** The policy's name; the policy `default` when absent. */
  readonly policy?: string;
  /** Names of services that this one cannot work without. */
  readonly dependsOn: readonly string[];
  readonly mutedUntil?: EpochMs;
}

/** A question asked again and again. */
export interface Monitor {
  readonly id: string;
  /** A small number that stands for the monitor in the rows of its checks. */
  readonly num: number;
  readonly serviceId: string;
  readonly name: string;
  readonly kind: string;
  readonly origin: Origin;
  readonly everyMs: Ms;
  readonly timeoutMs: Ms;
  /** The small check in between; absent when off. */
  readonly pulse?: { readonly everyMs: Ms; readonly path?: string };
  readonly severity: Severity;
  readonly paused: boolean;
  /** The kind's own configuration, validated; secrets resolved. */
  readonly config: { readonly kind: string };
}

/** A span in which nobody is told of a service's troubles. */
export interface MaintenanceWindow {
  readonly id: string;
  readonly name: string;
  readonly origin: Origin;
  readonly forMs: Ms;
  /** Either again and again, or once. */
  readonly cron?: string;
  readonly at?: EpochMs;
  readonly timezone?: string;
  /** Names of services; all when empty. */
  readonly services: readonly string[];
}
