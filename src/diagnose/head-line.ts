/** The line on which an error begins, taken apart. */
export interface HeadLine {
  readonly prefix: string;
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** `TypeError [ERR_X]: text`, `error: text` (PostgreSQL's driver), after a logger's prefix or alone. */
const NAMED =
  /(?:^|(?<=[\s:\]>)|"'`([]))((?:[A-Z][\w$.]{0,80})?(?:Error|Exception|Rejection|Failure)|(?<=^|: )error|Error)(?: \[([A-Z]\w{1,60})\])?(?::(?=\s|$)|$)/;

/** Splits the line where an error's name begins; undefined when it names none. */
export const headLine = (line: string): HeadLine | undefined => {
  const match = NAMED.exec(line);
  if (match === null) return undefined;
  return {
    prefix: line.slice(0, match.index).trim(),
    name: match[1] ?? '',
    code: match[2] ?? '',
    message: line.slice(match.index + match[0].length).trim(),
  };
};

/** An error printed without a stack: `[Error: ENOENT: no such file …] {`. */
const BRACKETED = /^(.{0,200}?)\[(\w{0,60}(?:Error|Exception)\b[^\n]{0,4000}?)\](?: (\{.*))?,?$/;

/** The same for `[Error: …]`, with what follows it. */
export const bracketedHead = (line: string): (HeadLine & { readonly tail: string }) | undefined => {
  const match = BRACKETED.exec(line);
  if (match === null) return undefined;
  const head = headLine(match[2] ?? '');
  if (head === undefined || head.prefix !== '') return undefined;
  return { ...head, prefix: (match[1] ?? '').trim(), tail: match[3] ?? '' };
};

const ERRNO =
  /\b(EACCES|EADDRINUSE|EADDRNOTAVAIL|EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EDQUOT|EEXIST|EHOSTDOWN|EHOSTUNREACH|EISDIR|EMFILE|ENETDOWN|ENETUNREACH|ENFILE|ENODATA|ENOENT|ENOEXEC|ENOMEM|ENOSPC|ENOTDIR|ENOTFOUND|EPERM|EPIPE|EROFS|ESERVFAIL|ETIMEDOUT|ETIMEOUT|ERR_[A-Z][A-Z0-9_]{2,60}|UND_ERR_[A-Z_]{3,40})\b/;

/** The code of an error: of its head, its fields, or named in its message. */
export const codeOf = (head: string, props: Readonly<Record<string, string>>, message: string): string =>
  [head, props['code'], props['errorCode'], ERRNO.exec(message.slice(0, 2_000))?.[1]].find(
    (code) => code !== undefined && code !== '' && code !== 'undefined',
  ) ?? '';
