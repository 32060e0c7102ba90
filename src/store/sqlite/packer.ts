import type { StoredCheck, Write } from '../contract.ts';
import { ByteWriter } from '../varint.ts';
import { Dictionary } from './dictionary.ts';
import { opsOf } from './ops.ts';
import { packCheck } from './record.ts';
import type { Op, WriterReady } from './wire.ts';

const DAY = 86_400_000;
const NOTES_REMEMBERED = 2_000;
const ADDRESSES_REMEMBERED = 50_000;

/** What is sent to the writer for one batch. */
export interface Packed {
  readonly journal: Uint8Array<ArrayBuffer> | undefined;
  readonly ops: readonly Op[];
}

/** Turns writes into few bytes and statements, on the engine's thread: a check costs it about a microsecond and no object to clone. */
export class Packer {
  readonly #bytes = new ByteWriter(4096);
  readonly #notes: Dictionary;
  readonly #addresses: Dictionary;
  readonly #certificates = new Map<number, string>();
  #ops: Op[] = [];
  /** Where in `#ops` the latest state of a subject stands: within a batch only the last one counts. */
  readonly #states = new Map<string, number>();
  #lastAt = 0;
  /** Ok checks are left out while the machine's disk is nearly full. */
  onlyWhatMatters = false;

  constructor(ready: WriterReady) {
    this.#notes = new Dictionary('note', ready.nextNote, NOTES_REMEMBERED, DAY);
    this.#addresses = new Dictionary('address', ready.nextAddress, ADDRESSES_REMEMBERED, Number.POSITIVE_INFINITY);
    for (const [id, text] of ready.addresses) this.#addresses.know(id, text, 0);
  }

  /** Adds all of `writes`, or, when one of them cannot be put into bytes (a bug of the caller), none. */
  add(writes: readonly Write[]): void {
    const ready = writes.map((write) => this.#prepare(write));
    for (const add of ready) add();
  }

  /** What was added since the last time. */
  take(): Packed {
    const journal = this.#bytes.length === 0 ? undefined : this.#bytes.take();
    const ops = this.#ops.length === 0 ? [] : this.#ops;
    ops.push(...this.#notes.unsaved(), ...this.#addresses.unsaved());
    this.#bytes.rewind(0);
    this.#ops = [];
    this.#states.clear();
    this.#lastAt = 0;
    return { journal, ops };
  }

  /** A batch is on the disk. */
  saved(packed: Packed): void {
    this.#notes.saved(packed.ops);
    this.#addresses.saved(packed.ops);
  }

  /** A batch was lost: its certificates are told again. */
  lost(): void {
    this.#certificates.clear();
  }

  /** All that can fail is done before the first byte is added. */
  #prepare(write: Write): () => void {
    if ('put' in write && write.put === 'check') {
      const { check } = write;
      if (!Number.isFinite(check.startedAt + check.tookMs))
        throw new TypeError('a check without a time cannot be stored');
      const note = this.#noteOf(check);
      return () => this.#addCheck(check, note);
    }
    const ops = opsOf(write);
    if ('put' in write && write.put === 'state') return () => this.#addState(write.subject, ops);
    return () => {
      if ('drop' in write && write.drop === 'state') this.#states.delete(write.subject);
      this.#ops.push(...ops);
    };
  }

  /** Overwriting an earlier state of the batch is only sound while both are committed together, which a batch is. */
  #addState(subject: string, ops: readonly Op[]): void {
    const [op] = ops;
    const before = this.#states.get(subject);
    if (op === undefined) return;
    if (before === undefined) {
      this.#states.set(subject, this.#ops.length);
      this.#ops.push(op);
    } else this.#ops[before] = op;
  }

  #addCheck(check: StoredCheck, note: string | undefined): void {
    if (this.onlyWhatMatters && check.class === 'ok' && check.warning === undefined) return;
    const at = Math.round(check.startedAt);
    const address = check.ip === undefined ? 0 : this.#addresses.idOf(check.ip, at);
    this.#bytes.varint(check.monitor);
    this.#bytes.signed(at - this.#lastAt);
    packCheck(this.#bytes, check, address, note === undefined ? 0 : this.#notes.idOf(note, at));
    this.#lastAt = at;
  }

  /** What people want to read of a check that was not plainly good, or that brought a new certificate. */
  #noteOf(check: StoredCheck): string | undefined {
    const certificate = this.#changedCertificate(check);
    const { reason, warning } = check;
    const detail = check.class === 'ok' && warning === undefined ? undefined : check.detail;
    if (reason === undefined && warning === undefined && detail === undefined && certificate === undefined)
      return undefined;
    return JSON.stringify({ reason, warning, detail, certificate });
  }

  #changedCertificate(check: StoredCheck): StoredCheck['certificate'] {
    const { certificate, monitor } = check;
    if (certificate === undefined) return undefined;
    if (check.class === 'ok' && this.#certificates.get(monitor) === certificate.fingerprint256) return undefined;
    this.#certificates.set(monitor, certificate.fingerprint256);
    return certificate;
  }
}
