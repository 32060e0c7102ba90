import type { Command } from 'commander';
import type { Subject } from '#host/mend/subject.ts';
import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import { reaches, type SshOptions } from './ssh-option.ts';
import type { Terminal } from './terminal.ts';

/** Options of the commands that change an app. */
export interface MendOptions extends SshOptions {
  readonly config?: string;
  readonly pm2Home?: string;
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: string;
  readonly artifact?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly untried?: boolean;
}

const more = (value: string, all: readonly string[] | undefined): readonly string[] => [...(all ?? []), value];

/** Adds the options that say which app is meant and how it may be changed. */
export const mends = (command: Command): Command =>
  reaches(command)
    .option('-c, --config <file>', 'take the app from this dozor.yaml')
    .option('--pm2-home <dir>', "PM2's folder (PM2_HOME, ~/.pm2)")
    .option('--ecosystem <file>', 'the ecosystem file')
    .option('--env-file <file>', 'the file of environment variables')
    .option('--health <url>', "the app's health address")
    .option('--port <port>', 'the port that it listens on')
    .option('--artifact <glob>', 'what may be moved away (again for more; dist/ *.tar.gz *.tgz)', more)
    .option('--untried', 'do also what no trial boot can prove')
    .option('--dry-run', 'show the plan, change nothing')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'for programs');

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Fault('USAGE', `${text} is no port.`);
  return port;
};

const healthOf = (text: string | undefined): string | undefined => {
  if (text !== undefined && !(/^https?:\/\//.test(text) && URL.canParse(text)))
    throw new Fault('USAGE', `${text} is no address.`, 'Such as http://127.0.0.1:3000/health');
  return text;
};

/** What the options say of the app; what the configuration knows of it fills the gaps. */
export const subjectOf = (named: Subject, options: MendOptions, known: Subject = {}): Subject =>
  defined({
    ...known,
    ...defined({
      ...named,
      pm2Home: options.pm2Home,
      ecosystem: options.ecosystem,
      envFile: options.envFile,
      health: healthOf(options.health),
      port: portOf(options.port),
      artifacts: options.artifact,
    }),
  });

/** The first Ctrl-C takes back what was begun; the second ends at once. */
export const interruptible = async <T>(terminal: Terminal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    terminal.error(
      'Stopping: what was begun is taken back first. Once more to stop at once; the next run puts it right.\n',
    );
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
};

/** For programs nothing is changed without a word of theirs. @throws Fault USAGE */
export const mustAgree = ({ json, yes }: MendOptions, changes: boolean): void => {
  if (json === true && yes !== true && changes)
    throw new Fault(
      'USAGE',
      'Nothing was changed: for programs the plan has to be agreed to.',
      'Add --yes, or --dry-run.',
    );
};
