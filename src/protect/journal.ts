import type { RunEvent } from './run.ts';

const crcTable = Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
  return value >>> 0;
});

const crc32 = (text: string): string => {
  let crc = 0xff_ff_ff_ff;
  for (const byte of new TextEncoder().encode(text)) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return ((crc ^ 0xff_ff_ff_ff) >>> 0).toString(16).padStart(8, '0');
};

/** One line of a journal: the event, and a sum that tells a torn line from a whole one. */
export const journalLine = (event: RunEvent): string => {
  const text = JSON.stringify(event);
  return `${crc32(text)} ${text}\n`;
};

const eventOf = (line: string): RunEvent | undefined => {
  const [sum, text] = [line.slice(0, 8), line.slice(9)];
  return text !== '' && crc32(text) === sum ? (JSON.parse(text) as RunEvent) : undefined;
};

/** What a journal holds: its events up to the first line that is not whole, and how many bytes they take. What follows was never acted on. */
export const readJournal = (text: string): { readonly events: readonly RunEvent[]; readonly wholeBytes: number } => {
  const events: RunEvent[] = [];
  let wholeBytes = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const event = eventOf(line);
    if (event === undefined) break;
    events.push(event);
    wholeBytes += new TextEncoder().encode(line).length + 1;
  }
  return { events, wholeBytes };
};
