import { basename, dirname, extname, join, relative } from 'node:path';
import type { Step } from '../../action.ts';
import type { AppSources } from '../../define.ts';
import { unifiedDiff } from '../../diff.ts';
import type { SdkStanding } from './sdk.ts';

const isModule = (path: string, text: string): boolean =>
  extname(path) === '.mjs' || (extname(path) !== '.cjs' && /(?:^|\n)\s*(?:import|export)\s/.test(text));

const instrument = (sdk: string, module: boolean): string =>
  [
    module ? `import * as Sentry from '${sdk}';` : `const Sentry = require('${sdk}');`,
    '',
    'Sentry.init({',
    '  dsn: process.env.SENTRY_DSN,',
    "  enabled: process.env.SENTRY_ENABLED === 'true',",
    "  environment: process.env.NODE_ENV ?? 'production',",
    '});',
    '',
  ].join('\n');

/** Where the first line of code may stand: after what has to come first (a shebang, 'use strict', the variables). */
const afterPrologue = (text: string): number => {
  let at = 0;
  for (const line of text.split(/(?<=\n)/)) {
    if (
      !/^\s*(?:#!.*|['"]use strict['"];?|(?:import|require\(|(?:const|let|var)\s.*require\().*\bdotenv\b.*|dotenv\.config\(.*)\s*$/.test(
        line,
      )
    )
      break;
    at += line.length;
  }
  return at;
};

/** What to add to the code, as a patch; undefined when nothing is missing or the entry is not known. */
export const sdkPatch = (dir: string, standing: SdkStanding, { code }: AppSources): Step | undefined => {
  const [entry] = code;
  if (entry === undefined || standing.is === 'started' || standing.is === 'unread') return undefined;
  const module = isModule(entry.path, entry.text);
  const sdk = standing.is === 'absent' ? '@sentry/node' : standing.sdk;
  const extension = extname(entry.path);
  const file = join(dirname(entry.path), `instrument${extension}`);
  const isLate = standing.is === 'late' && standing.where !== entry.path;
  const target = isLate ? standing.where : file;
  const name = `./${relative(dirname(entry.path), target)}`.replace(/^\.\/\.\./, '..');
  const load = module ? `import '${name}';\n` : `require('${name}');\n`;
  const at = afterPrologue(entry.text);
  const changed = entry.text.slice(0, at) + load + entry.text.slice(at);
  const made = isLate ? '' : unifiedDiff(relative(dir, file), undefined, instrument(sdk, module));
  const params = {
    sdk,
    entry: basename(entry.path),
    where: standing.is === 'late' ? relative(dir, standing.where) : '',
  };
  return {
    do: 'patch',
    path: entry.path,
    patch: made + unifiedDiff(relative(dir, entry.path), entry.text, changed),
    why: { says: `sentry.patch-${standing.is}`, params },
  };
};
