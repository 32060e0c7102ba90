import { asks, show, type AskOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';

interface Options extends AskOptions {
  readonly name: string;
  readonly scope: string;
}

/** `dozor sign-in`: prints a new one-time link. */
export const define: Define = (command, { terminal }) => {
  asks(command)
    .description('Prints a new one-time sign-in link for the page. It is good for 15 minutes and one use.')
    .option('--name <name>', 'who signs in', 'admin')
    .option('--scope <scope>', 'viewer, responder or admin', 'admin')
    .action(async (options: Options) => {
      const body = { name: options.name, scope: options.scope };
      const link = (await connect(options, terminal).post('/sign-in-links', body)) as { url: string };
      show(link, options, terminal, () => `${link.url}\n`);
    });
};
