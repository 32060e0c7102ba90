import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version-number.ts';

/** The exit code of a bug: nothing that the person did. */
export const BUG_EXIT = 70;

const EXAMPLES = `
Examples:
  dozor https://api.example.com/health      watch a URL: checks at once, tells by Telegram when TELEGRAM_BOT_TOKEN is set
  dozor up --config dozor.yaml              watch what a file defines
  dozor check https://api.example.com       ask once: exit 0 up, 1 down, 2 can't tell
  dozor status                              how everything stands

From another machine: set DOZOR_URL and DOZOR_TOKEN (dozor token create NAME).
Exit codes: docs/exit-codes.md`;

const HELP = new Set(['-h', '--help', '-V', '--version']);

const URL_LIKE = /^[a-z][a-z0-9+.-]*:\/\//i;
const HOST_AND_PORT = /^([\w.-]+|\[[\da-f:.]+\]):\d{1,5}(\/|$)/i;
const HOST_WITH_DOT = /^[a-z\d-]+(\.[a-z\d-]+)+(\/|$)/i;
/** A file's name has a dot as well, and is no host. */
const FILE = /\.(ya?ml|json|key|db)$/i;

const isTarget = (word: string): boolean =>
  URL_LIKE.test(word) || HOST_AND_PORT.test(word) || (HOST_WITH_DOT.test(word) && !FILE.test(word));

/** A URL, a host with a port or a dot, or nothing that names a command, means `up`. */
export const withDefaultCommand = (argv: readonly string[]): readonly string[] => {
  const [first] = argv;
  if (first === undefined || isTarget(first)) return ['up', ...argv];
  const isPlainOption = first.startsWith('-') && !HELP.has(first);
  return isPlainOption ? ['up', ...argv] : argv;
};

/** For programs wrong usage is JSON as all other errors are; `run` writes it. */
const quiet = (command: Command, terminal: Terminal, isForPrograms: boolean): Command =>
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(isForPrograms ? false : '(--help says more)')
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.error(text),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      outputError: (text, write) => {
        if (!isForPrograms) write(text.replace(/^error: /, 'dozor: '));
      },
    });

/** A command that has `list` means it when nothing else is named; a wrong name must not be taken for its argument. */
const withUsual = (argv: readonly string[], command: Command): readonly string[] => {
  const [name = '', next] = argv;
  const hasList = command.commands.some((below) => below.name() === 'list');
  const isNamed = next !== undefined && (!next.startsWith('-') || HELP.has(next));
  return hasList && !isNamed ? [name, 'list', ...argv.slice(1)] : argv;
};

/** A command's own help says at least what the list of commands says of it. */
const described = (command: Command): Command => {
  const summary = command.summary();
  if (command.description() !== '' || summary === '') return command;
  return command.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
};

interface Program {
  readonly root: Command;
  readonly argv: readonly string[];
}

const program = async (argv: readonly string[], context: CommandContext): Promise<Program> => {
  const isForPrograms = argv.includes('--json');
  const root = quiet(new Command('dozor'), context.terminal, isForPrograms)
    .description('Sees within seconds that a backend is down, says what broke, tells people until somebody answers.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', EXAMPLES);
  const asked = argv[0] === 'help' ? argv[1] : argv[0];
  for (const entry of COMMANDS) {
    const command = quiet(root.command(entry.name), context.terminal, isForPrograms)
      .summary(entry.summary)
      .helpGroup(entry.group);
    if (entry.name !== asked) continue;
    const { define } = await entry.load();
    define(command, context);
    for (const below of command.commands) described(quiet(below, context.terminal, isForPrograms));
    if (argv[0] === entry.name) return { root, argv: withUsual(argv, command) };
  }
  return { root, argv };
};

/**
 * Runs one command line.
 * @returns the exit code; Faults and wrong usage are printed, a bug is printed with its stack and gives 70.
 */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const argv = withDefaultCommand(args);
  let code = 0;
  try {
    const called = await program(argv, { terminal, exit: (value) => (code = value) });
    await called.root.parseAsync([...called.argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const isForPrograms = argv.includes('--json');
    if (error instanceof CommanderError && !isForPrograms) return 2;
    const { faultText, faultJson, isFault, usageFault } = await import('./fault-text.ts');
    if (error instanceof CommanderError) {
      terminal.error(`${JSON.stringify(faultJson(usageFault(error.message)))}\n`);
      return 2;
    }
    if (!isFault(error)) {
      terminal.error(`dozor: this is a bug of Dozor's own.\n${error instanceof Error ? error.stack : String(error)}\n`);
      return BUG_EXIT;
    }
    terminal.error(isForPrograms ? `${JSON.stringify(faultJson(error))}\n` : faultText(error, terminal));
    return error.exit;
  }
};
