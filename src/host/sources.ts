import type { Crash } from '../diagnose/crash.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ProcessEvent, ProcessState } from '../supervise/model.ts';
import type { AppSpec, HostVitals } from './contract.ts';
import type { FileChange } from './watched-files.ts';

/** The end (or the trouble) of a run whose words are asked for. */
export interface RunInQuestion {
  readonly process?: string;
  readonly startedAt?: EpochMs;
}

/** Follows the processes of apps under their manager. */
export interface ProcessSource {
  /** Begins to follow an app: what happens to it comes as events, what is so now as a first `seen`. Ends with the returned call. */
  follow(app: AppSpec, onEvent: (event: ProcessEvent) => void): () => void;
  /** What the app's processes wrote to their error output last, of this run where it can be told apart; empty when nothing can be read. */
  words(app: AppSpec, run: RunInQuestion): Promise<string>;
  /** The file that the manager starts, as a path; undefined when it is not known. */
  entryOf(app: AppSpec): string | undefined;
  stop(): Promise<void>;
}

/** Finds causes. */
export interface Diagnoser {
  /** By the words of a crash alone: within milliseconds. */
  atOnce(crash: Crash): readonly Finding[];
  /** By all facts of the app and its machine as well: within seconds. */
  thoroughly(app: AppSpec, crash: Crash, changes: readonly FileChange[]): Promise<readonly Finding[]>;
  /** Did the kernel kill this process for memory? */
  wasKilledForMemory(pid: number, since: EpochMs): Promise<boolean>;
}

/** Figures of the machine. */
export interface VitalsSource {
  look(processes: readonly ProcessState[]): Promise<HostVitals>;
}
