/** Whom rotation works as, by the owner of the logs' folder. */
export interface Owner {
  readonly user: string;
  readonly group: string;
}

const quoted = (path: string): string =>
  /[\s{}"'*?[\]]/.test(path) ? `"${path.replaceAll('"', String.raw`\"`)}"` : path;

/**
 * A rule of logrotate for files that a program keeps open: copied and emptied in place. Rotated daily, and sooner beyond 100 MB where logrotate runs more
 * often; seven old ones are kept.
 */
export const ruleFor = (files: readonly string[], { user, group }: Owner): string =>
  [
    `${files.map(quoted).join('\n')} {`,
    `    su ${user} ${group}`,
    '    daily',
    '    maxsize 100M',
    '    rotate 7',
    '    copytruncate',
    '    compress',
    '    delaycompress',
    '    missingok',
    '    notifempty',
    '}',
    '',
  ].join('\n');

const GLOB: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]' };

const pattern = (glob: string): RegExp =>
  new RegExp(`^${glob.replaceAll(/[*?]|[.+^${}()|[\]\\]/g, (one) => GLOB[one] ?? `\\${one}`)}$`);

/** The files and globs that a configuration of logrotate names in front of its braces. */
const namedIn = (text: string): readonly string[] =>
  text
    .replaceAll(/^\s*#.*$/gm, '')
    .split(/\{[^}]*\}/)
    .flatMap((part) =>
      [...part.matchAll(/"([^"\n]+)"|(\/[^\s"]+)/g)].map(([, inQuotes, bare]) => inQuotes ?? bare ?? ''),
    );

/** Whether rules of logrotate cover a file. */
export const covers = (rules: readonly string[], file: string): boolean =>
  rules.some((text) => namedIn(text).some((glob) => pattern(glob).test(file)));

/** The name of the rule's file: logrotate passes over names with dots and blanks in them. */
export const ruleName = (app: string): string => `dozor-${app.replaceAll(/[^\w-]+/g, '-')}`;
