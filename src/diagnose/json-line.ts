type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const parsed = (line: string): Members | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Levels of pino and bunyan (30 info, 40 warn, 50 error, 60 fatal), and words of the others. */
const isWarning = (level: unknown): boolean => level === 40 || (typeof level === 'string' && /^warn/i.test(level));
const isSerious = (level: unknown): boolean =>
  (typeof level === 'number' && level >= 50 && level <= 70) ||
  (typeof level === 'string' && /^(?:error|fatal|crit|alert|emerg)/i.test(level));

const FIELDS = ['code', 'errno', 'syscall', 'path', 'address', 'port', 'hostname', 'dest', 'sqlState', 'errorCode'];

const fieldLines = (error: Members, indent: string): readonly string[] =>
  FIELDS.filter((field) => typeof error[field] === 'string' || typeof error[field] === 'number').map(
    (field) => `${indent}  ${field}: '${String(error[field])}',`,
  );

const stackOf = (error: Members): string => {
  const stack = textOf(error['stack']);
  if (stack !== '') return stack;
  const name = textOf(error['type']) || textOf(error['name']) || 'Error';
  return `${name}: ${textOf(error['message']) || textOf(error['msg'])}`;
};

/** An error that was logged as JSON, in the form in which Node prints one. */
const errorLines = (error: Members, depth = 0): readonly string[] => {
  const indent = '  '.repeat(depth);
  const stack = stackOf(error).split(/\r?\n/);
  const cause = isMembers(error['cause']) && depth < 4 ? errorLines(error['cause'], depth + 1) : [];
  const parts = Array.isArray(error['aggregateErrors']) ? error['aggregateErrors'].filter(isMembers).slice(0, 4) : [];
  const inner = [
    ...fieldLines(error, indent),
    ...(cause.length === 0 ? [] : [`${indent}  [cause]: ${(cause[0] ?? '').trimStart()}`, ...cause.slice(1)]),
    ...parts.flatMap((part) => errorLines(part, depth + 1)),
  ];
  const own = stack.map((line, index) => (index === 0 ? line : `${indent}${line}`));
  if (inner.length === 0) return own;
  return [...own.slice(0, -1), `${own.at(-1) ?? ''} {`, ...inner, `${indent}}`];
};

const errorOf = (record: Members): Members | undefined => {
  for (const key of ['err', 'error', 'exception', 'e', 'reason']) {
    const value = record[key];
    if (isMembers(value) && (textOf(value['stack']) || textOf(value['message'])) !== '') return value;
  }
  return textOf(record['stack']) === '' ? undefined : record;
};

const MESSAGE_KEYS = ['msg', 'message', 'text', 'error', 'err'];

const messageOf = (record: Members): string =>
  MESSAGE_KEYS.map((key) => textOf(record[key])).find((text) => text !== '') ?? '';

const recordLines = (record: Members): readonly string[] => {
  const message = messageOf(record);
  const error = errorOf(record);
  if (error === undefined) return message.split(/\r?\n/).map((one, at) => mark(record, at) + one);
  const [head = '', ...rest] = errorLines(error);
  const isSaid = message === '' || head.includes(message);
  const intro = isSaid ? '' : `${message.split('\n', 1)[0] ?? ''}: `;
  return [`${mark(record, 0)}${intro}${head}`, ...rest];
};

/**
 * The lines that a JSON log line (pino, winston, bunyan, PM2's JSON) stands for: its message, and its error as Node prints errors. The line itself when it is no
 * log record.
 */
export const linesOfJson = (line: string): readonly string[] => {
  if (!line.startsWith('{') || !line.endsWith('}')) return [line];
  const record = parsed(line);
  const isRecord = record !== undefined && (messageOf(record) !== '' || errorOf(record) !== undefined);
  return isRecord ? recordLines(record) : [line];
};

const mark = (record: Members, at: number): string => {
  if (at > 0) return '';
  const level = record['level'] ?? record['severity'];
  if (isWarning(level)) return '[warn] ';
  return isSerious(level) ? '[error] ' : '';
};
