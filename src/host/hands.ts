import type { CauseId } from '../diagnose/causes.ts';
import type { Result } from '../kernel/result.ts';
import type { ProvenPlan } from '../protect/repair-model.ts';
import type { AppSpec } from './contract.ts';

/** How a repair that was begun came to its end. */
export interface RepairEnd {
  readonly outcome: 'verified' | 'undone' | 'failed';
  readonly error?: string;
}

/** What somebody's order came to. */
export interface Carried {
  readonly outcome: 'done' | 'failed' | 'refused';
  /** For people, redacted. */
  readonly output: string;
}

/** All that an agent may do to an app: a closed list. Whatever cannot be done is a value; only bugs are thrown. */
export interface Hands {
  /** Works out what an action would do and tries it beside the running app; changes nothing. Fails with why there is nothing to do. */
  plan(app: AppSpec, action: string, cause: CauseId): Promise<Result<ProvenPlan, string>>;
  /** Carries a plan out and verifies it; what is not well afterwards is taken back. `onApplied`: all steps are done, health is being asked. */
  apply(app: AppSpec, planId: string, onApplied: () => void): Promise<RepairEnd>;
  /** Takes a plan back that was carried out. */
  undo(app: AppSpec, planId: string): Promise<RepairEnd>;
  /** Finishes or takes back what a former agent had begun when it died. */
  resume(app: AppSpec, planId: string): Promise<RepairEnd>;
  /** Starts an app that its manager has given up. Fails with what the manager said. */
  start(app: AppSpec): Promise<Result<undefined, string>>;
  /** Stops, clears artifacts away, starts, verifies. */
  recover(app: AppSpec): Promise<Carried>;
  /** Returns to a tree that was kept while it was healthy. */
  rollback(app: AppSpec, to: string | undefined): Promise<Carried>;
  /** Plans all protections, or carries them out. */
  protect(app: AppSpec, only: readonly string[] | undefined, apply: boolean): Promise<Carried>;
  /** Keeps the app's tree, which is healthy now, for a rollback; does nothing when it is kept already. */
  keepHealthy(app: AppSpec): Promise<void>;
}
