import type { Brain } from '#engine/brain.ts';
import type { Clock, Stop } from '#kernel/clock.ts';
import { SECOND, type Ms } from '#kernel/time.ts';
import type { StoredEvent } from '#store/contract.ts';

/** A comment so often keeps proxies from cutting a quiet stream and shows a dead reader. */
const HEARTBEAT: Ms = 15 * SECOND;
/** A reader that lets this much pile up is dropped; it may come back with Last-Event-ID. */
export const MAX_PENDING_BYTES = 256_000;
/** Read from the store at once; while catching up the buffer may be over its limit by one such batch. */
const BATCH = 100;
const MAX_HELD = 500;

/** One event as `text/event-stream` writes it; its type is in the data, so that one listener hears all. */
const eventText = (event: StoredEvent, data: unknown): string => `id: ${event.seq}\ndata: ${JSON.stringify(data)}\n\n`;

/** What a stream needs of the world. */
export interface LiveSource {
  readonly brain: Pick<Brain, 'store' | 'subscribe'>;
  readonly clock: Clock;
  readonly view: (event: StoredEvent) => unknown;
  /** May the reader still read? Asked before every comment; a rejection ends the stream. */
  readonly isWelcome: () => Promise<boolean>;
}

/** One reader: catches up from the store, then follows. */
class LiveReader {
  readonly #source: LiveSource;
  readonly #onEnd: () => void;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #stopEvents: Stop = () => undefined;
  #stopBeat: Stop = () => undefined;
  #onRoom: () => void = () => undefined;
  #isEnded = false;
  #isCaughtUp: boolean;
  #last: number;
  /** Live events that arrive while catching up. */
  #held: StoredEvent[] = [];

  constructor(source: LiveSource, afterSeq: number | undefined, onEnd: () => void) {
    this.#source = source;
    this.#onEnd = onEnd;
    this.#isCaughtUp = afterSeq === undefined;
    this.#last = afterSeq ?? -1;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#stopEvents = this.#source.brain.subscribe((event) => this.#hear(event));
    this.#beatSoon();
    this.#put('retry: 2000\n\n');
    if (!this.#isCaughtUp) void this.#catchUp().catch(() => this.close());
  }

  /** The reader took something. */
  pull(): void {
    this.#onRoom();
  }

  /** The reader went away. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopEvents();
    this.#stopBeat();
    this.#onRoom();
    this.#onEnd();
  }

  /** Sends the reader away; it comes back with its Last-Event-ID. */
  close(): void {
    if (this.#isEnded) return;
    this.end();
    this.#controller?.close();
  }

  get #room(): number {
    return this.#controller?.desiredSize ?? 0;
  }

  #put(text: string): void {
    if (!this.#isEnded) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #pass(event: StoredEvent): void {
    if (event.seq <= this.#last) return;
    this.#last = event.seq;
    this.#put(eventText(event, this.#source.view(event)));
  }

  #hear(event: StoredEvent): void {
    if (!this.#isCaughtUp) {
      if (this.#held.length <= MAX_HELD) this.#held.push(event);
      return;
    }
    if (this.#room <= 0) this.close();
    else this.#pass(event);
  }

  #beatSoon(): void {
    this.#stopBeat = this.#source.clock.after(HEARTBEAT, () => void this.#beat().catch(() => this.close()));
  }

  async #beat(): Promise<void> {
    if (this.#room <= 0 || !(await this.#source.isWelcome())) return this.close();
    if (this.#isEnded) return;
    this.#put(': still here\n\n');
    this.#beatSoon();
  }

  async #catchUp(): Promise<void> {
    while (!this.#isEnded) {
      while (this.#room < MAX_PENDING_BYTES / 2 && !this.#isEnded)
        await new Promise<void>((resolve) => (this.#onRoom = resolve));
      const events = await this.#source.brain.store.events({ afterSeq: this.#last, limit: BATCH });
      for (const event of events) this.#pass(event);
      // More was held back than there is room for: it is in the store as well.
      const isShort = this.#held.length > MAX_HELD;
      if (isShort) this.#held = [];
      if (events.length < BATCH && !isShort) break;
    }
    for (const event of this.#held) this.#pass(event);
    this.#held = [];
    this.#isCaughtUp = true;
  }
}

/**
 * Events after `afterSeq` from the store, then live ones, each once and in order; without `afterSeq` only live ones. Ends when the reader is too slow,
 * may not read any more or goes away; `onEnd` is called once.
 */
export const liveStream = (
  source: LiveSource,
  afterSeq: number | undefined,
  onEnd: () => void,
): ReadableStream<Uint8Array> => {
  const reader = new LiveReader(source, afterSeq, onEnd);
  return new ReadableStream<Uint8Array>(
    { start: (controller) => reader.start(controller), pull: () => reader.pull(), cancel: () => reader.end() },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_PENDING_BYTES }),
  );
};
