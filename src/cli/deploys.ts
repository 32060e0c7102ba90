import { change, changes, type ChangeOptions } from './asking.ts';
import { connect } from './client.ts';
import type { Define } from './command.ts';
import { spanOf } from './span-option.ts';

interface Options extends ChangeOptions {
  readonly service?: string;
  readonly release?: string;
  readonly by?: string;
  readonly grace?: string;
}

const bodyOf = (options: Options) => ({
  ...(options.service === undefined ? {} : { service: options.service }),
  ...(options.release === undefined ? {} : { version: options.release }),
  ...(options.by === undefined ? {} : { by: options.by }),
  ...(options.grace === undefined ? {} : { graceMs: spanOf(options.grace) }),
});

/** `dozor deploys`: announce. */
export const define: Define = (command, { terminal }) => {
  command
    .description(
      'A deploy that is announced has its own short blip forgiven, and is named as the last change if it goes wrong.',
    )
    .addHelpText('after', '\nExample:\n  dozor deploys announce --service "OnAI Backend API" --release 41 --by ci');
  changes(command.command('announce'))
    .summary('say that a deploy starts now')
    .option('--service <name>', 'the service (all, when none is named)')
    .option('--release <version>', 'what is deployed')
    .option('--by <who>', 'who or what deploys')
    .option('--grace <span>', 'for how long a blip is forgiven (90s)')
    .action(async (options: Options) => {
      const body = bodyOf(options);
      await change(
        {
          would: `announce a deploy of ${options.service ?? 'all services'}`,
          plan: body,
          act: async () => (await connect(options, terminal).post('/deploys', body)) as { services: string[] },
          done: ({ services }) => `Announced for ${services.length === 0 ? 'no service' : services.join(', ')}.`,
        },
        options,
        terminal,
      );
    });
};
