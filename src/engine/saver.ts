import { Fault } from '../kernel/fault.ts';
import type { Ms } from '../kernel/time.ts';
import type { Store, Write } from '../store/contract.ts';
import type { Saved } from './core.ts';

/** A disk that has not answered for so long does not answer: people are told from memory. Real time, whatever the watch's clock says. */
const ANSWER_MS: Ms = 5_000;
/** So many writes are kept for later; above that the oldest goes. */
const KEEP_MOST = 20_000;

type Put<Kind extends string> = Extract<Write, { readonly put: Kind }>;
type Named =
  | 'state'
  | 'resource'
  | 'incident'
  | 'alert'
  | 'delivery'
  | 'timeline'
  | 'audit'
  | 'span'
  | 'token'
  | 'meta';

/** What names a row. Rows that stand for themselves (checks, events, attempts, beats) have no name: they are not kept. */
const NAME: { readonly [Kind in Named]: (write: Put<Kind>) => string } = {
  state: ({ subject }) => subject,
  resource: ({ resource }) => resource.id,
  incident: ({ incident }) => incident.id,
  alert: ({ alert }) => alert.id,
  delivery: ({ delivery }) => delivery.id,
  timeline: ({ entry }) => entry.id,
  audit: ({ entry }) => entry.id,
  span: ({ span }) => span.id,
  token: ({ token }) => token.id,
  meta: ({ key }) => key,
};

/** The row that a later write of the same key replaces. */
const keyOf = (write: Write): string | undefined => {
  if ('drop' in write) return write.drop === 'state' ? `state ${write.subject}` : `token ${write.id}`;
  const name = (NAME as Readonly<Record<string, unknown>>)[write.put] as ((write: Write) => string) | undefined;
  return name === undefined ? undefined : `${write.put} ${name(write)}`;
};

/**
 * Saves turns. What could not be saved is kept, in its latest form, and saved as soon as the store takes something again: else a restart after
 * a full disk would know that a monitor is down, but of no incident, and nobody would ever hear of it again.
 */
export class Saver {
  readonly #store: Pick<Store, 'write'>;
  readonly #failed: (error: unknown) => void;
  readonly #answerMs: Ms;
  readonly #lost = new Map<string, Write>();
  #resaving = false;

  constructor(parts: {
    readonly store: Pick<Store, 'write'>;
    readonly failed: (error: unknown) => void;
    readonly answerMs?: Ms;
  }) {
    this.#store = parts.store;
    this.#failed = parts.failed;
    this.#answerMs = parts.answerMs ?? ANSWER_MS;
  }

  /** How many writes wait to be saved again. */
  get waiting(): number {
    return this.#lost.size;
  }

  /** Never rejects: whether it is durable, or known not to be, or unknown for too long. */
  save(writes: readonly Write[]): Promise<Saved> {
    if (writes.length === 0) return Promise.resolve({ saved: true });
    this.#replace(writes);
    return new Promise((resolve) => {
      const give = (error: unknown): void => {
        this.#failed(error);
        resolve({ saved: false, error: error instanceof Error ? error.message : String(error) });
      };
      const late = setTimeout(
        () => give(new Fault('STORE_UNAVAILABLE', `the store has not answered for ${this.#answerMs / 1_000} s`)),
        this.#answerMs,
      );
      this.#store
        .write(writes, { urgent: true })
        .then(
          () => {
            this.#replace(writes);
            resolve({ saved: true });
            if (this.#lost.size > 0) void this.#resave();
          },
          (error: unknown) => {
            this.#keep(writes);
            give(error);
          },
        )
        .finally(() => clearTimeout(late));
    });
  }

  /** Commits come in the order in which they were begun, so whatever was kept before is older than these. */
  #replace(writes: readonly Write[]): void {
    if (this.#lost.size === 0) return;
    for (const write of writes) {
      const key = keyOf(write);
      if (key !== undefined) this.#lost.delete(key);
    }
  }

  #keep(writes: readonly Write[]): void {
    for (const write of writes) {
      const key = keyOf(write);
      if (key === undefined) continue;
      this.#lost.delete(key);
      this.#lost.set(key, write);
      if (this.#lost.size > KEEP_MOST) this.#lost.delete(this.#lost.keys().next().value ?? key);
    }
  }

  async #resave(): Promise<void> {
    if (this.#resaving) return;
    this.#resaving = true;
    const again = [...this.#lost];
    try {
      await this.#store.write(
        again.map(([, write]) => write),
        { urgent: true },
      );
      for (const [key, write] of again) if (this.#lost.get(key) === write) this.#lost.delete(key);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#resaving = false;
    }
  }
}
