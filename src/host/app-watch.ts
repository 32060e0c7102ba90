import { isAbsolute, join } from 'node:path';
import { isLastingCause } from '../diagnose/causes.ts';
import type { Crash } from '../diagnose/crash.ts';
import type { Finding } from '../diagnose/finding.ts';
import type { Clock, Stop } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import { MINUTE, SECOND, type Ms } from '../kernel/time.ts';
import { decide } from '../supervise/decide.ts';
import type { ProcessEvent, ProcessState } from '../supervise/model.ts';
import { DEFAULT_SUPERVISE_RULES, type SuperviseRules } from '../supervise/rules.ts';
import { initialAppState, type AppState, type SuperviseEffect } from '../supervise/state.ts';
import type { RepairState } from '../protect/repair-model.ts';
import type { AppSpec, HostSignal } from './contract.ts';
import { FileWatch, type KeptSnapshot } from './file-watch.ts';
import type { Carried, Hands } from './hands.ts';
import { LocalHealth, targetOf, type LocalAnswer } from './local-health.ts';
import { ProcessNoise, processSignal } from './process-signals.ts';
import { Repairs } from './repairs.ts';
import type { Diagnoser, ProcessSource } from './sources.ts';
import type { FileChange } from './watched-files.ts';

const TICK_MS: Ms = 1 * SECOND;
/** The words of a process that has just died may be some milliseconds behind its death. */
const WORDS_LATE_MS: readonly Ms[] = [0, 60, 120, 300];
const MOST_CHANGES = 50;
const KEEP_STATE_MS: Ms = MINUTE;
/** An app that has been well for so long is worth keeping for a rollback; looked at again as often. */
const WELL_MS: Ms = 2 * MINUTE;
const KEEP_TREE_MS: Ms = 10 * MINUTE;

/** Where something is remembered over restarts, by name. */
export interface Memory {
  recall<T>(key: string): T | undefined;
  remember(key: string, value: unknown): void;
}

/** What the watch over an app needs. */
export interface AppWatchOptions {
  readonly app: AppSpec;
  readonly clock: Clock;
  readonly source: ProcessSource;
  readonly diagnoser: Diagnoser;
  readonly hands: Hands;
  readonly memory: Memory;
  readonly rules?: SuperviseRules;
  readonly tell: (signal: HostSignal) => void;
  readonly onBug: (error: unknown) => void;
}

type Verdict = Extract<SuperviseEffect, { readonly do: 'verdict' }>;
type Wish = Extract<SuperviseEffect, { readonly do: 'diagnose' }>;

/** Watches one app: its processes, its health from inside, its files; judges, finds out why, repairs; and tells all of it. */
export class AppWatch {
  readonly #options: AppWatchOptions;
  readonly #repairs: Repairs;
  readonly #health: LocalHealth;
  readonly #noise = new ProcessNoise();
  #files: FileWatch | undefined;
  #state: AppState;
  #processes: readonly ProcessState[] = [];
  #findings: readonly Finding[] = [];
  #changes: readonly FileChange[] = [];
  #wish = 0;
  #savedAt = 0;
  #treeAt = 0;
  #stops: readonly Stop[] = [];
  #isStopped = false;

  constructor(options: AppWatchOptions) {
    const { app, clock, hands, memory, tell, onBug } = options;
    this.#options = options;
    this.#state =
      memory.recall<AppState>(`app:${app.name}`) ??
      initialAppState(app.name, clock.now(), app.manager === 'pm2' ? 'PM2' : app.manager);
    this.#health = new LocalHealth(clock, targetOf(app), (answer) => this.#answered(answer));
    const keep = (state: RepairState): void => memory.remember(`repairs:${app.name}`, state);
    const kept = memory.recall<RepairState>(`repairs:${app.name}`);
    this.#repairs = new Repairs({ app, clock, hands, kept, keep, tell, onBug });
  }

  get app(): AppSpec {
    return this.#options.app;
  }

  /** Its processes, as they were seen last. */
  get processes(): readonly ProcessState[] {
    return this.#processes;
  }

