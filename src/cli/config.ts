import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEnvironment, secretsFrom } from '#config/environment.ts';
import type { FaultPlace } from '#kernel/fault.ts';
import { Fault } from '#kernel/fault.ts';
import type { Explained } from '#config/explain.ts';
import type { Define } from './command.ts';
import { faultText } from './fault-text.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

const PLURALS: Readonly<Record<string, string>> = { policy: 'policies', maintenance: 'maintenance windows' };

interface Options {
  readonly json?: boolean;
}

const fileOf = (named: string | undefined, terminal: Terminal): string =>
  resolve(terminal.cwd, named ?? readEnvironment(terminal.env).config ?? 'dozor.yaml');

/** Here the file is an argument, so the advice for a start would mislead. */
const missing = (file: string, command: string): void => {
  if (!existsSync(file))
    throw new Fault('CONFIG_UNREADABLE', `${file} is not there`, `Name the file: dozor config ${command} FILE`);
};

const warningText = (places: readonly FaultPlace[], terminal: Terminal): string =>
  places.length === 0
    ? ''
    : faultText(new Fault('CONFIG_INVALID', 'It can be used, but:', '', { places }), terminal).replace(
        'dozor:',
        'warning:',
      );

const check = async (named: string | undefined, options: Options, terminal: Terminal): Promise<void> => {
  const { loadConfig } = await import('#config/load.ts');
  const file = fileOf(named, terminal);
  missing(file, 'check');
  const { definitions, notActedOn, warnings } = await loadConfig(file, secretsFrom(terminal.env));
  const counts = Object.fromEntries(
    Object.entries(Object.groupBy(definitions, ({ kind }) => kind)).map(([kind, all]) => [kind, all.length]),
  );
  if (options.json === true)
    return terminal.out(`${JSON.stringify({ file, ok: true, counts, notActedOn, warnings })}\n`);
  const found = Object.entries(counts).map(
    ([kind, count]) => `${count} ${count === 1 ? kind : (PLURALS[kind] ?? `${kind}s`)}`,
  );
  terminal.out(`${file} is right: ${found.join(', ') || 'nothing is defined in it'}\n`);
  if (notActedOn.length > 0) terminal.out(`Valid, but not acted on yet: ${notActedOn.join(', ')}\n`);
  terminal.error(warningText(warnings, terminal));
};

const originText = ({ origin }: Explained): string => {
  if (origin.from === 'default') return 'default';
  const names = origin.from === 'environment' ? ` (${origin.names.join(', ')})` : '';
  return `line ${origin.line}${names}`;
};

const explain = async (named: string | undefined, options: Options, terminal: Terminal): Promise<void> => {
  const room = await import('#config/explain.ts');
  const file = fileOf(named, terminal);
  missing(file, 'explain');
  const explanation = await room.explain(file, secretsFrom(terminal.env));
  if (options.json === true) return terminal.out(`${JSON.stringify(explanation)}\n`);
  terminal.out(
    table(
      explanation.values.map((one) => [
        one.path,
        JSON.stringify(one.value),
        terminal.paint('gray', originText(one)),
        terminal.paint('gray', one.description ?? ''),
      ]),
    ),
  );
  if (explanation.mistakes.length > 0)
    throw new Fault('CONFIG_INVALID', 'It has mistakes:', '', { places: explanation.mistakes });
};

const schema = async (target: string | undefined, terminal: Terminal): Promise<void> => {
  const { fileJsonSchema } = await import('#config/json-schema.ts');
  const text = `${JSON.stringify(fileJsonSchema(), null, 2)}\n`;
  if (target === undefined) return terminal.out(text);
  const file = resolve(terminal.cwd, target);
  if (existsSync(file)) throw new Fault('CONFLICT', `${file} is there already.`, 'Name another file.');
  writeFileSync(file, text);
  terminal.out(`${file}\nFirst line of dozor.yaml for editors: # yaml-language-server: $schema=${target}\n`);
};

/** `dozor config`: check, explain, schema. */
export const define: Define = (command, { terminal }) => {
  command.description('Checks and explains the configuration, without a running brain.').addHelpText(
    'after',
    `
Examples:
  dozor config check dozor.yaml
  dozor config explain | grep detection
  dozor config schema dozor.schema.json`,
  );
  command
    .command('check [file]')
    .summary('find all mistakes at once (exit 3)')
    .option('--json', 'for programs')
    .action(async (file: string | undefined, options: Options) => check(file, options, terminal));
  command
    .command('explain [file]')
    .summary('each value that holds, and where it comes from')
    .option('--json', 'for programs')
    .action(async (file: string | undefined, options: Options) => explain(file, options, terminal));
  command
    .command('schema [target]')
    .summary('JSON Schema for editors, printed or written to a new file')
    .option('--json', 'it always is')
    .action(async (target: string | undefined) => schema(target, terminal));
};
