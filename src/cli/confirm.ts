import { Fault } from '#kernel/fault.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks before something is changed. With `yes` nothing is asked.
 * @throws Fault USAGE when there is nobody to ask
 */
export const confirmed = async (question: string, yes: boolean, terminal: Terminal): Promise<boolean> => {
  if (yes) return true;
  if (!terminal.isInteractive)
    throw new Fault(
      'USAGE',
      'Nothing was changed: there is nobody to ask.',
      'Call it again with --yes to do it, or with --dry-run to see the plan only.',
    );
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question, initialValue: false });
  return !isCancel(answer) && answer;
};
