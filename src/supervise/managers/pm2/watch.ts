import { join } from 'node:path';
import type { Stop } from '../../../kernel/clock.ts';
import { err, ok, type Result } from '../../../kernel/result.ts';
import type { ManagedApp, ManagerSetup, ManagerWatch, Refusal, RunAsked, Standing } from '../../manager.ts';
import type { ProcessEvent } from '../../model.ts';
import { listenToBus } from './bus.ts';
import { FileReader, savedApps } from './files.ts';
import { isAlive, pidIn, pm2HomeAt, type Pm2Home } from './home.ts';
import { BusInterpreter } from './interpret.ts';
import { idOf, recordsOf, stateOf, type Pm2Record } from './record.ts';
import { callPm2, type Pm2Method } from './rpc.ts';
import { endOfFile, ErrorWords } from './words.ts';

/** After an event, the list is looked at once more so soon. */
const SOON_MS = 300;
/** Between two tries to reach a daemon that is gone. */
const AGAIN_MS = 1_000;
const LOOK_EVERY_MS = 10_000;
/** Error output may come a little after the exit that it explains. */
const LATE_WORDS_MS = 60;

type Follower = (event: ProcessEvent) => void;

/** One PM2 daemon under watch: by its bus and its list, or by its files where the sockets are closed to us. */
export class Pm2Watch implements ManagerWatch {
  readonly #setup: ManagerSetup;
  readonly #home: Pm2Home;
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #interpreter = new BusInterpreter();
  readonly #words = new ErrorWords();
  readonly #files: FileReader;
  #records: readonly Pm2Record[] = [];
  #listed = false;
  #standing: Standing = { via: 'gone' };
  /** Whether the daemon is known to run; undefined until it was tried. */
  #running: boolean | undefined;
  #killed = false;
  #over = false;
  #closeBus: Stop = () => undefined;
  readonly #timers = new Map<'soon' | 'again' | 'every' | 'read', Stop>();
  #looking = false;
  #lookOnceMore = false;

  constructor(setup: ManagerSetup) {
    this.#setup = setup;
    this.#home = pm2HomeAt(setup.pm2Home ?? join(setup.home, '.pm2'), setup.home);
    this.#files = new FileReader(this.#home, setup.clock, (app, event) => this.#tell(app, event));
    this.#connect();
    this.#every();
  }

