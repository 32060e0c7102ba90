import type { ClueWords, FindingParams } from '../finding-words.ts';
import { part } from '../finding-words.ts';
import { formatBytes, formatDuration } from '../format.ts';

const text = (seen: FindingParams, key: string): string => String(seen[key] ?? '?');
const number = (seen: FindingParams, key: string): number => Number(seen[key] ?? 0);
const bytes = (seen: FindingParams, key: string): string => formatBytes(number(seen, key), 'en');
const span = (seen: FindingParams, key: string): string => formatDuration(number(seen, key), 'en');
const before = (seen: FindingParams): string => {
  if (seen['beforeMs'] === undefined) return '';
  return number(seen, 'beforeMs') === 0
    ? ', right before the first exit'
    : `, ${span(seen, 'beforeMs')} before the first exit`;
};
const others = (seen: FindingParams): string =>
  number(seen, 'count') > 1 ? ` (and ${number(seen, 'count') - 1} more)` : '';
const server = (seen: FindingParams): string =>
  `${part(seen, 'known', (kind) => `${kind} `)}${text(seen, 'address')}:${text(seen, 'port')}`;

const CHANGED: Readonly<Record<string, string>> = {
  artifact: 'a build',
  'lock-file': 'the lock file',
  'env-file': 'the env file',
  'git-head': 'git HEAD',
  entry: 'the entry',
  ecosystem: 'the ecosystem file',
  packages: 'the installed packages',
  source: 'source',
  manifest: 'package.json',
};

/** What the facts of a machine and an app say as evidence. */
export const factClues = {
  'artifact-appeared': (seen) => `${text(seen, 'path')} appeared${before(seen)}`,
  'artifact-made-by': (seen) => `it is built here by ${text(seen, 'by')}`,
  'artifact-tracked': (seen) => `git tracks ${text(seen, 'path')}`,
  'artifact-untracked': (seen) => `git does not track ${text(seen, 'path')}`,
  'built-before-source': (seen) =>
    `${text(seen, 'built')} is ${span(seen, 'olderMs')} older than ${text(seen, 'source')}${others(seen)}`,
  'built-from-other-text': (seen) =>
    `${text(seen, 'built')} was not built from the ${text(seen, 'source')} that lies here${others(seen)}`,
  'built-import-broken': (seen) => `${text(seen, 'file')} asks for '${text(seen, 'wanted')}', which is not there`,
  'built-without-source': (seen) => `${text(seen, 'built')} has no source any more${others(seen)}`,
  'changed-last': (seen) =>
    `last change before it: ${CHANGED[text(seen, 'what')] ?? text(seen, 'what')}, ${text(seen, 'path')}${part(seen, 'detail', (detail) => ` (${detail})`)}${before(seen)}`,
  'entry-is-built': (seen) => `what runs lies in ${text(seen, 'path')}: ${text(seen, 'file')} (${text(seen, 'by')})`,
  'entry-is-source': (seen) =>
    `what should run is source: ${text(seen, 'file')} (${text(seen, 'by')}); ${text(seen, 'path')} is no part of it`,
  'entry-not-there': (seen) => `${text(seen, 'file')} is not there (${text(seen, 'by')})`,
  'env-empty': (seen) => `set, but to nothing: ${text(seen, 'names')}`,
  'env-file-absent': (seen) => `${text(seen, 'file')} is not there`,
  'env-file-read': (seen) => `${text(seen, 'file')} sets ${text(seen, 'count')} names`,
  'env-in-example': (seen) => `${text(seen, 'file')} lists besides: ${text(seen, 'names')}`,
  'env-used-not-set': (seen) =>
    `${text(seen, 'file')}:${text(seen, 'line')} uses ${text(seen, 'name')}, nothing sets it`,
  'file-unreadable': (seen) => `${text(seen, 'path')}: ${text(seen, 'problem')}`,
  'inodes-left': (seen) =>
    `${text(seen, 'mount')} has ${text(seen, 'free')} of ${text(seen, 'total')} inodes left (too many small files)`,
  'killed-at-group-limit': (seen) =>
    `the kernel killed ${text(seen, 'program')} (pid ${text(seen, 'pid')}) at the memory limit of its group${part(seen, 'rssBytes', () => `, it held ${bytes(seen, 'rssBytes')}`)}${others(seen)}`,
  'killed-for-memory': (seen) =>
    `the kernel killed ${text(seen, 'program')} (pid ${text(seen, 'pid')}) for memory${part(seen, 'rssBytes', () => `, it held ${bytes(seen, 'rssBytes')}`)}${others(seen)}`,
  'last-deploy': (seen) => `last move of git HEAD: ${text(seen, 'what')} (${text(seen, 'commit')})`,
  'lock-after-install': (seen) =>
    `${text(seen, 'lock')} changed ${span(seen, 'laterMs')} after the last installation${before(seen)}`,
  'lock-differs': (seen) =>
    `${text(seen, 'name')}: the lock file says ${text(seen, 'wanted')}, installed is ${text(seen, 'found')}${others(seen)}`,
  'may-not-read': (seen) => `${text(seen, 'user')} may not read ${text(seen, 'path')}`,
  'may-not-write': (seen) => `${text(seen, 'user')} may not write to ${text(seen, 'path')}`,
  'memory-grows': (seen) => `its memory grew by ${bytes(seen, 'bytesPerHour')} an hour`,
  'memory-left': (seen) =>
    `now ${bytes(seen, 'availableBytes')} of ${bytes(seen, 'totalBytes')} are available${number(seen, 'swapTotalBytes') === 0 ? ', no swap' : ''}`,
  'no-node-modules': () => 'there is no node_modules',
  'node-wanted': (seen) => `${text(seen, 'from')} wants ${text(seen, 'range')}, it runs on ${text(seen, 'node')}`,
  'package-not-installed': (seen) => `in package.json, but not installed: ${text(seen, 'names')}`,
  'package-not-whole': (seen) => `installed, but not whole: ${text(seen, 'names')}`,
  'path-missing': (seen) => `${text(seen, 'path')} is not there`,
  'port-free-now': (seen) => `nobody listens on port ${text(seen, 'port')} now`,
  'port-owner': (seen) =>
    `port ${text(seen, 'port')} is held by ${text(seen, 'program')} (pid ${text(seen, 'pid')})${part(seen, 'command', (command) => `: ${command}`)}`,
  'port-owner-hidden': (seen) => `somebody listens on port ${text(seen, 'port')}; who, only root can see`,
  'port-owner-is-app': (seen) => `that is ${text(seen, 'app')} itself: it is started twice`,
  'room-left': (seen) =>
    `${text(seen, 'mount')} has ${bytes(seen, 'freeBytes')} of ${bytes(seen, 'totalBytes')} left${part(seen, 'fullInMs', () => `, full in ${span(seen, 'fullInMs')}`)}`,
  'server-answers-now': (seen) => `${server(seen)} answers now (${text(seen, 'tookMs')} ms)`,
  'server-silent': (seen) =>
    `${server(seen)} does not answer from here: ${text(seen, 'error')} (named by ${text(seen, 'name')})`,
  'source-leads-into': (seen) => `${text(seen, 'from')} loads ${text(seen, 'to')}`,
  'takes-room': (seen) =>
    `${text(seen, 'path')}: ${bytes(seen, 'bytes')} in ${text(seen, 'files')} ${number(seen, 'files') === 1 ? 'file' : 'files'}`,
  unmerged: (seen) => `git has not merged ${text(seen, 'path')}`,
} as const satisfies Record<string, ClueWords>;
