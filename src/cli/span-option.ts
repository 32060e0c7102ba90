import { Fault } from '#kernel/fault.ts';
import { parseSpan, type Ms } from '#kernel/time.ts';

/** Reads a span of the command line. @throws Fault USAGE */
export const spanOf = (text: string): Ms => {
  const span = parseSpan(text);
  if (span === undefined) throw new Fault('USAGE', `"${text}" is no span of time.`, 'Write 30m, 1h or 1h30m.');
  return span;
};
