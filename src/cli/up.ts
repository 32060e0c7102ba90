import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment, secretsFrom } from '#config/environment.ts';
import { catalog } from '#i18n/catalog.ts';
import { parseListen } from './address.ts';
import type { Define } from './command.ts';
import { dataFolder } from './data-folder.ts';
import type { Terminal } from './terminal.ts';
import { startReport } from './up-report.ts';

interface UpOptions {
  readonly config?: string;
  readonly data?: string;
  readonly listen?: string;
}

const configFile = (options: UpOptions, urls: readonly string[], terminal: Terminal): string | undefined => {
  const named = options.config ?? readEnvironment(terminal.env).config;
  if (named !== undefined) return resolve(terminal.cwd, named);
  const here = resolve(terminal.cwd, 'dozor.yaml');
  return urls.length === 0 && existsSync(here) ? here : undefined;
};

/** Resolves at the first signal to stop; a second one ends the process at once. */
const stopSignal = async (onFirst: () => void): Promise<void> =>
  new Promise((done) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
      isStopping = true;
      onFirst();
      done();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });

const up = async (urls: readonly string[], options: UpOptions, terminal: Terminal): Promise<void> => {
  const file = configFile(options, urls, terminal);
  const listen = options.listen ?? readEnvironment(terminal.env).listen;
  const { startBrain } = await import('#engine/start.ts');
  const running = await startBrain({
    urls,
    dataDir: dataFolder(options.data, terminal),
    secrets: secretsFrom(terminal.env),
    log: (line) => terminal.error(`${line}\n`),
    onLine: (line) => terminal.out(`${line}\n`),
    ...(file === undefined ? {} : { configFile: file }),
    ...(listen === undefined ? {} : { listen: parseListen(listen) }),
  });
  const { locale } = running.brain.settings();
  terminal.out(startReport(running.brain, { url: running.url, signInLink: running.signInLink, locale }, terminal));
  await stopSignal(() => terminal.out(`${catalog(locale).cli.stopping}\n`));
  await running.stop();
  terminal.out(`${catalog(locale).cli.stopped}\n`);
};

/** `dozor up`: starts the watch and stays. */
export const define: Define = (command: Command, { terminal }) => {
  command
    .description('Starts the watch: checks at once, prints what it watches, and stays until it is stopped.')
    .argument('[urls...]', 'URLs to watch, besides what the file defines')
    .option('-c, --config <file>', 'the configuration (DOZOR_CONFIG; dozor.yaml in this folder when no URL is named)')
    .option('-d, --data <dir>', 'the data folder (DOZOR_DATA; .dozor in this folder)')
    .option('-l, --listen <host:port>', 'the address of page and API (DOZOR_LISTEN; 127.0.0.1:4600)')
    .addHelpText(
      'after',
      `
Examples:
  dozor https://api.example.com/health
  TELEGRAM_BOT_TOKEN=… dozor https://api.example.com/health https://example.com
  dozor up --config /etc/dozor/dozor.yaml --data /var/lib/dozor`,
    )
    .action(async (urls: string[], options: UpOptions) => up(urls, options, terminal));
};
