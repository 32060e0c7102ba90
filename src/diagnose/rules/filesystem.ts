import type { ErrorReport } from '../crash.ts';
import type { Params } from '../finding.ts';
import { defineRule } from '../rule.ts';
import { bySignatures, subjectOf, told, words, type Signature } from '../signature.ts';

const QUOTED =
  /\b(?:open|mkdir|scandir|stat|lstat|access|unlink|rename|rmdir|write|read|copyfile|symlink|chmod|chown|mkdtemp|utime|truncate|realpath|readlink|link|opendir|watch|spawn|uv_\w+)\b[^'\n]{0,20} '([^'\n]{1,300})'/;

const pathOf = (report: ErrorReport): Params => {
  const path = report.props['path'] ?? report.props['dest'] ?? QUOTED.exec(subjectOf(report))?.[1];
  const syscall = report.props['syscall'] ?? /\b[A-Z]{4,9}: [a-z ,-]{3,60}, (\w{3,12})\b/.exec(subjectOf(report))?.[1];
  return {
    ...(path === undefined || path === '' ? {} : { path: told(path) }),
    ...(syscall === undefined || syscall === '' ? {} : { syscall: told(syscall) }),
  };
};

const coded =
  (code: RegExp, unless?: RegExp): Signature['match'] =>
  (report) => {
    const subject = `${subjectOf(report)} ${report.props['syscall'] ?? ''}`;
    return code.test(subject) && unless?.test(subject) !== true ? pathOf(report) : undefined;
  };

const CONNECTING = /\b(?:connect|listen|bind|getaddrinfo|querySrv)\b/;
const ENV_FILE = /(?:^|[\s/\\'])[\w.-]{0,40}\.env(?:\.[\w.-]{1,40})?'?(?:$|[\s',])/;

const spawned: Signature['match'] = (report) => {
  const match = /\bspawn(?:Sync)? (\S{1,200}) ENOENT\b/.exec(subjectOf(report));
  return match === null ? undefined : { path: told(match[1] ?? ''), program: true };
};

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'watcher-limit',
    sure: 0.97,
    match: coded(
      /number of file watchers reached|\bENOSPC\b[^\n]{0,80}\bwatch\b|inotify (?:watch|instance)|\bEMFILE\b[^\n]{0,80}\bwatch\b/,
    ),
  },
  { cause: 'disk-full', action: 'free-space', sure: 0.96, match: coded(/\bENOSPC\b|no space left on device/i) },
  {
    cause: 'disk-full',
    action: 'free-space',
    sure: 0.93,
    match: coded(/\bEDQUOT\b|[Dd]isk quota exceeded|SQLITE_FULL|database or disk is full/),
  },
  {
    cause: 'disk-full',
    action: 'free-space',
    sure: 0.88,
    match: words(/could not extend file|MISCONF Redis is configured to save RDB snapshots|No space left/i),
  },
  { cause: 'file-descriptor-limit', sure: 0.95, match: coded(/\b(?:EMFILE|ENFILE)\b|[Tt]oo many open files/) },
  { cause: 'read-only-filesystem', sure: 0.96, match: coded(/\bEROFS\b|[Rr]ead-only file system/) },
  { cause: 'read-only-filesystem', sure: 0.75, match: words(/SQLITE_READONLY|attempt to write a readonly database/) },
  { cause: 'permission-denied', sure: 0.94, match: coded(/\bEACCES\b|\bEPERM\b/, CONNECTING) },
  {
    cause: 'permission-denied',
    sure: 0.85,
    match: words(
      /(?:^|\s)(?:sh|bash|\/bin\/sh|env|node|nohup): (?:\d+: |line \d+: )?(?:exec: )?(?<path>\S{1,300}): [Pp]ermission denied|connect EACCES (?<socket>\/\S{1,300})/,
    ),
  },
  {
    cause: 'permission-denied',
    sure: 0.8,
    match: words(/connect EPERM|operation not permitted|ERR_ACCESS_DENIED|Access to this API has been restricted/),
  },
  { cause: 'file-missing', sure: 0.7, match: spawned },
  {
    cause: 'file-missing',
    sure: 0.93,
    match: coded(/\bENOENT\b/, new RegExp(`${CONNECTING.source}|${ENV_FILE.source}`)),
  },
  { cause: 'file-missing', sure: 0.75, match: words(/connect ENOENT (?<path>\/\S{1,300})/) },
  {
    cause: 'file-missing',
    sure: 0.85,
    match: words(
      /env: [‘'"]?(?<path>[^’'"\n:]{1,60})[’'"]?: No such file or directory|Failed at step (?:EXEC|CHDIR) spawning (?<program>\S{1,200}): No such file or directory|Changing to the requested working directory failed/,
    ),
  },
  { cause: 'file-missing', sure: 0.85, match: coded(/\b(?:ENOTDIR|EISDIR)\b/) },
  {
    cause: 'file-missing',
    sure: 0.8,
    match: words(
      /SQLITE_CANTOPEN|unable to open database file|Cannot open database because the directory does not exist|(?:View|Template|template) (?:"[^"]{1,80}" )?not found:? ?(?<path>\S{0,200})|Failed to lookup view "(?<view>[^"]{1,100})"/,
    ),
  },
];

/** What the disk refuses: missing, forbidden, read-only, full, too many at once. */
export const filesystem = defineRule({
  name: 'filesystem',
  causes: [
    'disk-full',
    'file-descriptor-limit',
    'file-missing',
    'permission-denied',
    'read-only-filesystem',
    'watcher-limit',
  ],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