  start(): void {
    const { app, source } = this.#options;
    this.#repairs.start();
    this.#stops = [source.follow(app, (event) => this.take(event)), this.#tickOn()];
    this.#watchFiles();
    this.#health.start();
  }

  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
    this.#health.stop();
    this.#files?.stop();
    this.#save();
  }

  /** Takes an event in, and does what follows from it. */
  take(event: ProcessEvent): void {
    if (this.#isStopped) return;
    this.#tellProcess(event);
    this.#feed(event);
    if (event.type === 'seen') this.#processes = event.processes;
    if (event.type === 'started') this.#repairs.feed({ type: 'running' });
    if (this.#isGivenUp(event)) this.#repairs.feed({ type: 'gave-up' });
    if (event.type === 'started' || event.type === 'exited' || event.type === 'gave-up') this.#health.hurry();
    if (event.type === 'exited' && !event.wanted) void this.#askKernel(event).catch(this.#options.onBug);
  }

  /** Somebody's word about a plan. */
  async order(what: 'repair' | 'leave' | 'undo', planId: string): Promise<Carried> {
    return this.#repairs.order(what, planId);
  }

  /** Is a repair changing something right now? */
  get isBusy(): boolean {
    return this.#repairs.isBusy;
  }

  /** Finds out by all means how the app is; tells it, and gives the findings. */
  async diagnose(): Promise<readonly Finding[]> {
    const { app, source } = this.#options;
    const crash: Crash = { output: await source.words(app, {}) };
    return this.#lookThoroughly(crash);
  }

  #feed(event: ProcessEvent): void {
    const [state, effects] = decide(this.#state, event, this.#options.rules ?? DEFAULT_SUPERVISE_RULES);
    this.#state = state;
    for (const effect of effects) {
      if (effect.do === 'verdict') this.#ruled(effect);
      else void this.#findOut(effect).catch(this.#options.onBug);
    }
  }

  #ruled(effect: Verdict): void {
    const { app, tell } = this.#options;
    const { do: _do, status, app: _app, ...said } = effect;
    if (effect.to === 'up') this.#findings = [];
    tell({
      ...said,
      type: 'app-verdict',
      app: app.name,
      findings: this.#findings,
      ...defined({ managerSays: status }),
    });
    this.#save();
    this.#repairs.feed({ type: 'verdict', isDown: effect.to === 'down' });
    if (effect.to === 'down' && this.#findings.length > 0) this.#repairs.diagnosed(this.#findings);
  }

  /** First by the words of the crash alone, so that the verdict can be told at once; then by everything. */
  async #findOut(wish: Wish): Promise<void> {
    const { diagnoser } = this.#options;
    this.#wish += 1;
    const own = this.#wish;
    const output = await this.#wordsOf(wish);
    const { code, signal } = wish;
    const crash: Crash = { output, ...defined({ exitCode: code, signal }) };
    if (own === this.#wish) this.#found(diagnoser.atOnce(crash));
    await this.#lookThoroughly(crash, own);
  }

  async #wordsOf(wish: Wish): Promise<string> {
    const { app, source, clock } = this.#options;
    const { process, startedAt } = wish;
    const run = defined({ process, startedAt });
    let output = '';
    for (const late of WORDS_LATE_MS) {
      if (late > 0) await new Promise<void>((resolve) => void clock.after(late, resolve));
      output = await source.words(app, run);
      if (output.trim() !== '' || wish.why === 'verdict') break;
    }
    return output;
  }

  async #lookThoroughly(crash: Crash, own?: number): Promise<readonly Finding[]> {
    const { app, clock, diagnoser, tell } = this.#options;
    await this.#files?.look();
    const findings = await diagnoser.thoroughly(app, crash, this.#changes);
    // A later crash is being looked at already, or it is over.
    if (this.#isStopped || (own !== undefined && own !== this.#wish)) return findings;
    if (findings.length === 0 || this.#state.verdict === 'up') return findings;
    this.#found(findings);
    tell({ type: 'findings', at: clock.now(), app: app.name, findings });
    return findings;
  }

  #found(findings: readonly Finding[]): void {
    const [best] = findings;
    if (best === undefined) return;
    const { app, clock } = this.#options;
    this.#findings = findings;
    const { cause, confidence } = best;
    this.#feed({
      type: 'diagnosed',
      at: clock.now(),
      app: app.name,
      cause,
      confidence,
      lasting: isLastingCause(cause),
    });
    if (this.#state.verdict === 'down') this.#repairs.diagnosed(findings);
  }

  #answered({ ok, isOpen, detail }: LocalAnswer): void {
    const { app, clock } = this.#options;
    const { port } = targetOf(app);
    const seen = port === undefined || isOpen === undefined ? undefined : { port, open: isOpen };
    this.#feed({ type: 'health', at: clock.now(), app: app.name, ok, ...defined({ detail, port: seen }) });
  }

  #tellProcess(event: ProcessEvent): void {
    const signal = processSignal(event);
    if (signal === undefined) return;
    const named = { ...signal, app: this.#options.app.name };
    if (this.#noise.passes(named)) this.#options.tell(named);
  }

  /** Nothing of it runs, and its manager starts none of it any more. */
  #isGivenUp(event: ProcessEvent): boolean {
    if (event.type !== 'gave-up' && event.type !== 'seen') return false;
    const slots = Object.values(this.#state.slots).filter(({ stopped }) => !stopped);
    return slots.length > 0 && slots.every(({ running, gaveUpAt }) => !running && gaveUpAt > 0);
  }

  async #askKernel({ at, process }: Extract<ProcessEvent, { readonly type: 'exited' }>): Promise<void> {
    const { app, diagnoser } = this.#options;
    if (!(await diagnoser.wasKilledForMemory(process.pid, process.startedAt))) return;
    this.take({ type: 'oom-kill', at, app: app.name, pid: process.pid });
  }

  #watchFiles(): void {
    const { app, clock, source, memory, onBug } = this.#options;
    const { dir, artifacts, envFile, ecosystem } = app;
    if (dir === undefined) return;
    const entry = source.entryOf(app);
    const within = entry !== undefined && (isAbsolute(entry) ? entry : join(dir, entry));
    const key = `files:${app.name}`;
    this.#files = new FileWatch({
      watched: { dir, artifacts, ...defined({ envFile, ecosystem, entry: within === false ? undefined : within }) },
      clock,
      kept: memory.recall<KeptSnapshot>(key),
      keep: (kept) => memory.remember(key, kept),
      onChange: (change) => this.#changed(change),
      onBug,
    });
    void this.#files.start();
  }

  #changed(change: FileChange): void {
    const { app, tell } = this.#options;
    this.#changes = [...this.#changes, change].slice(-MOST_CHANGES);
    this.#treeAt = 0;
    tell({ type: 'change', app: app.name, ...change });
  }

  #tickOn(): Stop {
    const { clock } = this.#options;
    let stop: Stop = () => undefined;
    const tick = (): void => {
      this.#tick();
      stop = clock.after(TICK_MS, tick, 'idle');
    };
    stop = clock.after(TICK_MS, tick, 'idle');
    return () => stop();
  }

  #tick(): void {
    const at = this.#options.clock.now();
    this.#feed({ type: 'tick', at });
    this.#repairs.feed({ type: 'tick' });
    if (at - this.#savedAt >= KEEP_STATE_MS) this.#save();
    const { verdict, since } = this.#state;
    if (verdict === 'up' && at - since >= WELL_MS && at - this.#treeAt >= KEEP_TREE_MS) this.#keepTree(at);
  }

  #keepTree(at: number): void {
    const { app, hands, onBug } = this.#options;
    this.#treeAt = at;
    void hands.keepHealthy(app).catch(onBug);
  }

  #save(): void {
    const { app, clock, memory } = this.#options;
    this.#savedAt = clock.now();
    memory.remember(`app:${app.name}`, this.#state);
  }
}
