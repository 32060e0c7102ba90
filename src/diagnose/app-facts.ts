import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Known } from './known.ts';

/** One process of the app, as the manager's record and the kernel show it. */
export interface AppProcessFact {
  readonly pid: number;
  readonly id: string;
  /** The manager's word; evidence, not truth. */
  readonly status: string;
  /** The kernel's answer: does this pid live? */
  readonly isAlive: boolean;
  readonly restarts?: number;
  readonly startedAt?: EpochMs;
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly memorySlopeBytesPerHour?: number;
  readonly openFiles?: number;
  readonly openFilesLimit?: number;
  readonly mode?: 'fork' | 'cluster';
}

/** The process manager that starts the app. */
export interface ManagerFacts {
  readonly kind: 'pm2' | 'systemd' | 'gate' | 'none';
  /** Does the manager itself run? */
  readonly isRunning: boolean;
  readonly knowsApp: boolean;
  readonly version?: string;
  /** Where the manager's records were read: its socket, or the files that it leaves. */
  readonly seenBy: 'socket' | 'files' | 'command' | 'nothing';
  readonly processes: readonly AppProcessFact[];
  /** Is the app in the list that is brought back after a boot? */
  readonly isSaved: Known<boolean>;
  /** What starts the manager at boot: the unit's or script's name. */
  readonly bootStart: Known<string>;
  readonly limits?: { readonly maxRestarts?: number; readonly minUptimeMs?: Ms; readonly maxMemoryBytes?: number };
}

/** How the app is started and what that really resolves to. */
export interface EntryFacts {
  /** Who says so: the manager's record, the ecosystem file, package.json. */
  readonly from: 'manager' | 'ecosystem' | 'package';
  /** From what is written to what runs: `pm2 script: npm`, `package.json scripts.start: node dist/server.js`. */
  readonly chain: readonly string[];
  /** The file that Node runs, relative to the app's folder; absent when that cannot be told. */
  readonly file?: string;
  readonly exists: boolean;
  readonly changedAt?: EpochMs;
  readonly interpreter: string;
  /** Options of Node before the script. */
  readonly nodeOptions: readonly string[];
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Inside which artifact (`dist`) the entry lies; absent when it is source. */
  readonly artifact?: string;
  /** Where source leads into something built: `server.js → dist/server.js`. */
  readonly leadsInto: readonly { readonly from: string; readonly to: string; readonly artifact: string }[];
  /** What the ecosystem file would start, where it differs from what the manager runs. */
  readonly ecosystemFile?: string;
}

/** A built file that is older than its source, or was made from another text. */
export interface ShadowFact {
  readonly built: string;
  readonly source: string;
  readonly builtAt: EpochMs;
  readonly sourceAt: EpochMs;
  /** By content: the built file was made from something else. Absent when content does not tell. */
  readonly differs?: boolean;
}

/** A built thing that lies in the app's folder: `dist/`, `*.tar.gz`, or a `.js` beside its `.ts`. */
export interface ArtifactFacts {
  readonly path: string;
  readonly kind: 'folder' | 'archive' | 'beside';
  readonly bytes: number;
  readonly files: number;
  readonly newestAt: EpochMs;
  readonly oldestAt: EpochMs;
  /** When the inode last changed: when it came to be here, even with old times inside. */
  readonly appearedAt: EpochMs;
  /** Is any of its files tracked by git? Unknown without git. */
  readonly isTracked: Known<boolean>;
  /** The built files that are older than their source or say something else. */
  readonly olderThanSource: readonly ShadowFact[];
  /** Built files whose source is gone. */
  readonly withoutSource: readonly string[];
  /** Relative imports in it that lead nowhere, as `file → specifier`. */
  readonly brokenImports: readonly { readonly file: string; readonly specifier: string }[];
  readonly holdsEntry: boolean;
  /** The file that makes it, when one could be found: `deploy.sh: npm run build`. */
  readonly madeBy?: string;
}

/** A move of HEAD, from the reflog. */
export interface GitMove {
  readonly at: EpochMs;
  readonly what: string;
  readonly commit: string;
}

/** The app's repository. */
export interface GitFacts {
  readonly root: string;
  readonly head: string;
  readonly branch?: string;
  readonly subject?: string;
  readonly committedAt?: EpochMs;
  readonly lastMoves: readonly GitMove[];
  /** Paths with uncommitted changes, at most 50. */
  readonly dirty: readonly string[];
  readonly untracked: readonly string[];
  /** Files with conflict markers that are not merged yet. */
  readonly unmerged: readonly string[];
}

