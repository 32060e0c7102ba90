import type { Reading } from '../crash.ts';
import type { Finding } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { endClues, told } from '../signature.ts';

const NATIVE = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS', 'SIGIOT']);
const FATAL_TEXT =
  /^-{3,} ?Native stack trace ?-{3,}|^#\s*Fatal error in|^#\s*Check failed|^(?:.{0,60}: )?(?:line \d+: +\d+ )?(?:Segmentation fault|Bus error|Illegal instruction|Aborted \(core dumped\)|Floating point exception)|Assertion [`'].{1,200}' failed|^FATAL ERROR: (?!.*(?:heap|memory))|double free or corruption|free\(\): invalid pointer|malloc\(\): |corrupted size vs|PID \d+ received SIGSEGV|stack smashing detected|thread '[^']{1,60}' panicked|Fatal Python|pure virtual method called|terminate called (?:after|without)/;
const HEAP_TEXT = /heap out of memory|Allocation failed|out of memory/i;
const KILLED_TEXT =
  /^(?:.{0,60}: )?(?:line \d+: +\d+ )?Killed(?:\s|$)|via signal \[(?!SIGINT)(SIG\w+)\]|signal=(?:KILL|TERM)/;

const finding = (
  reading: Reading,
  cause: Finding['cause'],
  confidence: number,
  signal: string,
  quote = '',
): Finding => ({
  cause,
  params: signal === '' ? {} : { signal: told(signal) },
  confidence,
  evidence: [...(quote === '' ? [] : [{ source: 'output', quote: told(quote) } as const]), ...endClues(reading)],
});

/** The last line that fits, unless a later error decided. */
const lineOf = (reading: Reading, pattern: RegExp): string | undefined => {
  const at = reading.lines.findLastIndex((line) => pattern.test(line));
  const decisive = reading.suspects[0]?.report;
  const isOlder = decisive !== undefined && decisive.form !== 'line' && decisive.from > at;
  return at < 0 || isOlder ? undefined : reading.lines[at];
};

const native = (reading: Reading, signal: string): readonly Finding[] => {
  if (reading.lines.some((line) => HEAP_TEXT.test(line))) return [];
  const quote = lineOf(reading, FATAL_TEXT);
  if (NATIVE.has(signal)) return [finding(reading, 'native-crash', quote === undefined ? 0.9 : 0.93, signal, quote)];
  return quote === undefined ? [] : [finding(reading, 'native-crash', 0.82, '', quote)];
};

const killed = (reading: Reading, signal: string): readonly Finding[] => {
  const quote = lineOf(reading, KILLED_TEXT);
  if (NATIVE.has(signal) || (signal === '' && quote === undefined)) return [];
  const name = signal === '' ? (/SIG\w+/.exec(quote ?? '')?.[0] ?? 'SIGKILL') : signal;
  const isKill = name === 'SIGKILL';
  // The kernel kills without a word; only its own log tells it from somebody else.
  const byKernel = finding(reading, 'kernel-out-of-memory', 0.4, name, quote);
  const byHand = finding(reading, 'killed-by-signal', isKill ? 0.75 : 0.92, name, quote);
  return isKill ? [byHand, byKernel] : [byHand];
};

/** Ended by a signal: by its own native code, by the kernel, by somebody. */
export const signal = defineRule({
  name: 'signal',
  causes: ['native-crash', 'killed-by-signal', 'kernel-out-of-memory'],
  judge: (reading) => {
    const name = reading.signal ?? '';
    return [...native(reading, name), ...killed(reading, name)];
  },
});
