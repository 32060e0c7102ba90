import { watch, type FSWatcher } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Clock, Stop } from '../kernel/clock.ts';
import { SECOND, type Ms } from '../kernel/time.ts';
import {
  changesBetween,
  gitFolderOf,
  keyOf,
  lookAtFiles,
  type FileChange,
  type FileSnapshot,
  type WatchedFiles,
} from './watched-files.ts';

/** What the kernel does not report (network file systems, folders that were away) is seen by looking. */
const LOOK_EVERY_MS: Ms = 5 * SECOND;
/** A build writes a thousand files: it is looked once when it pauses for breath. */
const GATHER_MS: Ms = 40;

/** What is kept over restarts: a change while the agent was away is a change as well. */
export interface KeptSnapshot {
  readonly key: string;
  readonly snapshot: FileSnapshot;
}

/** What a watch of files needs. */
export interface FileWatchOptions {
  readonly watched: WatchedFiles;
  readonly clock: Clock;
  readonly kept: KeptSnapshot | undefined;
  readonly keep: (kept: KeptSnapshot) => void;
  readonly onChange: (change: FileChange) => void;
  readonly onBug: (error: unknown) => void;
}

/** Follows what decides how an app starts: told by the kernel within milliseconds, and looked after every few seconds. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #key: string;
  #before: FileSnapshot | undefined;
  #stopTimer: Stop | undefined;
  #isStopped = false;
  #looking: Promise<void> | undefined;
  #isWanted = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#key = keyOf(options.watched);
    if (options.kept?.key === this.#key) this.#before = options.kept.snapshot;
  }

  /** Begins; resolves after the first look. */
  async start(): Promise<void> {
    await this.look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Looks now; changes are reported before it resolves. */
  async look(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#isWanted = true;
      return this.#looking;
    }
    this.#stopTimer?.();
    this.#looking = this.#lookOnce()
      .catch(this.#options.onBug)
      .finally(() => {
        this.#looking = undefined;
        this.#plan(this.#isWanted ? GATHER_MS : LOOK_EVERY_MS);
        this.#isWanted = false;
      });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { watched, clock, onChange, keep } = this.#options;
    await this.#followFolders();
    const after = await lookAtFiles(watched, clock.now());
    if (this.#isStopped) return;
    const before = this.#before;
    this.#before = after;
    const changes = before === undefined ? [] : changesBetween(before, after, watched.envFile);
    if (before === undefined || changes.length > 0) keep({ key: this.#key, snapshot: after });
    for (const change of changes) onChange(change);
  }

  #plan(span: Ms): void {
    if (this.#isStopped) return;
    this.#stopTimer?.();
    this.#stopTimer = this.#options.clock.after(span, () => void this.look(), 'idle');
  }

  /** The folders in which something watched may appear; those that come later are taken up at a later look. */
  async #followFolders(): Promise<void> {
    const { dir, envFile, ecosystem, entry, artifacts } = this.#options.watched;
    const files = [envFile, ecosystem, entry, ...artifacts].filter((path) => path !== undefined);
    const git = await gitFolderOf(dir);
    const folders = new Set([dir, ...files.map((path) => dirname(resolve(dir, path)))]);
    if (git !== undefined) folders.add(git);
    for (const folder of folders)
      if (!this.#watchers.has(folder) && !folder.includes('*') && !this.#isStopped) this.#follow(folder);
  }

  #follow(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#plan(GATHER_MS));
      this.#watchers.set(folder, watcher);
      const forget = (): void => {
        watcher.close();
        if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
      };
      watcher.once('error', forget);
      // A folder that was replaced is another one: the old inode says `rename` of its own name and then no more.
      watcher.on('change', (kind, name) => {
        if (kind === 'rename' && name === folder.slice(folder.lastIndexOf('/') + 1)) forget();
      });
    } catch (error) {
      // Not there, not ours, or no watches left: then looking every few seconds has to do.
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    }
  }
}
