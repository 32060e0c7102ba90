import type { Ms } from '../kernel/time.ts';

/** A sentence as data: a key of the catalogs (`catalog(locale).protect.says`) with its values. */
export interface Said {
  readonly says: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One change that a plan would make, for people (`before`/`after` make the diff) and for the runner. */
export type Step =
  /** A file's text is replaced, or the file is made (`before` undefined). Mode and owner are kept. */
  | {
      readonly do: 'write';
      readonly path: string;
      readonly before?: string;
      readonly after: string;
      readonly mode?: number;
    }
  /** A file or folder goes into the dated trash. */
  | { readonly do: 'trash'; readonly path: string; readonly bytes: number }
  /** A file or folder is gone for good. Never done without a person's yes, never by an agent on its own. */
  | { readonly do: 'delete'; readonly path: string; readonly bytes: number }
  /**
   * What was made ready at `staged` takes the place of `path`, which is kept at `aside`; all on one file system. Without `staged` the path only goes
   * aside; a path that is not there is only filled.
   */
  | { readonly do: 'swap'; readonly path: string; readonly staged?: string; readonly aside: string }
  /** A command of the closed list, as arguments; never a shell string. `undo` reverts it where that is possible. */
  | {
      readonly do: 'run';
      readonly argv: readonly string[];
      readonly cwd?: string;
      /** Added to the environment: `PM2_HOME`. */
      readonly env?: Readonly<Record<string, string>>;
      readonly timeoutMs: Ms;
      readonly undo?: readonly string[];
      /** Its failure does not matter: what it takes away may be gone already. */
      readonly mayFail?: boolean;
    }
  /** Not safe to do by a program: printed for a person. */
  | { readonly do: 'patch'; readonly path: string; readonly patch: string; readonly why: Said };

/** What an action would do here. */
export interface Plan {
  readonly action: string;
  readonly app: string;
  readonly steps: readonly Step[];
  /** Said beforehand: a second's gap, what can't be undone, what it relies on. */
  readonly notes: readonly Said[];
  /** Whether the app is restarted or reloaded by it, so that health is asked before and after. */
  readonly touchesApp: boolean;
  /** Whether the planned state has to boot on a private port before anything is changed. */
  readonly needsTrial: boolean;
}

/** Why an action would do nothing. */
export interface Nothing {
  readonly action: string;
  readonly app: string;
  readonly because: 'done' | 'not-here' | 'refused';
  readonly says: string;
  readonly params: Readonly<Record<string, string | number>>;
}
