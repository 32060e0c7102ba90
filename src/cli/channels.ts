import type { ChannelView } from '#api/contract.ts';
import type { ChannelTest } from '#engine/brain.ts';
import { Fault } from '#kernel/fault.ts';
import { asks, changes, segment, show, type AskOptions, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** A test waits for the tries of a slow channel. */
const TEST_TIMEOUT_MS = 120_000;

const list = async (options: AskOptions, terminal: Terminal): Promise<void> => {
  const page = (await connect(options, terminal).get('/channels')) as { items: ChannelView[] };
  show(page, options, terminal, () =>
    page.items.length === 0
      ? 'No channels: nobody would be told.\n'
      : table(
          page.items.map((channel) => [
            channel.name,
            channel.kind,
            channel.contact,
            channel.cap?.perDay === undefined ? '' : `at most ${channel.cap.perDay} a day`,
            channel.fault === undefined ? '' : terminal.paint('red', channel.fault),
          ]),
        ),
  );
};

const testText = (test: ChannelTest): string => {
  const tries = test.attempts === 1 ? '' : ` after ${test.attempts} tries`;
  const left =
    test.balance === undefined ? '' : `; ${test.balance.amount} ${test.balance.currency ?? ''} left`.trimEnd();
  return `${test.channel}: accepted in ${Math.round(test.tookMs)} ms${tries}${left}\n`;
};

const test = async (name: string, options: ChangeOptions, terminal: Terminal): Promise<void> => {
  const client = connect(options, terminal);
  const channel = (await client.get(`/channels/${segment(name)}`)) as { name: string };
  if (options.dryRun === true)
    return show(
      { dryRun: true, channel: channel.name },
      options,
      terminal,
      () => `Would send a test to ${channel.name}.\n`,
    );
  const result = (await client.post(`/channels/${segment(name)}/test`, {}, TEST_TIMEOUT_MS)) as ChannelTest;
  if (result.accepted || options.json === true) show(result, options, terminal, () => testText(result));
  if (!result.accepted)
    throw new Fault(
      'CHANNEL_FAILED',
      `${name} did not take it (${Math.round(result.tookMs)} ms, ${result.attempts} tries): ${result.error ?? 'no reason was given'}.`,
      result.permanent === true ? 'It will not work by trying again: look at its configuration.' : '',
    );
};

/** `dozor channels`: list, test. */
export const define: Define = (command, { terminal }) => {
  command.description('The ways to people.').addHelpText(
    'after',
    `
Examples:
  dozor channels
  dozor channels test tg        sends through the whole path and says how long it took`,
  );
  asks(command.command('list'))
    .summary('list them, and what is wrong with them')
    .action(async (options: AskOptions) => list(options, terminal));
  changes(command.command('test <name>'))
    .summary('send a test message through the whole path')
    .action(async (name: string, options: ChangeOptions) => test(name, options, terminal));
};
