/** Signals by their number, those that end programs. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

/** No signal, as tools write it. */
const NONE: ReadonlySet<string> = new Set(['NONE', 'NULL', 'UNDEFINED']);

const named = (name: string): string | undefined => {
  if (/^\d{1,2}$/.test(name)) return BY_NUMBER[Number(name)] ?? `SIG${name}`;
  if (NONE.has(name) || !/^[A-Z][A-Z0-9+-]{1,15}$/.test(name)) return undefined;
  return name.startsWith('SIG') ? name : `SIG${name}`;
};

/** The signal that ended a program: as given (`SIGKILL`, `kill`, `9`), or as a shell tells it by an exit code above 128; undefined when none did. */
export const signalOf = (given: string | undefined, exitCode: number | undefined): string | undefined =>
  named((given ?? '').trim().toUpperCase()) ??
  (exitCode !== undefined && exitCode > 128 ? BY_NUMBER[exitCode - 128] : undefined);
