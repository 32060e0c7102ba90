import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEnvironment, secretsFrom } from '#config/environment.ts';
import { readConfigText, readText } from '#config/load.ts';
import type { Subject } from '#host/mend/subject.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import type { Terminal } from './terminal.ts';

type Written = Readonly<Record<string, unknown>>;

const PLACES = ['dozor.yaml', '/etc/dozor/dozor.yaml'];

const fileOf = (named: string | undefined, terminal: Terminal): string | undefined => {
  const file = named ?? readEnvironment(terminal.env).config;
  if (file !== undefined) return resolve(terminal.cwd, file);
  return PLACES.map((place) => resolve(terminal.cwd, place)).find((place) => existsSync(place));
};

const listOf = (value: unknown): readonly Written[] =>
  Array.isArray(value)
    ? (value as readonly unknown[]).filter((one): one is Written => typeof one === 'object' && one !== null)
    : [];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const addressOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text !== undefined && /^https?:/.test(text) && URL.canParse(text) ? text : undefined;
};

const subjectOf = (app: Written, host: Written | undefined): Subject => {
  const deploy = typeof app['deploy'] === 'object' && app['deploy'] !== null ? (app['deploy'] as Written) : {};
  const { artifacts } = app;
  return defined({
    name: textOf(app['name']),
    dir: textOf(app['dir']),
    manager: (['pm2', 'systemd', 'gate'] as const).find((one) => one === app['manager']),
    ecosystem: textOf(app['ecosystem']),
    envFile: textOf(app['envFile']),
    health: addressOf(app['health']),
    port: typeof deploy['port'] === 'number' ? deploy['port'] : undefined,
    artifacts: Array.isArray(artifacts) ? artifacts.filter((one): one is string => typeof one === 'string') : undefined,
    pm2Home: textOf(host?.['pm2Home']),
    isSingle: deploy['single'] === true ? true : undefined,
  });
};

/** What is asked of the configuration. */
export interface AppQuestion {
  readonly config?: string;
  readonly name?: string;
  readonly dir?: string;
}

const isMeant = (app: Written, { name, dir }: AppQuestion): boolean =>
  name === undefined ? dir !== undefined && app['dir'] === dir : app['name'] === name;

/**
 * What dozor.yaml says of an app, found by its name or folder; nothing when there is no file or it does not name it. Other parts of the file may be
 * wrong, or their secrets not set: at three in the morning they must not be in the way.
 * @throws Fault CONFIG_UNREADABLE, CONFIG_INVALID for a file that was named and is no YAML
 */
export const configuredApp = async (question: AppQuestion, terminal: Terminal): Promise<Subject> => {
  const file = fileOf(question.config, terminal);
  if (file === undefined) return {};
  const { document } = readText(await readConfigText(file), secretsFrom(terminal.env));
  if (document.value === undefined && question.config !== undefined)
    throw new Fault('CONFIG_INVALID', `${file} is no YAML.`, 'dozor config check says where.');
  const written = (document.value ?? {}) as Written;
  const app = listOf(written['apps']).find((one) => isMeant(one, question));
  if (app === undefined) return {};
  return subjectOf(
    app,
    listOf(written['hosts']).find(({ name }) => name === app['host']),
  );
};
