import type { Clock } from '../../kernel/clock.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { Ms } from '../../kernel/time.ts';

/** Where the store lives and how much it may take. */
export interface StoreSettings {
  /** The data folder; made when it is not there. */
  readonly dir: string;
  readonly clock: Clock;
  /** Dozor's own disk use, at most. */
  readonly quotaBytes: number;
  /** What the machine's disk keeps: with less free, ok checks are not stored. */
  readonly keepFreeBytes: number;
  readonly retention: { readonly checksMs: Ms; readonly minutesMs: Ms; readonly hoursMs: Ms };
  /** Told when saving begins to fail; the writes concerned reject as well. */
  readonly onFault?: (fault: Fault) => void;
  /** Room kept for the last facts when the disk is full; 4 MiB unless told otherwise. */
  readonly reserveBytes?: number;
}
