import type { EpochMs } from '../kernel/time.ts';
import type { AppFacts } from './app-facts.ts';
import type { MachineFacts } from './machine-facts.ts';

/** All that the contextual rules may judge by. */
export interface Facts {
  readonly at: EpochMs;
  readonly machine?: MachineFacts;
  readonly app?: AppFacts;
}
