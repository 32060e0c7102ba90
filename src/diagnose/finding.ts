import type { EpochMs } from '../kernel/time.ts';
import type { CauseId } from './causes.ts';

/** Where a clue is known from. */
export type ClueSource =
  | 'output'
  | 'exit'
  | 'manager'
  | 'file'
  | 'port'
  | 'health'
  | 'disk'
  | 'memory'
  | 'kernel'
  | 'git'
  | 'environment'
  | 'network'
  | 'trial';

/** Values that stand in a sentence; already redacted and short (≤ 200 characters each). Never the value of an environment variable. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** One piece of evidence: verbatim words of a program, or a statement that is put into the reader's language later. */
export type Clue = { readonly source: ClueSource; readonly at?: EpochMs } & (
  | { readonly quote: string }
  | { readonly says: string; readonly params: Params }
);

/** A ranked cause with its evidence, as data: the words are made in the reader's language (`wordFinding`). */
export interface Finding {
  readonly cause: CauseId;
  /** What the title and remedy name: `package`, `path`, `port`, `name` … */
  readonly params: Params;
  /** 0 to 1; high from 0.8 on. */
  readonly confidence: number;
  readonly evidence: readonly Clue[];
  /** The id of the action that would mend it (`src/protect/actions/`), when there is one. */
  readonly action?: string;
}

/** A finding in somebody's words: what `--json`, the API and the screens show. */
export interface WordedFinding {
  readonly cause: CauseId;
  readonly title: string;
  readonly confidence: number;
  readonly evidence: readonly { readonly text: string; readonly source: ClueSource; readonly at?: EpochMs }[];
  readonly remedy: string;
  readonly action?: string;
}
