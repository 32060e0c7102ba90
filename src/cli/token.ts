import type { TokenView } from '#api/contract.ts';
import { Fault } from '#kernel/fault.ts';
import { asks, change, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { moment } from './moment.ts';
import { spanOf } from './span-option.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface CreateOptions extends ChangeOptions {
  readonly scope: string;
  readonly expires?: string;
}

const SCOPES = ['viewer', 'responder', 'admin'];

const create = async (name: string, options: CreateOptions, terminal: Terminal): Promise<void> => {
  if (!SCOPES.includes(options.scope))
    throw new Fault('USAGE', `"${options.scope}" is no scope.`, `Choose one of ${SCOPES.join(', ')}.`);
  const body = {
    name,
    scope: options.scope,
    ...(options.expires === undefined
      ? {}
      : { expiresAt: new Date(Date.now() + spanOf(options.expires)).toISOString() }),
  };
  await change(
    {
      would: `create the token ${name} (${options.scope})`,
      plan: body,
      act: async () => (await connect(options, terminal).post('/tokens', body)) as { secret: string },
      done: ({ secret }) => `${secret}\nIt is shown once. Use it as DOZOR_TOKEN, or as Authorization: Bearer …`,
    },
    options,
    terminal,
  );
};

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/tokens')) as { items: TokenView[] };
  const at = (time: string): string => moment(Date.parse(time), Date.now());
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'No tokens.\n'
      : table(
          page.items.map((token) => [
            token.id,
            token.name,
            token.kind,
            token.scope,
            token.usedAt === undefined ? 'never used' : `used ${at(token.usedAt)}`,
            token.expiresAt === undefined ? '' : `until ${at(token.expiresAt)}`,
          ]),
        ),
  );
};

/** `dozor token`: create, list, revoke. */
export const define: Define = (command, { terminal }) => {
  command
    .description('Tokens for the API and for `dozor` on other machines. Only their hashes are stored.')
    .addHelpText('after', '\nExamples:\n  dozor token create laptop --scope responder\n  dozor token revoke 01J…');
  changes(command.command('create <name>'))
    .summary('make one; its secret is shown once')
    .option('--scope <scope>', 'viewer, responder or admin', 'viewer')
    .option('--expires <span>', 'valid for so long (for ever)')
    .action(async (name: string, options: CreateOptions) => create(name, options, terminal));
  asks(command.command('list'))
    .summary('list them, without secrets')
    .action(async (options: AskOptions) => list(options, terminal));
  changes(command.command('revoke <id>'))
    .summary('make one worthless')
    .action(async (id: string, options: ChangeOptions) =>
      change(
        {
          would: `revoke ${id}`,
          plan: { id },
          act: async () => await connect(options, terminal).remove(`/tokens/${segment(id)}`),
          done: () => `${id} is worthless now.`,
        },
        options,
        terminal,
      ),
    );
};
