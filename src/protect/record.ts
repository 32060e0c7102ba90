import type { EpochMs } from '../kernel/time.ts';
import type { Plan, Step } from './action.ts';
import type { RunEvent, RunRules, RunState, StepTrait } from './run.ts';

/** Who or what asked for a run. */
export type RunKind = 'protect' | 'recover' | 'rollback' | 'repair';

/** A step as the runner does it: the plan's, with where its files go, and what its file was (SHA-256) when it was planned. */
export type WorkStep =
  | {
      readonly do: 'write';
      /** What is written, with symbolic links followed. */
      readonly path: string;
      readonly after: string;
      readonly beforeHash?: string;
      readonly afterHash: string;
      readonly mode?: number;
    }
  | { readonly do: 'trash'; readonly path: string; readonly to: string; readonly bytes: number }
  | { readonly do: 'delete'; readonly path: string; readonly bytes: number }
  | Extract<Step, { do: 'swap' }>
  | Extract<Step, { do: 'run' }>;

/** What is written down of a run before anything is done; with its journal it says all. */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  readonly kind: RunKind;
  readonly app: string;
  readonly dir: string;
  readonly at: EpochMs;
  readonly actions: readonly string[];
  readonly steps: readonly WorkStep[];
  readonly needsTrial: boolean;
  readonly touchesApp: boolean;
  /** How the app answered before; undefined when it was not asked. */
  readonly healthyBefore?: boolean;
  /** The run is there to make the app healthy: it has failed when the app is not, even if it was not before. */
  readonly isCure: boolean;
  /** As agreed to when it began: whoever takes it up again keeps them. */
  readonly rules: RunRules;
  /** The address that tells whether the app is well, and the port that must listen, for whoever takes the run up again. */
  readonly health?: string;
  readonly port?: number;
}

/** A run of the past, with how it stands. */
export interface PastRun {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  readonly state: RunState;
}

/** What the machine has to know of a step. */
export const traitOf = (step: WorkStep): StepTrait => {
  if (step.do === 'run') return step.undo === undefined ? 'final-command' : 'command';
  return step.do === 'delete' ? 'final-file' : 'file';
};

/** All steps of several plans in their order, but what is only printed. */
export const stepsToDo = (plans: readonly Plan[]): readonly Exclude<Step, { do: 'patch' }>[] =>
  plans.flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'patch' ? [] : [step])));
