import { dirname, extname, relative } from 'node:path';
import type { AppSources } from '../../define.ts';

/** How an app stands to Sentry, by its package.json and its code. */
export type SdkStanding =
  | { readonly is: 'absent' }
  /** In package.json, but no code that the app reaches starts it. */
  | { readonly is: 'not-started'; readonly sdk: string; readonly version: string }
  /** Started after other modules were loaded: these are not instrumented, and what fails in them is not seen. */
  | { readonly is: 'late'; readonly sdk: string; readonly version: string; readonly where: string }
  | { readonly is: 'started'; readonly sdk: string; readonly version: string; readonly where: string }
  /** The entry could not be told, so its code was not read. */
  | { readonly is: 'unread'; readonly sdk: string; readonly version: string };

const PACKAGES =
  /^(?:@sentry\/(?:node|node-core|nestjs|bun|deno|aws-serverless|google-cloud-serverless|nextjs|nuxt|remix|sveltekit|astro|serverless)|raven)$/;

type Manifest = Readonly<Record<string, unknown>>;

/** The SDK that a package.json names, with the version as written. */
export const sdkIn = (manifest: Manifest): { readonly sdk: string; readonly version: string } | undefined => {
  for (const group of ['dependencies', 'optionalDependencies', 'devDependencies']) {
    const all = manifest[group];
    if (typeof all !== 'object' || all === null) continue;
    for (const [sdk, version] of Object.entries(all)) if (PACKAGES.test(sdk)) return { sdk, version: String(version) };
  }
  return undefined;
};

const withoutComments = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (all) => all.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

const STARTS =
  /\b(?:Sentry|Raven|sentry)\s*\.\s*(?:init|config)\s*\(|\bfrom\s*['"]@sentry\/[\w-]+\/(?:init|preload)['"]/;
const NAMED_INIT = /\binit\s*(?:as\s+\w+)?[\s,}][^;]{0,200}from\s*['"]@sentry\//;

const starts = (text: string): boolean => STARTS.test(text) || NAMED_INIT.test(text);

const LOADS =
  /(?:^|[;\n])\s*(?:import\s+(?!type\b)(?:[^'";]*?\bfrom\s*)?|(?:const|let|var)\s+[^=;]{1,300}=\s*require\s*\(\s*|require\s*\(\s*)['"]([^'"]+)['"]/g;

/** What is no work of the app's: variables have to be there before the SDK starts. */
const HARMLESS =
  /^(?:dotenv(?:\/|$)|@sentry\/|node:|(?:\.{1,2}\/)+(?:[\w-]+\/)*(?:env|load-?env|dotenv)(?:\.\w+)?$|path$|fs$|url$|os$|reflect-metadata$)/;

/** The modules that a file loads, in its order, without those that may well come first. */
const loadsIn = (text: string): readonly { readonly name: string; readonly at: number }[] =>
  [...withoutComments(text).matchAll(LOADS)]
    .map((match) => ({ name: match[1] ?? '', at: match.index }))
    .filter(({ name }) => !HARMLESS.test(name));

const reaches = (from: string, name: string, target: string): boolean => {
  if (!name.startsWith('.')) return false;
  const wanted = relative(dirname(from), target).replace(/^(?!\.)/, './');
  const bare = (path: string): string => path.slice(0, path.length - extname(path).length);
  return bare(wanted) === bare(name) || wanted === name || bare(wanted) === name || bare(wanted) === `${name}/index`;
};

const isFirst = ({ code, preloaded }: AppSources, where: string): boolean => {
  const [entry] = code;
  if (entry === undefined || (preloaded && entry.path === where)) return true;
  const text = withoutComments(entry.text);
  const [first] = loadsIn(entry.text);
  if (entry.path !== where) return first !== undefined && reaches(entry.path, first.name, where);
  // Imports are hoisted above the call, requires are not.
  const isModule = /(?:^|\n)\s*import\s+(?!type\b)/.test(text);
  const call = text.search(/\.\s*(?:init|config)\s*\(|\binit\s*\(/);
  return first === undefined || (!isModule && first.at > call);
};

/** Judges whether an app would tell Sentry of its errors. */
export const judgeSdk = (manifest: Manifest, sources: AppSources): SdkStanding => {
  const found = sdkIn(manifest);
  if (found === undefined) return { is: 'absent' };
  if (sources.code.length === 0) return { is: 'unread', ...found };
  const where = sources.code.find(({ text }) => starts(withoutComments(text)))?.path;
  if (where === undefined) return { is: 'not-started', ...found };
  return { is: isFirst(sources, where) ? 'started' : 'late', ...found, where };
};

/** The value that the code compares SENTRY_ENABLED with; `true` when it does not say. */
export const enabledWord = ({ code }: AppSources): string => {
  for (const { text } of code) {
    const [, word] = /\bSENTRY_ENABLED\b['"\])]*\s*[!=]==?\s*['"]([\w-]{1,20})['"]/.exec(text) ?? [];
    if (word !== undefined && !/^(?:false|0|no|off)$/i.test(word)) return word;
  }
  return 'true';
};
