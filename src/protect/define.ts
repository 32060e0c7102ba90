import type { EntryFacts } from '../diagnose/app-facts.ts';
import type { Locale } from '../kernel/locale.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Nothing, Plan } from './action.ts';

/** An app as an action sees it. Paths are absolute. */
export interface ActionApp {
  /** Its name in the process manager. */
  readonly name: string;
  readonly manager: 'pm2' | 'systemd' | 'gate';
  readonly dir: string;
  /** The ecosystem file as configured; without one an action looks for it in `dir` and above. */
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: number;
  readonly artifacts: readonly string[];
}

/** What PM2's daemon holds of one process. Only these fields: its records carry the environment. */
export interface Pm2Record {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly mode: 'fork' | 'cluster';
  readonly cwd: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly interpreter?: string;
  readonly nodeArgs: readonly string[];
  /** As the daemon has it, normalised to a number (a span in milliseconds); absent when not set. */
  readonly maxRestarts?: number;
  readonly minUptimeMs?: Ms;
  readonly backoffMs?: Ms;
  readonly outFile?: string;
  readonly errorFile?: string;
}

/** The way to the user's PM2. */
export interface Pm2Access {
  /** Its PM2_HOME. */
  readonly home: string;
  /** The user's PM2 as the first words of a command: `['/usr/bin/pm2']`; undefined when none was found. */
  readonly command?: readonly string[];
  /** What the daemon holds now; undefined when no daemon answers. */
  records(): Promise<readonly Pm2Record[] | undefined>;
}

/** What a program said. */
export interface Ran {
  /** Absent when it was ended by a signal or never began. */
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The app's own files, as far as they are reached from its entry. */
export interface AppSources {
  /** Where its environment is read from: as configured, as the code says, or under a usual name; absent when there is none. */
  readonly envFile?: string;
  /** In the order in which Node reaches them, the entry (or what is loaded before it) first. */
  readonly code: readonly { readonly path: string; readonly text: string }[];
  /** The first of them is loaded before the entry (`--import`). */
  readonly preloaded: boolean;
}

/** What an action is given. It may read whatever it wants; it changes nothing: its plan does, through the runner. */
export interface ActionContext {
  readonly app: ActionApp;
  /** Names of the apps of the same ecosystem file that are protected as well: what they share may be changed at its one place. */
  readonly protected: readonly string[];
  /** An agent watches this app and restarts it once what it needs answers again. */
  readonly agent: boolean;
  /** Absent where no PM2 is used. */
  readonly pm2?: Pm2Access;
  /** What starts the app, down to the file that runs; absent when it could not be told. */
  readonly entry?: EntryFacts;
  sources(): Promise<AppSources>;
  /** What starts PM2 with its saved list at boot: a unit, a script, a crontab; undefined when nothing does. */
  bootedBy(): Promise<string | undefined>;
  /** The Node that runs the app. */
  readonly node: string;
  /** The environment of this process, for programs that are run; its values are never shown. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Whether this process has the rights of root. */
  readonly root: boolean;
  readonly now: EpochMs;
  /** Aborts when the whole has taken too long. */
  readonly signal: AbortSignal;
  /** Values that the user gave for actions, such as `dsn`; never shown. */
  readonly given: Readonly<Record<string, string>>;
  /** Runs a program that only looks (never through a shell) and waits for its end; output beyond 10 MB is cut off. */
  look(
    argv: readonly string[],
    options?: {
      readonly cwd?: string;
      readonly input?: string;
      readonly timeoutMs?: Ms;
      /** Added to the environment. */
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Promise<Ran>;
}

/** How far an action's matter is mended here. `says` is a key of the catalogs. */
export interface Standing {
  readonly state: 'done' | 'open' | 'not-here';
  readonly says: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A repair or protection: one file in `actions/`, one line in its list. */
export interface Action {
  readonly id: string;
  readonly title: Readonly<Record<Locale, string>>;
  /** Which items of the document's checklist it answers. */
  readonly priority: 'P0' | 'P1' | 'P2';
  /** What it would change, worked out by reading only. Never throws for what it finds; a throw is a bug. */
  plan(context: ActionContext): Promise<Plan | Nothing>;
  /** Whether it is mended now, by looking at the thing itself (the file, the daemon), not at what was done. */
  check(context: ActionContext): Promise<Standing>;
}

/** Declares an action. */
export const defineAction = (action: Action): Action => action;

/** Whether an action found something to do. */
export const isPlan = (outcome: Plan | Nothing): outcome is Plan => 'steps' in outcome;
