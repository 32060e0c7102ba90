import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Stop } from '../../../kernel/clock.ts';
import { err, ok, type Result } from '../../../kernel/result.ts';
import type { ManagedApp, ManagerSetup, ManagerWatch, Refusal, RunAsked, Standing } from '../../manager.ts';
import type { ProcessEvent } from '../../model.ts';
import { unitEvents } from './compare.ts';
import { readJournalLine } from './journal.ts';
import { PROPERTIES, readUnit, type Unit } from './unit.ts';

const LOOK_EVERY_MS = 5_000;
/** After a line of systemd about the unit, its properties are up to date so soon. */
const SOON_MS = 50;
/** The journal's follower is started again after so long. */
const AGAIN_MS = 5_000;
const TIMEOUT_MS = 10_000;
const WORDS_LIMIT = 16 * 1024;

type Follower = (event: ProcessEvent) => void;

interface Followed {
  readonly unit: string;
  readonly followers: Set<Follower>;
  last: Unit | undefined;
  journal: ChildProcess | undefined;
  readonly timers: Map<'every' | 'soon' | 'again', Stop>;
  looking: boolean;
}

/** A name without a suffix is a service's. */
const unitOf = (name: string): string => (/\.(?:service|scope)$/.test(name) ? name : `${name}.service`);

/** Units under watch: by what systemd writes to the journal about them, and a look now and then. */
export class SystemdWatch implements ManagerWatch {
  readonly #setup: ManagerSetup;
  readonly #apps = new Map<string, Followed>();
  #standing: Standing = { via: 'gone' };
  #running: boolean | undefined;
  #over = false;

  constructor(setup: ManagerSetup) {
    this.#setup = setup;
  }

  follow(app: ManagedApp, onEvent: Follower): Stop {
    const known = this.#apps.get(app.name);
    const followed: Followed = known ?? {
      unit: unitOf(app.name),
      followers: new Set(),
      last: undefined,
      journal: undefined,
      timers: new Map(),
      looking: false,
    };
    followed.followers.add(onEvent);
    if (known === undefined) {
      this.#apps.set(app.name, followed);
      this.#followJournal(app.name, followed);
      this.#every(app.name, followed);
    }
    void this.#look(app.name, followed);
    return () => {
      followed.followers.delete(onEvent);
      if (followed.followers.size > 0 || this.#apps.get(app.name) !== followed) return;
      this.#apps.delete(app.name);
      this.#leave(followed);
    };
  }

  async words(app: ManagedApp, run: RunAsked): Promise<string> {
    const unit = unitOf(app.name);
    const answer = await this.#ask('journalctl', ['-o', 'json', '--no-pager', '-n', '200', '-u', unit]);
    if (!answer.ok) return '';
    const from = run.startedAt ?? 0;
    const lines = answer.value.split('\n').map((line) => readJournalLine(line));
    const mine = lines.filter((entry) => entry !== undefined && !entry.bySystemd && entry.atMs >= from - 1_000);
    return mine
      .map((entry) => entry?.message ?? '')
      .join('\n')
      .slice(-WORDS_LIMIT);
  }

  entryOf(app: ManagedApp): string | undefined {
    return this.#apps.get(app.name)?.last?.entry;
  }

  standing(): Standing {
    return this.#standing;
  }

  async act(deed: 'restart' | 'stop' | 'start', processId: string): Promise<Result<void, Refusal>> {
    const answer = await this.#ask('systemctl', [deed, '--', unitOf(processId)], 120_000);
    return answer.ok ? ok(undefined) : err({ says: answer.error });
  }

  async stop(): Promise<void> {
    this.#over = true;
    for (const followed of this.#apps.values()) this.#leave(followed);
    this.#apps.clear();
  }

  #leave(followed: Followed): void {
    for (const stop of followed.timers.values()) stop();
    followed.timers.clear();
    followed.journal?.kill();
  }

  #plan(followed: Followed, name: 'every' | 'soon' | 'again', span: number, call: () => void): void {
    followed.timers.get(name)?.();
    if (!this.#over) followed.timers.set(name, this.#setup.clock.after(span, call));
  }

  #every(app: string, followed: Followed): void {
    this.#plan(followed, 'every', this.#setup.lookEveryMs ?? LOOK_EVERY_MS, () => {
      void this.#look(app, followed);
      this.#every(app, followed);
    });
  }

  /** Runs a program of systemd; the first line of its complaint when it fails. */
  async #ask(
    program: 'systemctl' | 'journalctl',
    words: readonly string[],
    timeout = TIMEOUT_MS,
  ): Promise<Result<string, string>> {
    const options = { timeout, maxBuffer: 8 * 1024 * 1024, env: this.#env() };
    return new Promise((resolve) => {
      execFile(program, words, options, (error, stdout, stderr) => {
        const complaint = stderr.trim().split('\n')[0] ?? '';
        resolve(error === null ? ok(stdout) : err((complaint === '' ? error.message : complaint).slice(0, 300)));
      });
    });
  }

  #env(): Record<string, string> {
    return { PATH: this.#setup.path, LC_ALL: 'C', TZ: 'UTC' };
  }

  async #look(app: string, followed: Followed): Promise<void> {
    if (followed.looking) return;
    followed.looking = true;
    const properties = `--property=${PROPERTIES.join(',')}`;
    const words = ['show', '--no-pager', '--timestamp=unix', properties, '--', followed.unit];
    let answer = await this.#ask('systemctl', words);
    // before 248 there is no --timestamp
    if (!answer.ok && answer.error.includes('timestamp'))
      answer = await this.#ask('systemctl', ['show', '--no-pager', properties, '--', followed.unit]);
    followed.looking = false;
    if (this.#over || this.#apps.get(app) !== followed) return;
    const unit = answer.ok ? readUnit(answer.value) : undefined;
    this.#setRunning(unit !== undefined, answer.ok ? undefined : answer.error);
    if (unit === undefined) return;
    const events = unitEvents(followed.last, unit, app, this.#setup.clock.now());
    followed.last = unit;
    for (const event of events) this.#tell(followed, event);
  }

  #tell(followed: Followed, event: ProcessEvent): void {
    for (const follower of followed.followers) follower(event);
  }

  #setRunning(running: boolean, because: string | undefined): void {
    this.#standing = running ? { via: 'told' } : { via: 'gone', ...(because === undefined ? {} : { because }) };
    if (this.#running === running) return;
    this.#running = running;
    const at = this.#setup.clock.now();
    for (const [app, followed] of this.#apps) this.#tell(followed, { type: 'manager', at, app, running });
  }

  /** Whatever systemd writes about the unit is a reason to look. */
  #followJournal(app: string, followed: Followed): void {
    const words = ['-o', 'json', '--no-pager', '-f', '-n', '0', '-u', followed.unit];
    const journal = spawn('journalctl', words, { stdio: ['ignore', 'pipe', 'ignore'], env: this.#env() });
    followed.journal = journal;
    createInterface({ input: journal.stdout }).on('line', (line) => {
      if (readJournalLine(line)?.bySystemd === true)
        this.#plan(followed, 'soon', SOON_MS, () => void this.#look(app, followed));
    });
    const again = (): void => {
      if (followed.journal !== journal || this.#apps.get(app) !== followed) return;
      followed.journal = undefined;
      this.#plan(followed, 'again', AGAIN_MS, () => this.#followJournal(app, followed));
    };
    journal.on('error', again);
    journal.on('close', again);
  }
}
