import type { DiskFact } from './machine-facts.ts';

/** Below these shares of a disk somebody is told; below the lower, writing fails soon or already. */
export const DISK_ROOM = {
  shortShare: 0.05,
  fullShare: 0.005,
  /** On a big disk some per cent are plenty; on a small one a share is little. */
  plentyBytes: 5 * 1_024 ** 3,
  fullBytes: 20 * 1_024 ** 2,
} as const;

/** The share of inodes that are free; 1 for file systems that have no fixed number (btrfs, xfs grows). */
export const inodeShare = ({ inodesTotal, inodesFree }: DiskFact): number =>
  inodesTotal === 0 ? 1 : inodesFree / inodesTotal;

/** The share of room that is free. */
export const roomShare = ({ totalBytes, freeBytes }: DiskFact): number =>
  totalBytes === 0 ? 1 : freeBytes / totalBytes;

/** Nothing more can be written: no room, or no inodes. A disk that may only be read is none of that. */
export const isFull = (disk: DiskFact): boolean =>
  !disk.isReadOnly &&
  (inodeShare(disk) < DISK_ROOM.fullShare ||
    roomShare(disk) < DISK_ROOM.fullShare ||
    disk.freeBytes < Math.min(DISK_ROOM.fullBytes, disk.totalBytes * DISK_ROOM.shortShare));

/** Room or inodes run low. */
export const isShort = (disk: DiskFact): boolean =>
  isFull(disk) ||
  (!disk.isReadOnly &&
    (inodeShare(disk) < DISK_ROOM.shortShare ||
      (roomShare(disk) < DISK_ROOM.shortShare && disk.freeBytes < DISK_ROOM.plentyBytes)));
