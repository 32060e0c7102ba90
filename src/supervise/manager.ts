import type { Clock, Stop } from '../kernel/clock.ts';
import type { Locale } from '../kernel/locale.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { ProcessEvent } from './model.ts';

/** An app as a manager has to know it: by its name there (PM2's name, the unit without `.service`). */
export interface ManagedApp {
  readonly name: string;
}

/** What a manager is given to watch with. */
export interface ManagerSetup {
  readonly clock: Clock;
  /** The user's home folder. */
  readonly home: string;
  /** PM2's own folder, when it is not `.pm2` in the home (or what PM2_HOME says). */
  readonly pm2Home?: string;
  /** Folders to look for programs in. */
  readonly path: string;
  /** How often everything is looked at, besides what the manager tells by itself; 10 s when absent. */
  readonly lookEveryMs?: Ms;
}

/** By which way a manager is watched now. */
export interface Standing {
  /** `told`: it tells its events; `read`: only its files are read (it refuses us); `gone`: it does not run or cannot be reached. */
  readonly via: 'told' | 'read' | 'gone';
  readonly version?: string;
  /** Why it is not `told`, in the system's words: `EACCES rpc.sock`. */
  readonly because?: string;
}

/** The run whose words are asked for. */
export interface RunAsked {
  readonly process?: string;
  readonly startedAt?: EpochMs;
}

/** Why a manager did not do what it was asked: its own words, short. */
export interface Refusal {
  readonly says: string;
}

/** A manager under watch. */
export interface ManagerWatch {
  /** Begins to follow an app: a first `seen` comes as soon as it is known. Ends with the returned call. */
  follow(app: ManagedApp, onEvent: (event: ProcessEvent) => void): Stop;
  /** The error output of a run (the latest when none is named), at most 16 kB, as it was written: redact it before it leaves the host. */
  words(app: ManagedApp, run: RunAsked): Promise<string>;
  /** The file that the manager starts; undefined when it is not known. */
  entryOf(app: ManagedApp): string | undefined;
  standing(): Standing;
  /** Restarts, stops or starts one process by the manager's id of it. */
  act(deed: 'restart' | 'stop' | 'start', processId: string): Promise<Result<void, Refusal>>;
  /** Lets go of everything; the manager and its apps are left as they are. */
  stop(): Promise<void>;
}

/** A process manager that can be watched: one file in `managers/`, one line in its list. */
export interface ProcessManager {
  readonly manager: 'pm2' | 'systemd';
  readonly title: Readonly<Record<Locale, string>>;
  /** Begins to watch. Never throws: a manager that is not there is one that is gone. */
  open(setup: ManagerSetup): ManagerWatch;
}

/** Checks the shape of a process manager at compile time. */
export const defineManager = (manager: ProcessManager): ProcessManager => manager;
