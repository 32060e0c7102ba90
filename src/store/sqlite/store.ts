import { resolve } from 'node:path';
import { Fault } from '../../kernel/fault.ts';
import type { EpochMs, Ms } from '../../kernel/time.ts';
import type { Snapshot, Store, StoreHealth, StoredToken, UptimeFigures, Write } from '../contract.ts';
import { Batches } from './batches.ts';
import type { Link } from './link.ts';
import type { FolderLock } from './lock.ts';
import type { StoreSettings } from './settings.ts';
import { Packer, type Packed } from './packer.ts';
import type { Committed, Room, WriterReady } from './wire.ts';

/** What an open store is made of. */
export interface StoreParts {
  readonly settings: StoreSettings;
  readonly writer: Link;
  readonly reader: Link;
  readonly lock: FolderLock;
  readonly ready: WriterReady;
}

type Answer<Method extends keyof Store> = Store[Method] extends (...args: never[]) => infer Result ? Result : never;
type Query<Method extends keyof Store> = Store[Method] extends (query: infer Asked) => unknown ? Asked : never;

const isMachine = (error: unknown): error is Fault => error instanceof Fault;

/** The store as the engine sees it: packs writes into batches for the writer thread, hands questions to the reader thread. */
export class SqliteStore implements Store {
  readonly #parts: StoreParts;
  readonly #packer: Packer;
  readonly #batches: Batches;
  #room: Room;
  #lastCommitMs: Ms = 0;
  #commits = 0;
  #failures = 0;
  #failing: Fault | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#packer = new Packer(parts.ready);
    this.#batches = new Batches(this.#packer, {
      commit: (packed) => this.#commit(packed),
      isBug: (error) => !isMachine(error),
    });
    this.#room = parts.ready;
    this.#packer.onlyWhatMatters = parts.ready.yielding;
  }

  async write(writes: readonly Write[], options: { readonly urgent?: boolean } = {}): Promise<void> {
    this.#mustBeOpen();
    return this.#batches.add(writes, options.urgent === true);
  }

  async load(relapseMs: Ms, now: EpochMs): Promise<Snapshot> {
    return this.#ask('load', { relapseMs, now });
  }

  checks = async (query: Query<'checks'>): Answer<'checks'> => this.#ask('checks', query);
  history = async (query: Query<'history'>): Answer<'history'> => this.#ask('history', query);
  spans = async (query: Query<'spans'>): Answer<'spans'> => this.#ask('spans', query);
  uptime = async (query: Query<'uptime'>): Promise<UptimeFigures> => this.#ask('uptime', query);
  incidents = async (query: Query<'incidents'>): Answer<'incidents'> => this.#ask('incidents', query);
  incident = async (idOrCode: string): Answer<'incident'> => this.#ask('incident', idOrCode);
  timeline = async (query: Query<'timeline'>): Answer<'timeline'> => this.#ask('timeline', query);
  alerts = async (query: Query<'alerts'>): Answer<'alerts'> => this.#ask('alerts', query);
  deliveries = async (query: Query<'deliveries'>): Answer<'deliveries'> => this.#ask('deliveries', query);
  acceptedFor = async (incidentId: string): Answer<'acceptedFor'> => this.#ask('acceptedFor', incidentId);
  sentSince = async (channelId: string, since: EpochMs): Answer<'sentSince'> =>
    this.#ask('sentSince', { channelId, since });
  events = async (query: Query<'events'>): Answer<'events'> => this.#ask('events', query);
  beats = async (query: Query<'beats'>): Answer<'beats'> => this.#ask('beats', query);
  tokens = async (kind?: StoredToken['kind']): Answer<'tokens'> => this.#ask('tokens', kind);
  tokenByHash = async (hash: string): Answer<'tokenByHash'> => this.#ask('tokenByHash', hash);
  audit = async (query: Query<'audit'>): Answer<'audit'> => this.#ask('audit', query);

  async backup(file: string): Promise<{ readonly bytes: number }> {
    await this.#batches.drain();
    return this.#ask('backup', resolve(file));
  }

  async tend(now: EpochMs): Promise<void> {
    this.#mustBeOpen();
    this.#see((await this.#parts.writer.call({ call: 'tend', args: now })) as Room);
  }

  health(): StoreHealth {
    const problem = this.#problem();
    return {
      bytes: this.#room.bytes,
      quotaBytes: this.#parts.settings.quotaBytes,
      freeBytes: this.#room.freeBytes,
      lastCommitMs: this.#lastCommitMs,
      commits: this.#commits,
      failures: this.#failures,
      failing: this.#failing !== undefined,
      yielding: this.#room.yielding,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#batches.drain();
      await this.#parts.reader.close();
      await this.#parts.writer.close();
    } finally {
      this.#parts.lock.release();
    }
  }

  /** The thread's answer has the method's type: both come from the same build. */
  async #ask<Result>(call: string, args: unknown): Promise<Result> {
    this.#mustBeOpen();
    return (await this.#parts.reader.call({ call, args })) as Result;
  }

  async #commit(packed: Packed): Promise<void> {
    const { journal, ops } = packed;
    try {
      const done = (await this.#parts.writer.call({ call: 'commit', ops, ...(journal && { journal }) })) as Committed;
      this.#lastCommitMs = done.tookMs;
      this.#commits += 1;
      this.#failing = undefined;
      if (done.yielding !== this.#room.yielding) this.#see({ ...this.#room, yielding: done.yielding });
    } catch (error) {
      this.#failures += 1;
      if (isMachine(error)) this.#fail(error);
      throw error;
    }
  }

  #fail(fault: Fault): void {
    const isNew = this.#failing === undefined;
    this.#failing = fault;
    if (isNew) this.#parts.settings.onFault?.(fault);
  }

  #see(room: Room): void {
    this.#room = room;
    this.#packer.onlyWhatMatters = room.yielding;
  }

  #problem(): string | undefined {
    if (this.#failing !== undefined) return this.#failing.message;
    if (this.#room.yielding)
      return 'the disk is nearly full: good checks are not stored until there is space; failures and alerts are';
    if (this.#room.bytes > this.#parts.settings.quotaBytes)
      return 'the store is larger than its quota, and what is left is needed';
    return undefined;
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new Fault('STORE_UNAVAILABLE', 'the store is closed');
  }
}
