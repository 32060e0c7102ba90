/** A stream of bytes that is read by lines and by counted bytes, in turn. */
export interface Incoming {
  /** The next line without its end; undefined when the stream has ended, also in the middle of a line. */
  line(): Promise<string | undefined>;
  /** The next `count` bytes, in the pieces in which they come. Throws when the stream ends before. */
  bytes(count: number): AsyncIterable<Buffer>;
}

const MAX_LINE_BYTES = 64_000_000;

/** Reads `source` by lines and counted bytes. Nothing is read ahead but the piece at hand. */
export const incoming = (source: AsyncIterable<Buffer>): Incoming => {
  const pieces = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    const next = await pieces.next();
    if (next.done === true) return false;
    held = next.value;
    return true;
  };
  return {
    async line() {
      const parts: Buffer[] = [];
      let size = 0;
      for (;;) {
        const end = held.indexOf(10);
        parts.push(end < 0 ? held : held.subarray(0, end));
        size += parts.at(-1)?.length ?? 0;
        held = end < 0 ? Buffer.alloc(0) : held.subarray(end + 1);
        if (end >= 0) return Buffer.concat(parts).toString('utf8');
        if (size > MAX_LINE_BYTES) throw new Error(`a line of more than ${MAX_LINE_BYTES} bytes`);
        if (!(await fill())) return undefined;
      }
    },
    async *bytes(count) {
      let left = count;
      while (left > 0) {
        if (held.length === 0 && !(await fill())) throw new Error(`the stream ended ${left} bytes before its end`);
        const part = held.subarray(0, left);
        held = held.subarray(part.length);
        left -= part.length;
        yield part;
      }
    },
  };
};
