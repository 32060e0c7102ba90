import type { WatcherView } from '#api/contract.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { lasted } from './moment.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface CodeOptions extends ChangeOptions {
  readonly address?: string;
}

interface Code {
  readonly code: string;
  readonly addresses: readonly string[];
}

const address = (options: CodeOptions): { readonly address?: string } =>
  options.address === undefined ? {} : { address: options.address };

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/watchers')) as { items: WatcherView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? `${terminal.paint('red', 'Nobody watches the watch: if this machine dies, nobody will tell you.')}\n`
      : table(
          page.items.map((one) => [
            one.name,
            one.kind,
            terminal.paint(one.state === 'answers' ? 'green' : 'red', one.state),
            one.lastAt === undefined ? 'never' : `${lasted(Date.now() - Date.parse(one.lastAt))} ago`,
            one.detail ?? '',
          ]),
        ),
  );
};

/** `dozor watchers`: list, code. */
export const define: Define = (command, { terminal }) => {
  command.description("Who watches the watch: witnesses on other machines and dead-man's URLs.").addHelpText(
    'after',
    `
A witness in two minutes:
  here             dozor watchers code office
  over there       npx -p node@24 -p dozor dozor join CODE
                   npx -p node@24 -p dozor dozor witness      (or: sudo dozor install --witness)
A dead-man's URL: under watchers: in dozor.yaml (docs/watchers.md).`,
  );
  asks(command.command('list'))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  changes(command.command('code <name>'))
    .summary('print the code with which a witness joins (once, 30 minutes)')
    .option('--address <host:port>', 'where the witness reaches this Dozor, when that is none of its own addresses')
    .action(async (name: string, options: CodeOptions) =>
      change(
        {
          would: `make a join code for the witness ${name}`,
          plan: { watcher: name, ...address(options) },
          act: async () =>
            (await connect(options, terminal).post(`/watchers/${segment(name)}/code`, address(options))) as Code,
          done: ({ code, addresses }) =>
            `${code}\nOn the other machine, once, within 30 minutes: dozor join ${code}\nIt will look for this Dozor at ${addresses.join(', ')}.`,
        },
        options,
        terminal,
      ),
    );
};
