import { resolve } from 'node:path';
import type { Crash } from '#diagnose/crash.ts';
import { diagnose } from '#diagnose/rules/index.ts';
import { wordFinding } from '#diagnose/word.ts';
import { Fault } from '#kernel/fault.ts';
import { LOCALES, type Locale } from '#kernel/locale.ts';
import type { CommandContext, Define } from './command.ts';
import { diagnoseNamed, type DiagnoseAppOptions } from './diagnose-app.ts';
import { readCrashFile } from './crash-file.ts';
import { findingsText } from './findings-text.ts';
import { reaches } from './ssh-option.ts';

/** The options of `dozor diagnose`, as given. */
export interface DiagnoseOptions extends DiagnoseAppOptions {
  readonly from?: string;
  readonly exit?: string;
  readonly signal?: string;
  readonly node?: string;
  readonly json?: boolean;
  readonly locale: string;
}

const localeOf = (given: string): Locale => {
  const locale = LOCALES.find((one) => one === given);
  if (locale === undefined)
    throw new Fault('USAGE', `There is no language ${given}.`, `One of: ${LOCALES.join(', ')}.`);
  return locale;
};

/** `none`, as tools write it when a signal ended the program. */
const isNone = (given: string | undefined): boolean => given === undefined || /^(?:|none|null|-)$/i.test(given);

const exitOf = (given: string | undefined): number | undefined => {
  if (given === undefined || isNone(given)) return undefined;
  if (!/^\d{1,10}$/.test(given))
    throw new Fault('USAGE', `${given} is no exit code.`, '--exit takes a number, 0 to 255.');
  return Number(given);
};

const signalOf = (given: string | undefined): string | undefined => {
  if (given === undefined || isNone(given)) return undefined;
  if (!/^(?:SIG)?[A-Z0-9+-]{1,12}$/i.test(given))
    throw new Fault('USAGE', `${given} is no signal.`, '--signal takes a name such as SIGKILL.');
  return given;
};

const crashOf = async (from: string, options: DiagnoseOptions, cwd: string): Promise<Crash> => {
  const exitCode = exitOf(options.exit);
  const signal = signalOf(options.signal);
  const output = await readCrashFile(from === '-' ? from : resolve(cwd, from));
  return {
    output,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(options.node === undefined ? {} : { nodeVersion: options.node }),
  };
};

const fromOutput = async (from: string, options: DiagnoseOptions, { terminal }: CommandContext): Promise<void> => {
  const locale = localeOf(options.locale);
  const crash = await crashOf(from, options, terminal.cwd);
  const findings = diagnose(crash).map((finding) => wordFinding(finding, locale));
  terminal.out(options.json === true ? `${JSON.stringify({ findings })}\n` : findingsText(findings, locale, terminal));
};

const run = async (app: string | undefined, options: DiagnoseOptions, context: CommandContext): Promise<void> => {
  if (options.from === undefined) return diagnoseNamed(app, options, localeOf(options.locale), context);
  if (app !== undefined)
    throw new Fault('USAGE', `Either an app (${app}) or --from, not both.`, 'A saved output is judged alone.');
  await fromOutput(options.from, options, context);
};

/** `dozor diagnose`: what ended a program, ranked. */
export const define: Define = (command, context) => {
  reaches(command)
    .description(
      'Says how an app stands and why it died: its last lines, the facts around it, what its next start would do, then causes, best first, each with its evidence and what to do. Changes nothing; needs no brain.',
    )
    .argument('[app]', 'its name in PM2, dozor.yaml or systemd; not needed where there is only one')
    .option('--dir <dir>', "the app's folder")
    .option('-c, --config <file>', 'take the app from this dozor.yaml')
    .option('--pm2-home <dir>', "PM2's folder (PM2_HOME, ~/.pm2)")
    .option('--health <url>', "the app's health address")
    .option('--env-file <file>', 'the file of environment variables')
    .option('--no-trial', 'do not boot it beside itself to see what its next start would do')
    .option('--from <file>', 'judge a saved crash output alone; - is standard input')
    .option('--exit <code>', 'with --from: the exit code it ended with')
    .option('--signal <name>', 'with --from: the signal that ended it')
    .option('--node <version>', 'with --from: the version of its Node, where the output does not say it')
    .option('--locale <language>', 'en or ru', 'en')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Examples:
  dozor diagnose onai-backend
  dozor diagnose --dir /var/www/app/backend --locale ru
  dozor diagnose onai-backend --ssh root@203.0.113.30 --json
  dozor diagnose --from ~/.pm2/logs/api-error.log
  dozor diagnose --from crash.txt --exit 1 --json
  node server.js 2>&1 | dozor diagnose --from -

Exit code with an app 0: up; 1: down, or its next start would fail. More: docs/diagnosis.md`,
    )
    .action(async (app: string | undefined, options: DiagnoseOptions) => run(app, options, context));
};
