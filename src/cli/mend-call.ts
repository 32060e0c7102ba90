import type { Json } from '#kernel/json.ts';
import { runRemotely } from '#ssh/run.ts';
import { MEND_ERRANDS } from '#host/mend/errands.ts';
import { interruptible, type MendOptions } from './mend-options.ts';
import { targetOf } from './ssh-option.ts';
import type { Terminal } from './terminal.ts';

const DOING: Readonly<Record<string, string>> = {
  try: 'Trial boot of the planned state …',
  'back-up': 'Backup …',
  apply: 'Applying …',
  verify: 'Waiting for the app to be healthy …',
  look: 'Looking at what is there …',
  revert: 'Taking back …',
};

const nowOf = (news: Json): string =>
  typeof news === 'object' && news !== null && 'now' in news && typeof news['now'] === 'string' ? news['now'] : '';

const teller = (terminal: Terminal, isQuiet: boolean): ((news: Json) => void) => {
  let last = '';
  return (news) => {
    const doing = DOING[nowOf(news)];
    if (isQuiet || doing === undefined || doing === last) return;
    last = doing;
    terminal.error(`${doing}\n`);
  };
};

/** How an order is given: here, or on another machine by ssh; both get the same order and give the same answer. */
export type Give = <View>(errand: string, order: object) => Promise<View>;

/** Makes the way to wherever the options say. */
export const giving = (
  options: MendOptions,
  terminal: Terminal,
  given: Readonly<Record<string, string>> = {},
): Give => {
  const target = targetOf(options, terminal);
  const progress = teller(terminal, options.json === true);
  return async <View>(name: string, order: object): Promise<View> =>
    interruptible(terminal, async (signal) => {
      if (target !== undefined)
        return (await runRemotely(target, name, { ...order, given } as unknown as Json, {
          onProgress: progress,
          signal,
        })) as View;
      return (await here(name, { ...order, given, cwd: terminal.cwd }, signal, progress)) as View;
    });
};

const here = async (
  name: string,
  input: object,
  signal: AbortSignal,
  progress: (news: Json) => void,
): Promise<unknown> => {
  const errand = MEND_ERRANDS[name];
  if (errand === undefined) throw new Error(`there is no errand ${name}`);
  return errand.run({ input, signal, progress, attachment: noAttachment });
};

async function* noAttachment(): AsyncGenerator<Buffer> {
  // Nothing comes with these orders.
}
