import { readFile, stat } from 'node:fs/promises';
import { CHANNELS } from '#alert/channels/index.ts';
import { Fault, type FaultPlace } from '#kernel/fault.ts';
import { KINDS } from '#monitor/kinds/index.ts';
import type { Definition, LoadConfig, LoadedConfig, SecretSource } from './contract.ts';
import { checkChannels } from './channel-check.ts';
import { crossCheck } from './cross-check.ts';
import { definitionsOf } from './define.ts';
import { readDocument, type Mistake, type SourceDocument } from './document.ts';
import { implicitChannels, withImplicit } from './implicit.ts';
import { parseResolved, withoutValues, type Parsed } from './parse.ts';
import { isMapping, pathKey, pathText, type Path } from './path.ts';
import { createSchemas, type Schemas } from './schema.ts';
import { settingsOf, type SettingsRead } from './schema-settings.ts';
import { warningsOf, type Warning } from './warnings.ts';

const MAX_BYTES = 10_000_000;
const MAX_PLACES = 100;

/** What is checked like everything else but has no effect yet. */
const notActedOn = (definitions: readonly Definition[]): readonly string[] =>
  definitions
    .filter(({ kind, spec }) => kind === 'app' && isMapping(spec) && spec['deploy'] !== undefined)
    .map(({ name }) => `deploy of ${name}`);

/** The schemas made from Dozor's own lists of kinds. */
export const SCHEMAS: Schemas = createSchemas({ kinds: KINDS, channels: CHANNELS });

/** Reads the configuration file, finds all its mistakes at once. @throws Fault CONFIG_UNREADABLE or CONFIG_INVALID with every place. */
export const loadConfig: LoadConfig = async (file, secrets) => loadText(await readConfigText(file), file, secrets);

/** The text of a configuration file. @throws Fault CONFIG_UNREADABLE when it is not there, no file, too large, or no UTF-8. */
export const readConfigText = async (file: string): Promise<string> => {
  const bytes = await readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('CONFIG_UNREADABLE', `${file} is not UTF-8 text`, 'save it as UTF-8', { cause });
  }
};

const UNREADABLE: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: [
    'is not there',
    'name another one with --config, or start without a file: dozor up https://api.example.com/health',
  ],
  EACCES: ['may not be read by this user', 'give the user that runs Dozor the right to read it'],
  EISDIR: ['is a folder, not a file', 'name the file in it'],
};

const readBytes = async (file: string): Promise<Buffer> => {
  try {
    const { size } = await stat(file);
    if (size <= MAX_BYTES) return await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const [what, hint] = UNREADABLE[code] ?? [`cannot be read (${code})`, ''];
    throw new Fault('CONFIG_UNREADABLE', `${file} ${what}`, hint, { cause });
  }
  throw new Fault(
    'CONFIG_UNREADABLE',
    `${file} is larger than 10 MB`,
    'a configuration is some kilobytes; is it the right file?',
  );
};

/** A text that was read and looked at from all sides, right or wrong. */
export interface Reading {
  readonly document: SourceDocument;
  /** Undefined when it is no YAML mapping at all. */
  readonly parsed: Parsed<Readonly<Record<string, unknown>>> | undefined;
  readonly mistakes: readonly Mistake[];
}

/** Reads a configuration's text without judging it: all mistakes are in the answer. Never throws for what the text holds. */
export const readText = (text: string, secrets: SecretSource): Reading => {
  const document = readDocument(text.replace(/^\uFEFF/, ''));
  if (document.value === undefined && document.mistakes.length > 0)
    return { document, parsed: undefined, mistakes: document.mistakes };
  if (document.value === undefined || document.value === null)
    return {
      document,
      parsed: undefined,
      mistakes: [rootMistake('is empty', 'docs/configuration.md begins with a small example')],
    };
  if (!isMapping(document.value))
    return {
      document,
      parsed: undefined,
      mistakes: [rootMistake('must be a mapping: lines of key: value', 'begin with services:')],
    };
  const parsed = parseResolved(SCHEMAS.file, document.value, secrets);
  const line = (path: Path): number => document.position(path, 'value').line;
  const crossed = withoutValues(crossCheck(parsed.resolved.value, line, implicitChannels(secrets)), parsed.resolved);
  const channels = checkChannels(parsed.resolved, SCHEMAS);
  const known = new Set(document.mistakes.map((mistake) => pathKey(mistake.path)));
  const further = [...parsed.mistakes, ...crossed, ...channels].filter(({ path }) => !known.has(pathKey(path)));
  return { document, parsed, mistakes: [...document.mistakes, ...further] };
};

const rootMistake = (message: string, hint: string): Mistake => ({ path: [], at: 'value', message, hint });

/** Turns a configuration's text into settings and definitions; `file` is only its name. @throws Fault CONFIG_INVALID with every place that is wrong. */
export const loadText = (text: string, file: string, secrets: SecretSource): LoadedConfig => {
  const { document, parsed, mistakes } = readText(text, secrets);
  if (mistakes.length > 0 || parsed?.output === undefined) throw invalid(file, document, mistakes);
  const read = parsed.output;
  const settings = settingsOf(read as unknown as SettingsRead);
  const written = document.value ?? {};
  const defined = definitionsOf({
    written,
    resolved: parsed.resolved.value,
    timezone: settings.timezone,
    seams: SCHEMAS.seams,
    place: (path) => ({ file, ...document.position(path, 'value') }),
  });
  const definitions = withImplicit(defined, secrets, SCHEMAS.seams);
  return {
    settings,
    definitions,
    notActedOn: notActedOn(definitions),
    warnings: warningsOf(definitions).map((warning) => warningPlace(warning)),
    files: [file, ...parsed.resolved.files],
  };
};

const warningPlace = ({ about, message, hint }: Warning): FaultPlace => ({
  path: about === undefined ? '' : [about.parent, about.name].filter((part) => part !== undefined).join('/'),
  message,
  ...(hint === undefined ? {} : { hint }),
  ...about?.place,
});

/** The places of mistakes in the file's order, each with line and column. */
export const placesOf = (file: string, document: SourceDocument, mistakes: readonly Mistake[]): readonly FaultPlace[] =>
  mistakes
    .map(({ path, at, message, hint, position }) => ({
      path: pathText(path),
      message,
      ...(hint === undefined ? {} : { hint }),
      file,
      ...(position ?? document.position(path, at)),
    }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);

const invalid = (file: string, document: SourceDocument, mistakes: readonly Mistake[]): Fault => {
  const all = placesOf(file, document, mistakes);
  const places = all.slice(0, MAX_PLACES);
  const count = all.length === 1 ? 'a mistake' : `${all.length} mistakes`;
  const more = all.length > places.length ? ` (the first ${places.length} are shown)` : '';
  return new Fault(
    'CONFIG_INVALID',
    `${file} has ${count}${more}`,
    'nothing was changed; mend the file and try again',
    { places },
  );
};
