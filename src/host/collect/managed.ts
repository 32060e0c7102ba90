import type { LogFacts, ManagerFacts } from '#diagnose/app-facts.ts';
import type { Known } from '#diagnose/known.ts';
import type { Launch } from './launch.ts';

/** An app as its process manager has it: what may be told, and how it is started (with the values of its environment, which stay here). */
export interface ManagedApp {
  readonly facts: ManagerFacts;
  readonly launch?: Launch;
  readonly logs: Known<LogFacts>;
}
