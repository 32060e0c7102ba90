import { resolve } from 'node:path';
import type { ChecklistItem, ProtectView, UndoView } from '#host/mend/protect.ts';
import { defined } from '#kernel/defined.ts';
import type { CommandContext, Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { configuredApp } from './mend-config.ts';
import { giving, type Give } from './mend-call.ts';
import { mends, mustAgree, subjectOf, type MendOptions } from './mend-options.ts';
import { checklistText, nothingText, planText, runText, triedText } from './mend-text.ts';
import { watchedBy } from './watched-by.ts';
import type { Subject } from '#host/mend/subject.ts';
import type { Terminal } from './terminal.ts';

interface Options extends MendOptions {
  readonly app?: string;
  readonly only?: string;
  readonly undo?: string;
  readonly dsn?: string;
}

const actionsOf = (only: string | undefined): readonly string[] | undefined =>
  only
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const printPlan = (view: ProtectView, terminal: Terminal): void => {
  terminal.out(`${terminal.paint('bold', view.app)} in ${view.dir}: ${view.health.before.text}\n\n`);
  for (const plan of view.plans) terminal.out(`${planText(plan, terminal)}\n`);
  for (const one of view.nothing) terminal.out(nothingText(one, terminal));
  if (!view.changes) terminal.out('\nNothing to change.\n');
};

const printEnd = (view: ProtectView, terminal: Terminal): void => {
  if (view.settled !== undefined) terminal.out(`${view.settled}\n`);
  if (view.tried !== undefined) terminal.out(triedText(view.tried, terminal));
  for (const run of view.runs) terminal.out(runText(run, terminal));
  const [last] = view.runs.filter(({ phase }) => phase === 'done').slice(-1);
  if (last !== undefined) terminal.out(`Back: dozor protect --app ${view.app} --undo ${last.id}\n`);
  if (view.health.after !== undefined) terminal.out(`${view.health.after.text}\n`);
};

const withMonitoring = async (view: ProtectView, options: Options, terminal: Terminal): Promise<ProtectView> => {
  const monitoring: ChecklistItem = { item: 'monitoring', ...(await watchedBy(terminal, options.ssh)) };
  return { ...view, checklist: [monitoring, ...view.checklist] };
};

const isGood = (view: ProtectView): boolean => view.runs.every(({ phase }) => phase === 'done');

const undo = async (
  id: string,
  subject: Subject,
  give: Give,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const { terminal, exit } = context;
  if (!(await confirmed(`Take run ${id} back?`, options.yes === true, terminal)))
    return terminal.out('Nothing was changed.\n');
  const view = await give<UndoView>('protect-undo', { subject, id, locale: 'en' });
  if (view.run.phase !== 'undone') exit(1);
  if (options.json === true) return terminal.out(`${JSON.stringify(view)}\n`);
  terminal.out(`${view.settled === undefined ? '' : `${view.settled}\n`}${runText(view.run, terminal)}`);
};

const finish = (view: ProtectView, options: Options, { terminal, exit }: CommandContext): void => {
  if (!isGood(view)) exit(1);
  if (options.json === true) return terminal.out(`${JSON.stringify(view)}\n`);
  printEnd(view, terminal);
  terminal.out(`\n${checklistText(view, terminal)}`);
};

interface Asked {
  readonly order: object;
  readonly give: Give;
  readonly plan: ProtectView;
}

const withoutChange = async (
  { order, give, plan }: Asked,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const { terminal } = context;
  const isDry = options.dryRun === true;
  // What an interrupted run left is put right even when there is nothing new to do.
  const seen = isDry ? plan : await give<ProtectView>('protect-apply', { ...order, agreed: plan.digest });
  if (isDry && options.json !== true) terminal.out('\nNothing was changed (--dry-run).\n');
  finish(await withMonitoring(seen, options, terminal), options, context);
};

const ordered = async (dir: string | undefined, options: Options, terminal: Terminal): Promise<Subject> => {
  const folder = dir === undefined || options.ssh !== undefined ? dir : resolve(terminal.cwd, dir);
  const question = defined({ config: options.config, name: options.app, dir: folder });
  return subjectOf(defined({ name: options.app, dir: folder }), options, await configuredApp(question, terminal));
};

const protect = async (dir: string | undefined, options: Options, context: CommandContext): Promise<void> => {
  const { terminal } = context;
  const subject = await ordered(dir, options, terminal);
  const give = giving(options, terminal, options.dsn === undefined ? {} : { dsn: options.dsn });
  if (options.undo !== undefined) return undo(options.undo, subject, give, options, context);
  const untried = options.untried === true;
  const order = defined({ subject, only: actionsOf(options.only), locale: 'en' as const, untried });
  const plan = await give<ProtectView>('protect', order);
  if (options.json !== true) printPlan(plan, terminal);
  if (options.dryRun === true || !plan.changes) return withoutChange({ order, give, plan }, options, context);
  mustAgree(options, true);
  if (!(await confirmed('Do this?', options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  const view = await give<ProtectView>('protect-apply', { ...order, agreed: plan.digest });
  finish(await withMonitoring(view, options, terminal), options, context);
};

/** `dozor protect`: the urgent improvements, each tried, backed up, verified, and revertible. */
export const define: Define = (command, context) => {
  mends(command)
    .description(
      'Protects an app: moves stale artifacts away, sets PM2 limits, switches Sentry on and more. Shows its plan, asks, boots the planned state beside the running app, keeps backups, verifies; what goes wrong is taken back.',
    )
    .argument('[dir]', "the app's folder (here)")
    .option('--app <name>', 'its name in PM2, where the folder has several')
    .option('--only <actions>', 'only these actions, with commas')
    .option('--undo <id>', 'take a run back')
    .option('--dsn <dsn>', 'the Sentry DSN for sentry-env')
    .addHelpText(
      'after',
      `
Examples:
  dozor protect /var/www/app/backend --dry-run
  dozor protect --app onai-backend --only stale-artifacts,pm2-limits --yes
  dozor protect --app onai-backend --ssh root@203.0.113.30 --dry-run
  dozor protect --app onai-backend --undo 01KAY0J3Q2M5

Exit code 0: done, or nothing to do; 1: not done, everything is as before. More: docs/protect.md`,
    )
    .action(async (dir: string | undefined, options: Options) => protect(dir, options, context));
};
