import type { KeepView, RollbackView, TreeView } from '#host/mend/rollback.ts';
import { formatBytes } from '#i18n/format.ts';
import { defined } from '#kernel/defined.ts';
import type { CommandContext, Define } from './command.ts';
import { confirmed } from './confirm.ts';
import { giving, type Give } from './mend-call.ts';
import { configuredApp } from './mend-config.ts';
import { mends, mustAgree, subjectOf, type MendOptions } from './mend-options.ts';
import { planText, runText, triedText } from './mend-text.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Options extends MendOptions {
  readonly dir?: string;
  readonly to?: string;
  readonly list?: boolean;
  readonly keepNow?: boolean;
}

const moment = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

const treesText = (trees: readonly TreeView[]): string =>
  trees.length === 0
    ? 'No tree is kept yet. While the app is healthy: dozor rollback APP --keep-now (the agent does it by itself).\n'
    : table([
        ['ID', 'COMMIT', 'HEALTHY (UTC)', 'KEPT (UTC)', 'FILES', 'SIZE', 'PACKAGES'],
        ...trees.map(({ id, commit, healthyAt, keptAt, files, bytes, packages }) => [
          id,
          commit ?? '–',
          moment(healthyAt),
          moment(keptAt),
          String(files),
          formatBytes(bytes, 'en'),
          packages ? 'kept' : '–',
        ]),
      ]);

const KEPT: Readonly<Record<KeepView['outcome'], string>> = {
  kept: 'Kept',
  known: 'Kept already; its moment was noted',
  'no-room': 'Not kept: the disk has too little room',
  'not-healthy': 'Not kept: the app is not healthy now',
};

const keep = async (order: object, give: Give, options: Options, { terminal, exit }: CommandContext): Promise<void> => {
  const view = await give<KeepView>('rollback-keep', order);
  if (view.outcome !== 'kept' && view.outcome !== 'known') exit(1);
  if (options.json === true) return terminal.out(`${JSON.stringify(view)}\n`);
  terminal.out(`${KEPT[view.outcome]}.\n${view.tree === undefined ? '' : treesText([view.tree])}`);
};

const printPlan = (view: RollbackView, terminal: Terminal): void => {
  terminal.out(`${terminal.paint('bold', view.app)} in ${view.dir}: ${view.health.before.text}\n`);
  if (view.plan === undefined)
    terminal.out(view.trees.length === 0 ? treesText([]) : 'It is already as the kept tree.\n');
  else terminal.out(`\n${planText({ ...view.plan, title: `Back to ${view.to ?? ''}` }, terminal)}\n`);
};

const printEnd = (view: RollbackView, terminal: Terminal): void => {
  if (view.settled !== undefined) terminal.out(`${view.settled}\n`);
  if (view.tried !== undefined) terminal.out(triedText(view.tried, terminal));
  if (view.run !== undefined) terminal.out(runText(view.run, terminal));
  if (view.run?.phase === 'done') terminal.out(`Back: dozor protect --app ${view.app} --undo ${view.run.id}\n`);
  const { after } = view.health;
  if (after !== undefined) terminal.out(`${terminal.paint(after.healthy ? 'green' : 'red', after.text)}\n`);
};

/** What only looks: the list, the plan. @returns whether that was all */
const onlyShown = (plan: RollbackView, options: Options, terminal: Terminal): boolean => {
  const { json, dryRun, list } = options;
  if (list === true || dryRun === true || plan.plan === undefined) {
    if (json === true) terminal.out(`${JSON.stringify(plan)}\n`);
    else if (list === true) terminal.out(treesText(plan.trees));
    else printPlan(plan, terminal);
    if (dryRun === true && json !== true) terminal.out('Nothing was changed (--dry-run).\n');
    return true;
  }
  if (json !== true) printPlan(plan, terminal);
  return false;
};

const rollback = async (app: string, options: Options, context: CommandContext): Promise<void> => {
  const { terminal, exit } = context;
  const known = await configuredApp(defined({ config: options.config, name: app }), terminal);
  const subject = subjectOf(defined({ name: app, dir: options.dir }), options, known);
  const order = defined({ subject, locale: 'en', to: options.to });
  const give = giving(options, terminal);
  if (options.keepNow === true) return keep(order, give, options, context);
  const plan = await give<RollbackView>('rollback', order);
  if (onlyShown(plan, options, terminal)) return exit(plan.trees.length === 0 && options.list !== true ? 1 : 0);
  mustAgree(options, true);
  if (!(await confirmed('Do this?', options.yes === true, terminal))) return terminal.out('Nothing was changed.\n');
  const view = await give<RollbackView>('rollback-apply', defined({ ...order, to: plan.to }));
  // An interrupted rollback that was finished just now may be all there was to do.
  const isDone =
    view.run === undefined ? view.settled !== undefined && view.health.before.healthy : view.run.phase === 'done';
  if (!isDone) exit(1);
  if (options.json === true) return terminal.out(`${JSON.stringify(view)}\n`);
  printEnd(view, terminal);
};

/** `dozor rollback`: back to a tree that was kept while the app was healthy. */
export const define: Define = (command, context) => {
  mends(command)
    .description(
      'Returns an app to a tree that was kept while it was healthy: code, variables, packages. It is tried beside the running app first; what is there is put aside; when the app is not healthy afterwards, it comes back. Data stays as it is.',
    )
    .argument('<app>', 'its name in PM2')
    .option('--to <id>', 'this tree (or commit) instead of the last healthy one that differs')
    .option('--list', 'show what is kept')
    .option('--keep-now', "keep the app's tree now")
    .option('--dir <dir>', "the app's folder, where PM2 does not know it")
    .addHelpText(
      'after',
      `
Examples:
  dozor rollback onai-backend --list
  dozor rollback onai-backend --dry-run
  dozor rollback onai-backend --yes
  dozor rollback onai-backend --keep-now        before a deploy

Exit code 0: healthy again; 1: not done, everything is as before. More: docs/recover.md`,
    )
    .action(async (app: string, options: Options) => rollback(app, options, context));
};