  follow(app: ManagedApp, onEvent: Follower): Stop {
    const all = this.#followers.get(app.name) ?? new Set();
    all.add(onEvent);
    this.#followers.set(app.name, all);
    this.#files.follow(app.name);
    if (this.#running !== undefined) onEvent(this.#managerEvent(app.name, this.#running));
    if (this.#listed) onEvent(this.#seen(app.name));
    else if (this.#standing.via === 'read') this.#files.look();
    return () => {
      all.delete(onEvent);
      if (all.size > 0) return;
      this.#followers.delete(app.name);
      this.#files.leave(app.name);
    };
  }

  async words(app: ManagedApp, run: RunAsked): Promise<string> {
    await new Promise<void>((done) => {
      this.#setup.clock.after(LATE_WORDS_MS, done);
    });
    const mine = this.#recordsOf(app.name);
    const record = mine.find(({ id }) => String(id) === run.process) ?? latest(mine);
    const id = idOf(run.process)?.id ?? record?.id;
    const said = id === undefined ? '' : this.#words.since(id, run.startedAt);
    if (said.trim() !== '') return said;
    const saved = record ?? savedApps(this.#home).find(({ name }) => name === app.name);
    return saved?.errorFile === undefined ? '' : endOfFile(saved.errorFile);
  }

  entryOf(app: ManagedApp): string | undefined {
    const known = latest(this.#recordsOf(app.name)) ?? savedApps(this.#home).find(({ name }) => name === app.name);
    return known === undefined || known.script === '' ? undefined : known.script;
  }

  standing(): Standing {
    return this.#standing;
  }

  async act(deed: 'restart' | 'stop' | 'start', processId: string): Promise<Result<void, Refusal>> {
    const id = idOf(processId);
    if (id === undefined) return err({ says: `PM2 has no process ${processId}` });
    const method = (
      { restart: 'restartProcessId', stop: 'stopProcessId', start: 'startProcessId' } satisfies Record<
        string,
        Pm2Method
      >
    )[deed];
    // a process may take its whole kill_timeout to stop
    const done = await callPm2(this.#home.rpc, method, deed === 'restart' ? { id: id.id } : id.id, 60_000);
    return done.ok ? ok(undefined) : err({ says: done.error.says ?? done.error.code });
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#closeBus();
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    this.#followers.clear();
  }

  #recordsOf(app: string): readonly Pm2Record[] {
    return this.#records.filter(({ name }) => name === app);
  }

  #tell(app: string, event: ProcessEvent): void {
    if (this.#over) return;
    for (const follower of this.#followers.get(app) ?? []) follower(event);
  }

  #managerEvent(app: string, running: boolean): ProcessEvent {
    const wanted = !running && this.#killed ? { wanted: true } : {};
    return { type: 'manager', at: this.#setup.clock.now(), app, running, ...wanted };
  }

  #setRunning(running: boolean): void {
    if (this.#running === running || this.#over) return;
    this.#running = running;
    for (const app of this.#followers.keys()) this.#tell(app, this.#managerEvent(app, running));
    if (running) this.#killed = false;
  }

  #seen(app: string): ProcessEvent {
    const processes = this.#recordsOf(app).map((record) => stateOf(record));
    return { type: 'seen', at: this.#setup.clock.now(), app, processes };
  }

  #plan(name: 'soon' | 'again' | 'every', span: number, call: () => void): void {
    this.#timers.get(name)?.();
    if (!this.#over) this.#timers.set(name, this.#setup.clock.after(span, call));
  }

  #every(): void {
    this.#plan('every', this.#setup.lookEveryMs ?? LOOK_EVERY_MS, () => {
      if (this.#standing.via === 'told') void this.#look();
      this.#every();
    });
  }

  #connect(): void {
    this.#closeBus = listenToBus(this.#home.bus, {
      onOpen: () => {
        this.#standing = { via: 'told' };
        this.#setRunning(true);
        void this.#askVersion();
        void this.#look();
      },
      onFrame: (name, data) => this.#frame(name, data),
      onClose: (code) => this.#closed(code),
    });
  }

  async #askVersion(): Promise<void> {
    const answer = await callPm2(this.#home.rpc, 'getVersion');
    if (answer.ok && typeof answer.value === 'string' && this.#standing.via === 'told')
      this.#standing = { via: 'told', version: answer.value };
  }

  #frame(name: string, data: unknown): void {
    const now = this.#setup.clock.now();
    if (name === 'log:err') this.#hear(data, now);
    const events = this.#interpreter.read(name, data, now);
    if (events === 'killed') {
      this.#killed = true;
      return;
    }
    for (const event of events) if ('process' in event) this.#tell(event.process.app, event);
    if (name === 'process:event') this.#plan('soon', SOON_MS, () => void this.#look());
  }

  #hear(data: unknown, now: number): void {
    const {
      process,
      data: text,
      at,
    } = data as {
      readonly process?: { readonly pm_id?: unknown; readonly name?: unknown };
      readonly data?: unknown;
      readonly at?: unknown;
    };
    const id = idOf(process?.pm_id);
    if (id === undefined || typeof text !== 'string' || !this.#followers.has(String(process?.name))) return;
    this.#words.add(id.id, typeof at === 'number' ? at : now, text);
  }

  /** The bus is gone: the daemon died (its sockets stay, refusing), was never there, or is closed to us. */
  #closed(code: string): void {
    const wasTold = this.#standing.via === 'told';
    const refused = code === 'EACCES' || code === 'EPERM';
    if (wasTold) this.#listed = false;
    const pid = pidIn(this.#home.pidFile);
    if (refused && pid !== undefined && isAlive(pid)) {
      if (this.#standing.via !== 'read') this.#files.begin();
      this.#standing = { via: 'read', because: `${code} ${this.#home.bus}` };
      this.#setRunning(true);
      this.#files.look();
    } else {
      this.#standing = { via: 'gone', because: code };
      this.#setRunning(false);
    }
    // it may be its own update; what speaks no PM2 is not asked again and again
    this.#plan('again', wasTold && code !== 'malformed' ? SOON_MS : AGAIN_MS, () => this.#connect());
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookOnceMore = true;
      return;
    }
    this.#looking = true;
    const answer = await callPm2(this.#home.rpc, 'getMonitorData');
    this.#looking = false;
    if (this.#over) return;
    if (answer.ok) this.#take(recordsOf(answer.value));
    else if (this.#standing.via === 'told')
      this.#standing = { ...this.#standing, because: answer.error.says ?? answer.error.code };
    if (!this.#lookOnceMore) return;
    this.#lookOnceMore = false;
    this.#plan('soon', SOON_MS, () => void this.#look());
  }

  #take(records: readonly Pm2Record[]): void {
    this.#records = records;
    this.#listed = true;
    this.#interpreter.known(records);
    this.#words.keep(new Set(records.map(({ id }) => id)));
    for (const app of this.#followers.keys()) this.#tell(app, this.#seen(app));
  }
}

const latest = (records: readonly Pm2Record[]): Pm2Record | undefined =>
  records.toSorted((one, other) => other.startedAt - one.startedAt)[0];