/** What is installed against what is asked for. */
export interface PackageFacts {
  readonly lockFile?: string;
  readonly lockAt?: EpochMs;
  readonly installedAt?: EpochMs;
  readonly hasNodeModules: boolean;
  /** Asked for by package.json, but not in any node_modules on the way up. */
  readonly missing: readonly string[];
  /** The lock's version against the installed one. */
  readonly differing: readonly { readonly name: string; readonly wanted: string; readonly found: string }[];
  /** In the folder, but without a readable package.json or its main file: an installation that was cut off. */
  readonly broken: readonly string[];
  readonly lockProblem?: string;
  readonly type: 'module' | 'commonjs';
  readonly manifestProblem?: string;
}

/** Names of environment variables; never their values. */
export interface EnvironmentFacts {
  readonly file?: string;
  readonly fileExists: boolean;
  readonly fileAt?: EpochMs;
  readonly namesInFile: readonly string[];
  /** Names that the manager's record gives the process. */
  readonly namesGiven: readonly string[];
  /** Names that are set, but to nothing. */
  readonly emptyNames: readonly string[];
  /** Used in the code without a default and not given by anybody. */
  readonly missing: readonly { readonly name: string; readonly file: string; readonly line: number }[];
  /** In the example file, not in the real one. */
  readonly missingOfExample: readonly string[];
  readonly exampleFile?: string;
  readonly usedNames: readonly string[];
}

/** The Node that is wanted against the one that runs the app. */
export interface NodeFacts {
  readonly runsOn?: string;
  readonly wanted: readonly {
    readonly from: string;
    readonly range: string;
    readonly isMet?: boolean;
    readonly isTooOld?: boolean;
  }[];
}

/** A path that the app must read or write, and may not. */
export interface DeniedPath {
  readonly path: string;
  readonly needs: 'read' | 'write';
  readonly user: string;
  readonly why: 'rights' | 'read-only' | 'missing';
}

/** A server that the app's environment points to. */
export interface DependencyFact {
  /** The variable that names it. */
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly answers: boolean;
  readonly tookMs: Ms;
  /** ECONNREFUSED, ENOTFOUND, late … */
  readonly error?: string;
}

/** An end of a process that the manager's log tells. */
export interface ExitFact {
  readonly at: EpochMs;
  readonly code?: number;
  readonly signal?: string;
}

/** What the app and its manager wrote last; redacted. */
export interface LogFacts {
  readonly errorFile?: string;
  readonly errorLines: readonly string[];
  readonly errorAt?: EpochMs;
  readonly outFile?: string;
  readonly outLines: readonly string[];
  readonly outAt?: EpochMs;
  /** Ends in the order of time, at most 200. */
  readonly exits: readonly ExitFact[];
  readonly starts: readonly EpochMs[];
  /** The manager gave up at. */
  readonly gaveUpAt?: EpochMs;
}

/** Something that changed on disk or in the repository. */
export interface ChangeFact {
  readonly at: EpochMs;
  readonly what:
    | 'artifact'
    | 'lock-file'
    | 'env-file'
    | 'git-head'
    | 'entry'
    | 'ecosystem'
    | 'packages'
    | 'source'
    | 'manifest';
  /** Relative to the app's folder. */
  readonly path: string;
  readonly detail?: string;
}

/** How the app answers from this machine. */
export interface HealthFacts {
  readonly url?: string;
  readonly port?: number;
  readonly isOpen: boolean;
  readonly status?: number;
  readonly tookMs: Ms;
  readonly error?: string;
  /** The port is open, but its owner is no process of this app. */
  readonly foreignOwner?: string;
}

/** What is known of an app. */
export interface AppFacts {
  readonly name: string;
  readonly dir?: string;
  /** The port that it should listen on, when known. */
  readonly port?: number;
  readonly manager: Known<ManagerFacts>;
  readonly entry: Known<EntryFacts>;
  readonly artifacts: Known<readonly ArtifactFacts[]>;
  readonly git: Known<GitFacts>;
  readonly packages: Known<PackageFacts>;
  readonly environment: Known<EnvironmentFacts>;
  readonly node: Known<NodeFacts>;
  readonly denied: Known<readonly DeniedPath[]>;
  readonly dependencies: Known<readonly DependencyFact[]>;
  readonly logs: Known<LogFacts>;
  readonly health: Known<HealthFacts>;
  /** Latest first. */
  readonly changes: Known<readonly ChangeFact[]>;
}
