import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock, Stop } from '#kernel/clock.ts';
import { SECOND, type Ms } from '#kernel/time.ts';

/** Files under watch; what is watched can change, since a configuration may name further files. */
export interface FileWatch {
  /** Watches these from now on. */
  follow(files: readonly string[]): Promise<void>;
  stop(): void;
}

const SETTLE_MS: Ms = 200;
const LOOK_MS: Ms = 5 * SECOND;

/**
 * Calls back once after files changed in content. Editors replace files by new ones and containers swap links, so the folders are
 * watched, and what counts is what is read; where the system tells nothing (network drives), a look every 5 s does.
 * To miss nothing, call it before the files are read.
 */
export const watchFiles = async (files: readonly string[], clock: Clock, onChange: () => void): Promise<FileWatch> => {
  const watched = new Watched(clock, onChange);
  await watched.follow(files);
  return watched;
};

const fingerprint = async (file: string): Promise<string> => {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('base64');
  } catch (error) {
    // While an editor replaces a file it is not there for a moment; that it is gone for good is a change as well.
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
};

class Watched implements FileWatch {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #files: readonly string[] = [];
  #known = '';
  #folders: FSWatcher[] = [];
  #cancel: Stop | undefined;
  #soon = false;
  #stopped = false;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  async follow(files: readonly string[]): Promise<void> {
    this.#files = [...new Set(files.map((file) => resolve(file)))];
    for (const folder of this.#folders) folder.close();
    this.#folders = [...new Set(this.#files.map((file) => dirname(file)))].flatMap((folder) =>
      this.#watchFolder(folder),
    );
    this.#known = await this.#content();
    this.#lookAfter(LOOK_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    for (const folder of this.#folders) folder.close();
    this.#folders = [];
  }

  #watchFolder(folder: string): readonly FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      // A folder that goes away is looked for again by the regular look.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      // No watches are left, or the folder is not there: the regular look is enough.
      return [];
    }
  }

  #lookAfter(span: Ms): void {
    if (this.#stopped) return;
    this.#cancel?.();
    this.#cancel = this.#clock.after(span, () => void this.#look());
  }

  /** Further events do not put the look off: in a folder where much is written it would never come. */
  #lookSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    this.#lookAfter(SETTLE_MS);
  }

  async #content(): Promise<string> {
    return JSON.stringify(await Promise.all(this.#files.map(fingerprint)));
  }

  async #look(): Promise<void> {
    this.#soon = false;
    const content = await this.#content();
    this.#lookAfter(LOOK_MS);
    if (this.#stopped || content === this.#known) return;
    this.#known = content;
    this.#onChange();
  }
}
