import type { WatcherView } from '#api/contract.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { lasted } from './moment.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

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
  asks(command.command('list', { isDefault: true }))
    .summary('list them')
    .action(async (options: AskOptions) => list(options, terminal));
  changes(command.command('code <name>'))
    .summary('print the code with which a witness joins (once, 15 minutes)')
    .action(async (name: string, options: ChangeOptions) =>
      change(
        {
          would: `make a join code for the witness ${name}`,
          plan: { watcher: name },
          act: async () =>
            (await connect(options, terminal).post(`/watchers/${segment(name)}/code`)) as { code: string },
          done: ({ code }) => `${code}\nOn the other machine: dozor join ${code}`,
        },
        options,
        terminal,
      ),
    );
};
