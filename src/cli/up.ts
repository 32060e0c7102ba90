import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { lineLog } from '#engine/log.ts';
import { startBrain, type Running } from '#engine/start.ts';
import { systemClock } from '#engine/system-clock.ts';
import { redact } from '#network/redact.ts';
import { readEnvironment, secretsFrom } from '#config/environment.ts';
import { catalog } from '#i18n/catalog.ts';
import { parseListen } from './address.ts';
import type { Define } from './command.ts';
import { dataFolder } from './data-folder.ts';
import { outlive } from './outlive.ts';
import { ping } from './ping.ts';
import { serve, type Serving } from './serve.ts';
import type { Terminal } from './terminal.ts';
import { reloadText } from './reload-text.ts';
import { startReport } from './up-report.ts';
import { verdictLine } from './verdict-line.ts';
import { VERSION } from './version-number.ts';

interface UpOptions {
  readonly config?: string;
  readonly data?: string;
  readonly listen?: string;
}

interface Started {
  readonly running: Running;
  readonly serving: Serving;
  /** Prints what was held back, and from now on at once. */
  readonly release: () => void;
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

/** Keeps what happens before the report is printed, so that the report comes first. */
const heldBack = (terminal: Terminal) => {
  let waiting: (() => string)[] | undefined = [];
  const print = (line: () => string): void => terminal.out(`${line()}\n`);
  return {
    line: (line: () => string): void => void (waiting === undefined ? print(line) : waiting.push(line)),
    release: (): void => {
      for (const line of waiting ?? []) print(line);
      waiting = undefined;
    },
  };
};

const start = async (urls: readonly string[], options: UpOptions, terminal: Terminal): Promise<Started> => {
  const file = configFile(options, urls, terminal);
  const listen = options.listen ?? readEnvironment(terminal.env).listen;
  const dataDir = dataFolder(options.data, terminal);
  const log = lineLog(
    (line) => terminal.error(`${line}\n`),
    () => systemClock.now(),
    redact,
  );
  outlive((where, error) => log.bug(where, error));
  const held = heldBack(terminal);
  const running: Running = await startBrain({
    urls,
    dataDir,
    log,
    ping,
    version: VERSION,
    secrets: secretsFrom(terminal.env),
    onVerdict: (change) =>
      held.line(() => verdictLine(change, running.brain, running.brain.settings().locale, terminal)),
    onNote: (text) => held.line(() => text),
    onReload: (outcome) => held.line(() => reloadText(outcome, catalog(running.brain.settings().locale).cli, terminal)),
    ...(file === undefined ? {} : { configFile: file }),
    ...(listen === undefined ? {} : { listen: parseListen(listen) }),
  });
  try {
    return { running, serving: await serve(running, dataDir, log), release: held.release };
  } catch (error) {
    await running.brain.stop();
    throw error;
  }
};

const up = async (urls: readonly string[], options: UpOptions, terminal: Terminal): Promise<void> => {
  const { running, serving, release } = await start(urls, options, terminal);
  const words = catalog(running.brain.settings().locale).cli;
  const stopped = stopSignal(() => terminal.out(`${words.stopping}\n`));
  terminal.out(startReport(running.brain, { ...serving, notActedOn: running.config.notActedOn }, terminal));
  release();
  void running.unpaired().then((waiting) => {
    for (const { channel, handle, url, problem } of waiting)
      terminal.out(
        problem === undefined
          ? `${terminal.paint('bold', words.pair(handle, url))}\n`
          : `${terminal.paint('red', words.cannotPair(channel, problem))}\n`,
      );
  });
  await stopped;
  await serving.close();
  await running.brain.stop();
  terminal.out(`${words.stopped}\n`);
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
