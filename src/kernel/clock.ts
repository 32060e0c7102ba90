import type { EpochMs, Ms } from './time.ts';

/** Stops a timer or a subscription; calling it again does nothing. */
export type Stop = () => void;

/**
 * Where time comes from. Two times are told apart: `now` is the wall clock, which people may set by an hour; `monotonic` never
 * jumps and is what spans and deadlines are measured with.
 */
export interface Clock {
  /** The wall clock. */
  now(): EpochMs;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonic(): Ms;
  /** Calls once after the span. `idle`: the process need not stay alive for it. */
  after(span: Ms, call: () => void, idle?: 'idle'): Stop;
}
