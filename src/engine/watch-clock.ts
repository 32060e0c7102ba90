import type { Clock, Stop } from '../kernel/clock.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';

/** The wall clock was set: at this moment of the watch's own time it moved by so much. */
export interface ClockJump {
  readonly at: EpochMs;
  readonly byMs: Ms;
}

/** Less than this is a clock being kept right, not set. */
const JUMP_MS: Ms = 2_000;

/**
 * The watch's own time: starts at the wall clock's and then runs by the monotonic one, so that machines never see time go back or leap when
 * somebody sets the clock by an hour. What people read is mapped back to the wall clock that held at that moment.
 */
export class WatchClock implements Clock {
  readonly #source: Clock;
  readonly #anchorWall: EpochMs;
  readonly #anchorMonotonic: Ms;
  readonly #jumps: ClockJump[] = [];
  #offsetMs: Ms = 0;

  constructor(source: Clock, notBefore: EpochMs = 0) {
    this.#source = source;
    this.#anchorWall = Math.max(source.now(), notBefore);
    this.#anchorMonotonic = source.monotonic();
  }

  /** The watch's time; never goes back. */
  now(): EpochMs {
    return this.#anchorWall + Math.round(this.#source.monotonic() - this.#anchorMonotonic);
  }

  monotonic(): Ms {
    return this.#source.monotonic();
  }

  after(span: Ms, call: () => void): Stop {
    return this.#source.after(span, call);
  }

  /** Looks whether the wall clock was set since the last look; returns the jump, once. */
  noticeJump(): ClockJump | undefined {
    const at = this.now();
    const offset = this.#source.now() - at;
    const byMs = offset - this.#offsetMs;
    if (Math.abs(byMs) < JUMP_MS) return undefined;
    this.#offsetMs = offset;
    const jump = { at, byMs };
    this.#jumps.push(jump);
    return jump;
  }

  /** The wall clock's time at a moment of the watch's time. */
  toWall(at: EpochMs): EpochMs {
    let wall = at;
    for (const jump of this.#jumps) if (jump.at <= at) wall += jump.byMs;
    return wall;
  }
}
