/** What a line of PM2's own log (`pm2.log`, `log:PM2` on the bus) tells of an app's process. */
export type LogLine =
  | { readonly says: 'starting' | 'online'; readonly app: string; readonly id: number; readonly old: boolean }
  | {
      readonly says: 'exited';
      readonly app: string;
      readonly id: number;
      readonly old: boolean;
      readonly code: number;
      /** PM2 writes SIGINT where there was none: it means something only with code 0. */
      readonly signal: string;
    }
  | { readonly says: 'stopping'; readonly app: string; readonly id: number; readonly old: boolean }
  | { readonly says: 'memory-limit' | 'cron'; readonly id: number }
  | { readonly says: 'overlimit' }
  | { readonly says: 'daemon-started' | 'daemon-stopped' };

/** `2026-01-02T03:04:05: PM2 log: …`, as the file has it before each line, whatever its date looks like. */
const PREFIX = /^.{0,60}?PM2 log: /;

const PATTERNS: readonly (readonly [RegExp, (found: RegExpExecArray) => LogLine])[] = [
  [/^App \[(.*):(_old_)?(\d+)\] (starting) in /s, (found) => ofProcess('starting', found)],
  [/^App \[(.*):(_old_)?(\d+)\] (online)/s, (found) => ofProcess('online', found)],
  [
    /^App \[(.*):(_old_)?(\d+)\] exited with code \[(\d+)\] via signal \[(\w+)\]/s,
    (found) => ({ ...ofProcess('exited', found), says: 'exited', code: Number(found[4]), signal: found[5] ?? '' }),
  ],
  [/^Stopping app:(.*) id:(_old_)?(\d+)$/s, (found) => ofProcess('stopping', found)],
  [/Process (\d+) restarted because it exceeds/, (found) => ({ says: 'memory-limit', id: Number(found[1]) })],
  [/^\[PM2\] Deregistering a cron job on: (\d+)/, (found) => ({ says: 'cron', id: Number(found[1]) })],
  [/ had too many unstable restarts /, () => ({ says: 'overlimit' })],
  [/^--- New PM2 Daemon started/, () => ({ says: 'daemon-started' })],
  [/^PM2 successfully stopped/, () => ({ says: 'daemon-stopped' })],
];

const ofProcess = <Says extends 'starting' | 'online' | 'exited' | 'stopping'>(says: Says, found: RegExpExecArray) => ({
  says: says as Exclude<Says, 'exited'>,
  app: found[1] ?? '',
  id: Number(found[3]),
  old: found[2] !== undefined,
});

/** Reads one line, with or without the file's prefix; undefined when it tells nothing of interest. */
export const readLogLine = (line: string): LogLine | undefined => {
  const told = line.replace(PREFIX, '').trimEnd();
  for (const [pattern, take] of PATTERNS) {
    const found = pattern.exec(told);
    if (found !== null) return take(found);
  }
  return undefined;
};
