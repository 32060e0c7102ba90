import { open } from 'node:fs/promises';
import { Fault } from '#kernel/fault.ts';

/** More of the end of a log is not read. */
const MOST_BYTES = 2_000_000;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readEnd = async (path: string): Promise<string> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    // Pipes and /proc have no size: they are read from where they are.
    if (size === 0) return (await file.readFile()).subarray(-MOST_BYTES).toString('utf8');
    const from = Math.max(0, size - MOST_BYTES);
    const buffer = Buffer.alloc(Math.min(size, MOST_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
};

/** Standard input to its end; of more than the limit, the end. */
const readInput = async (input: AsyncIterable<Buffer | string>): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of input) {
    const buffer = Buffer.from(part);
    parts.push(buffer);
    bytes += buffer.length;
    while (bytes - (parts[0]?.length ?? 0) >= MOST_BYTES) bytes -= parts.shift()?.length ?? 0;
  }
  return Buffer.concat(parts).subarray(-MOST_BYTES).toString('utf8');
};

/**
 * The text of a saved crash output: of a file, or of `-`, standard input.
 * @throws Fault INPUT_INVALID when it cannot be read.
 */
export const readCrashFile = async (
  path: string,
  input: AsyncIterable<Buffer | string> = process.stdin,
): Promise<string> => {
  if (path === '-') return readInput(input);
  try {
    return await readEnd(path);
  } catch (error) {
    const hint = 'Name a file with what the program printed, or - for standard input.';
    throw new Fault('INPUT_INVALID', `${path} cannot be read: ${reasonOf(error)}.`, hint, { cause: error });
  }
};
