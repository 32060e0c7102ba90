import type { RecoverView } from '#host/mend/recover.ts';
import { defined } from '#kernel/defined.ts';
import type { CommandContext, Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { giving } from './mend-call.ts';
import { configuredApp } from './mend-config.ts';
import { mends, mustAgree, subjectOf, type MendOptions } from './mend-options.ts';
import { planText, runText, triedText } from './mend-text.ts';
import type { Terminal } from './terminal.ts';

interface Options extends MendOptions {
  readonly dir?: string;
  readonly force?: boolean;
}

const printPlan = (view: RecoverView, terminal: Terminal): void => {
  terminal.out(`${terminal.paint('bold', view.app)} in ${view.dir}: ${view.health.before.text}\n`);
  if (view.plan === undefined)
    terminal.out('It is well: there is nothing to recover (--force restarts it all the same).\n');
  else terminal.out(`\n${planText({ ...view.plan, title: 'Recovery' }, terminal)}\n`);
};

const printEnd = (view: RecoverView, terminal: Terminal): void => {
  if (view.settled !== undefined) terminal.out(`${view.settled}\n`);
  if (view.tried !== undefined) terminal.out(triedText({ ...view.tried, findings: [] }, terminal));
  if (view.run !== undefined) terminal.out(runText(view.run, terminal));
  for (const { title, remedy, confidence, evidence } of view.findings.slice(0, 3)) {
    terminal.out(`${terminal.paint('red', title)} (${Math.round(confidence * 100)} %)\n`);
    for (const { text } of evidence.slice(0, 3)) terminal.out(`  ${text}\n`);
    if (remedy !== '') terminal.out(`  → ${remedy}\n`);
  }
  const { after } = view.health;
  if (after !== undefined) terminal.out(`${terminal.paint(after.healthy ? 'green' : 'red', after.text)}\n`);
};

const orderOf = async (app: string, options: Options, terminal: Terminal): Promise<object> => {
  const known = await configuredApp(defined({ config: options.config, name: app }), terminal);
  const subject = subjectOf(defined({ name: app, dir: options.dir }), options, known);
  return { subject, locale: 'en', force: options.force === true };
};

const showPlan = (plan: RecoverView, { json, dryRun }: Options, terminal: Terminal): void => {
  if (json !== true) printPlan(plan, terminal);
  if (dryRun !== true) return;
  terminal.out(json === true ? `${JSON.stringify(plan)}\n` : 'Nothing was changed (--dry-run).\n');
};

const recover = async (app: string, options: Options, { terminal, exit }: CommandContext): Promise<void> => {
  const order = await orderOf(app, options, terminal);
  const give = giving(options, terminal);
  const plan = await give<RecoverView>('recover', order);
  showPlan(plan, options, terminal);
  if (options.dryRun === true) return;
  mustAgree(options, plan.plan !== undefined);
  const isAgreed = plan.plan === undefined || (await confirmed('Do this?', options.yes === true, terminal));
  if (!isAgreed) return terminal.out('Nothing was changed.\n');
  const view = await give<RecoverView>('recover-apply', order);
  if (view.health.after?.healthy !== true) exit(1);
  if (options.json === true) return terminal.out(`${JSON.stringify(view)}\n`);
  printEnd(view, terminal);
};

/** `dozor recover`: the document's quick recovery, tried beforehand and verified. */
export const define: Define = (command, context) => {
  mends(command)
    .description(
      "Brings an app back: deletes it from PM2's list when it is broken there, moves stale artifacts away, starts its ecosystem file, saves the list; health before and after. What does not help is taken back.",
    )
    .argument('<app>', 'its name in PM2')
    .option('--dir <dir>', "the app's folder, where PM2 does not know it")
    .option('--force', 'also when it is well')
    .addHelpText(
      'after',
      `
Examples:
  dozor recover onai-backend --dry-run
  dozor recover onai-backend --yes
  dozor recover onai-backend --ssh root@203.0.113.30 --dir /var/www/app/backend

Exit code 0: healthy at the end; 1: not healthy, and the likely cause is named. More: docs/recover.md`,
    )
    .action(async (app: string, options: Options) => recover(app, options, context));
};
