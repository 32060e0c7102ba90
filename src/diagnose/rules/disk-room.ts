import { clue, sureBy, supportOf } from '../circumstance.ts';
import { inodeShare, isFull, isShort } from '../disk-room.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Clue, Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import type { DiskFact, SizeFact } from '../machine-facts.ts';
import { defineRule } from '../rule.ts';
import { told } from '../signature.ts';

const SAID = /ENOSPC(?![^\n]*(?:watch|inotify))|no space left|EDQUOT|quota exceeded|disk is full|SQLITE_FULL/i;

/** The disk that a path lies on: the one with the longest mount that begins it. */
const diskOf = (disks: readonly DiskFact[], path: string): DiskFact | undefined =>
  disks
    .filter(({ mount }) => mount === '/' || path === mount || path.startsWith(`${mount}/`))
    .reduce<DiskFact | undefined>(
      (best, one) => (best === undefined || one.mount.length > best.mount.length ? one : best),
      undefined,
    );

const concerned = (facts: Facts, disks: readonly DiskFact[]): readonly DiskFact[] => {
  const logs = valueOf(facts.app?.logs);
  const paths = ['/', '/tmp', facts.app?.dir, logs?.errorFile, logs?.outFile].flatMap((path) =>
    path === undefined ? [] : [path],
  );
  return [...new Set(paths.flatMap((path) => diskOf(disks, path) ?? []))];
};

const roomClue = (disk: DiskFact): Clue => {
  const isInodes = inodeShare(disk) < disk.freeBytes / Math.max(1, disk.totalBytes);
  return isInodes
    ? clue('disk', 'inodes-left', { mount: told(disk.mount), free: disk.inodesFree, total: disk.inodesTotal })
    : clue('disk', 'room-left', {
        mount: told(disk.mount),
        freeBytes: disk.freeBytes,
        totalBytes: disk.totalBytes,
        ...(disk.fullInMs === undefined ? {} : { fullInMs: disk.fullInMs }),
      });
};

const sizeClues = (largest: readonly SizeFact[]): readonly Clue[] =>
  largest.slice(0, 5).map(({ path, bytes, files }) => clue('disk', 'takes-room', { path: told(path), bytes, files }));

const judge = (reading: Reading, facts: Facts): readonly Finding[] => {
  const disks = valueOf(facts.machine?.disks);
  if (disks === undefined) return [];
  const support = supportOf(reading, SAID);
  const near = concerned(facts, disks);
  const all = support === 'named' ? [...near, ...disks] : near;
  const full = all.find(isFull) ?? (support === 'named' ? all.find(isShort) : undefined);
  if (full === undefined) return [];
  const evidence = [roomClue(full), ...sizeClues(valueOf(facts.machine?.largest) ?? [])];
  const confidence = sureBy(facts, support, { named: 0.98, silent: 0.75, other: 0.45 });
  return [{ cause: 'disk-full', params: { path: told(full.mount) }, confidence, evidence, action: 'free-space' }];
};

/** A disk without room or inodes, and where the room went. */
export const diskRoom = defineRule({
  name: 'disk-room',
  causes: ['disk-full'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
