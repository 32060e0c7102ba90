import { withoutComments } from './imports.ts';

/** A use of an environment variable in the code. */
export interface EnvUse {
  readonly name: string;
  readonly line: number;
  /** The code goes on without it: a default, a test for it, an optional field. */
  readonly isOptional: boolean;
}

const ACCESS = /\bprocess\.env\s*(?:\?\.)?(?:\.\s*([A-Za-z_]\w*)|\[\s*(['"`])([A-Za-z_]\w*)\2\s*\])/g;
const DESTRUCTURED = /\b(?:const|let|var)\s*\{([^}]{1,4000})\}\s*=\s*process\.env\b/g;
/** Nobody sets these by hand: Node, npm, PM2 and the system do, or they have a meaning when they are absent. */
const GIVEN =
  /^(NODE_ENV|NODE_OPTIONS|NODE_DEBUG|NODE_PATH|NODE_APP_INSTANCE|PATH|HOME|USER|LANG|TZ|PWD|SHELL|TERM|TMPDIR|HOSTNAME|CI|DEBUG|FORCE_COLOR|NO_COLOR|INIT_CWD|npm_\w+|pm_id|PM2_\w+|VITEST\w*|JEST_\w+|LOG_LEVEL)$/;

const lineOf = (text: string, at: number): number => {
  let line = 1;
  for (let place = text.indexOf('\n'); place >= 0 && place < at; place = text.indexOf('\n', place + 1)) line += 1;
  return line;
};

/** Is what follows or surrounds the use a default, a comparison or a condition? */
const isOptionalAt = (text: string, from: number, to: number): boolean => {
  const after = text.slice(to, to + 40);
  const before = text.slice(Math.max(0, from - 40), from);
  if (/^\s*(\?\?|\|\||\?(?!\.)|===|!==|==|!=|&&|\?\.|\s+in\b)/.test(after)) return true;
  // Set by the code itself.
  if (/^\s*(\?\?=|\|\|=|=(?!=))/.test(after)) return true;
  return /(\bif\s*\(\s*!?|\btypeof\s+|!\s*|&&\s*|\|\|\s*|Boolean\(\s*|\bdelete\s+|===\s*|!==\s*)$/.test(before);
};

const destructured = (text: string): readonly EnvUse[] =>
  [...text.matchAll(DESTRUCTURED)].flatMap(({ 1: inside = '', index }) =>
    inside.split(',').flatMap((part) => {
      const [, name, rest = ''] = /^\s*([A-Za-z_]\w*)\s*(.*)$/s.exec(part) ?? [];
      return name === undefined ? [] : [{ name, line: lineOf(text, index), isOptional: /=/.test(rest) }];
    }),
  );

/** `z.object({ NAME: z.string() }).parse(process.env)`, envalid's `cleanEnv(process.env, { … })`: the keys are the names. */
const SCHEMA =
  /\b(?:parse|safeParse|parseAsync|cleanEnv|envsafe|load|validate|validateEnv|createEnv|from)\s*\([^)]{0,200}\bprocess\.env\b(?!\s*[.[?])|\b(?:runtimeEnv|env)\s*:\s*process\.env\b(?!\s*[.[?])/;
const KEY =
  /^[ \t]*(['"]?)([A-Z][A-Z0-9_]{1,60})\1\s*:\s*((?:[zvjtsa]|str|num|bool|port|url|email|host|json|Joi|yup|Type|makeValidator)\w*\b[^\n]*(?:\n[ \t]+\.[^\n]*)*)/gm;

const fromSchema = (text: string): readonly EnvUse[] =>
  SCHEMA.test(text)
    ? [...text.matchAll(KEY)].map(({ 2: name = '', 3: rule = '', index }) => ({
        name,
        line: lineOf(text, index),
        isOptional: /\b(optional|default|nullish|devDefault|catch)\b/.test(rule),
      }))
    : [];

/** All environment variables that a file uses by name. */
export const usesIn = (source: string): readonly EnvUse[] => {
  const text = withoutComments(source);
  const direct = [...text.matchAll(ACCESS)].map((match) => ({
    name: match[1] ?? match[3] ?? '',
    line: lineOf(text, match.index),
    isOptional: isOptionalAt(text, match.index, match.index + match[0].length),
  }));
  return [...direct, ...destructured(text), ...fromSchema(text)].filter(({ name }) => !GIVEN.test(name));
};

/** Variables without which the code does not go on: those with no optional use anywhere. A name that is tested in one place is guarded for all. */
export const requiredUses = (
  files: readonly { readonly path: string; readonly text: string }[],
): readonly { readonly name: string; readonly file: string; readonly line: number }[] => {
  const uses = files.flatMap(({ path, text }) => usesIn(text).map((use) => ({ ...use, file: path })));
  const optional = new Set(uses.filter(({ isOptional }) => isOptional).map(({ name }) => name));
  const seen = new Set<string>();
  return uses.flatMap(({ name, file, line }) => {
    if (optional.has(name) || seen.has(name)) return [];
    seen.add(name);
    return [{ name, file, line }];
  });
};
