import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Known } from './known.ts';

/** A listening TCP port and its owner, when that may be seen. */
export interface PortFact {
  readonly port: number;
  readonly address: string;
  readonly pid?: number;
  readonly program?: string;
  /** The owner's command, redacted, at most 200 characters. */
  readonly command?: string;
  readonly startedAt?: EpochMs;
}

/** A mounted file system. */
export interface DiskFact {
  readonly mount: string;
  readonly totalBytes: number;
  /** What an ordinary user may still write. */
  readonly freeBytes: number;
  readonly inodesTotal: number;
  readonly inodesFree: number;
  readonly isReadOnly: boolean;
  /** At the pace of the last hours; absent while it does not fill or nothing is known of the past. */
  readonly fullInMs?: Ms;
}

/** A folder or file that takes much room. */
export interface SizeFact {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
}

/** A process that the kernel killed for memory. */
export interface OomKillFact {
  readonly pid: number;
  readonly program: string;
  readonly at?: EpochMs;
  readonly rssBytes?: number;
  /** It had reached the limit of its own group (container, unit), not of the machine. */
  readonly isGroupLimit: boolean;
}

/** What is known of the machine. */
export interface MachineFacts {
  readonly at: EpochMs;
  readonly hostname: string;
  readonly load: Known<{ readonly averages: readonly [number, number, number]; readonly cpus: number }>;
  readonly memory: Known<{
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly swapTotalBytes: number;
    readonly swapFreeBytes: number;
  }>;
  readonly disks: Known<readonly DiskFact[]>;
  /** Where the room went, biggest first; only looked for when a disk is short. */
  readonly largest: Known<readonly SizeFact[]>;
  readonly ports: Known<readonly PortFact[]>;
  readonly oomKills: Known<readonly OomKillFact[]>;
  readonly clockSkewMs: Known<Ms>;
  readonly bootedAt: Known<EpochMs>;
}
