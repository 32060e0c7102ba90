/**
 * The frames of PM2's sockets: one byte with the version (high half) and the number of values (low half), then each value as a big-endian 32-bit
 * length and its bytes. A value begins with `j:` (JSON) or `s:` (text); other bytes are a buffer.
 */
const VERSION = 1;

/** No value of PM2 comes near: a list of a hundred apps with their environments is some 2 MB. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

const packed = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? `s:${value}` : `j:${JSON.stringify(value)}`, 'utf8');

/** One frame with these values (at most 15): texts as text, everything else as JSON. */
export const packFrame = (values: readonly unknown[]): Buffer => {
  const parts: Buffer[] = [Buffer.from([(VERSION << 4) | values.length])];
  for (const value of values) {
    const bytes = packed(value);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
};

const unpacked = (bytes: Buffer): unknown => {
  const text = bytes.toString('utf8');
  if (text.startsWith('s:')) return text.slice(2);
  if (!text.startsWith('j:')) return bytes;
  try {
    return JSON.parse(text.slice(2)) as unknown;
  } catch {
    // a value that is no JSON after all; whoever asked for it finds it missing
    return undefined;
  }
};

/** Where the values of the frame lie that begins the bytes; while some of it is still to come, how many bytes are needed at least. */
const layout = (bytes: Buffer): { readonly end: number; readonly values?: readonly [number, number][] } => {
  const count = bytes.readUInt8(0) & 0x0f;
  const values: [number, number][] = [];
  let at = 1;
  for (let index = 0; index < count; index++) {
    if (bytes.length < at + 4) return { end: at + 4 };
    const length = bytes.readUInt32BE(at);
    if (length > MAX_VALUE_BYTES) throw new RangeError(`a value of ${length} bytes: these are no frames of PM2`);
    at += 4;
    if (bytes.length < at + length) return { end: at + length };
    values.push([at, at + length]);
    at += length;
  }
  return { end: at, values };
};

/**
 * Takes a stream apart into frames: call it with every chunk, it returns the values of each frame that is whole by then.
 * @throws RangeError when the bytes cannot be PM2's (another version, a value beyond 64 MB).
 */
export const frameReader = (): ((chunk: Buffer) => unknown[][]) => {
  let chunks: Buffer[] = [];
  let held = 0;
  /** Below so many bytes the frame under way cannot be whole: saves joining the chunks of a large one again and again. */
  let needed = 1;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return [];
    let bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    const frames: unknown[][] = [];
    needed = 1;
    while (bytes.length > 0) {
      if (bytes.readUInt8(0) >> 4 !== VERSION) throw new RangeError('not a frame of PM2');
      const { end, values } = layout(bytes);
      if (values === undefined) {
        needed = end;
        break;
      }
      frames.push(values.map(([from, to]) => unpacked(bytes.subarray(from, to))));
      bytes = bytes.subarray(end);
    }
    chunks = bytes.length === 0 ? [] : [bytes];
    held = bytes.length;
    return frames;
  };
};
