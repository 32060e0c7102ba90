/** What package managers, watchers and process managers add around a crash; never its cause while anything else is there. */
const WRAPPER: readonly RegExp[] = [
  /^npm (?:ERR!|error|WARN|warn|notice)(?: |$)/i,
  /^npm: /,
  /^\s?(?:ELIFECYCLE|ERR_PNPM_\w+)\b/,
  /^(?:\u2009|\s)*ELIFECYCLE\b/,
  /^error Command failed\b/,
  /^info Visit https:\/\/yarnpkg\.com/,
  /^yarn run v\d/,
  /^\$ \S/,
  /^> \S/,
  /^error: script "[^"]*" exited with code/,
  /^\[nodemon\] /,
  /^\[tsx\] /,
  /^PM2\s+\|/,
  /^PM2 /,
  /^\[PM2\]/,
  /^\[TAILING\]/,
  /^\/\S{1,200}(?:-error|-out|pm2)\S{0,40}\.log last \d+ lines:$/,
  /^Debugger (?:attached|listening)/,
  /^Waiting for the debugger/,
  /^Done in \d/,
  /^Failed running '.*'$/,
  /^Restarting '.*'$/,
  /^Completed running '.*'$/,
  /^\(Use `node --trace-\w/,
  /^For help, see: https:\/\/nodejs\.org/,
  /^\[?(?:ERROR|INFO)?\]? ?\d{2}:\d{2}:\d{2} .*ts-node-dev/,
];

/** Warnings of Node that end nothing. What ends something is told apart below. */
const WARNING = /^\(node:\d+\) (?:\[\w+\] )?(?:\w+: )?/;
const WARNING_NAME = /^\(node:\d+\) (?:\[\w+\] )?(\w*Warning)\b/;
const TELLING_WARNING =
  /UnhandledPromiseRejectionWarning|To load an ES module|Failed to load the ES module|unsettled top-level await|Failed to load the ES module/;

/** Is this line the talk of a wrapper? */
export const isWrapperLine = (line: string): boolean => WRAPPER.some((pattern) => pattern.test(line));

/** Is it a warning of Node's own that ends nothing (deprecated, experimental, too many listeners)? */
export const isWarningLine = (line: string): boolean =>
  WARNING.test(line) && WARNING_NAME.test(line) && !TELLING_WARNING.test(line);
