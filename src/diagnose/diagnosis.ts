import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Standing } from './circumstance.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** What would happen if the app were started anew: seen in a trial boot on a private port, beside whatever runs. */
export type NextStart =
  | { readonly outcome: 'starts'; readonly status?: number; readonly tookMs: Ms }
  | {
      readonly outcome: 'fails';
      readonly how: 'ended' | 'silent' | 'unhealthy';
      readonly code?: number;
      readonly signal?: string;
      readonly status?: number;
      /** Redacted. */
      readonly output: string;
      readonly findings: readonly Finding[];
    }
  | { readonly outcome: 'not-known'; readonly why: string; readonly detail: string };

/** All that a quick diagnosis found: plain data, as it travels. */
export interface Diagnosis {
  readonly at: EpochMs;
  readonly tookMs: Ms;
  readonly app: string;
  readonly standing: Standing;
  readonly facts: Facts;
  readonly next: NextStart;
  /** Best first; empty for an app that is up and shows nothing. */
  readonly findings: readonly Finding[];
}
