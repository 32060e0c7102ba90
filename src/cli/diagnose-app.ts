import { resolve } from 'node:path';
import type { Diagnosis } from '#diagnose/diagnosis.ts';
import { wordFinding } from '#diagnose/word.ts';
import type { DiagnoseOrder } from '#host/diagnosis/errands.ts';
import { defined } from '#kernel/defined.ts';
import type { Json } from '#kernel/json.ts';
import type { Locale } from '#kernel/locale.ts';
import { SECOND, type Ms } from '#kernel/time.ts';
import type { CommandContext } from './command.ts';
import { diagnosisText } from './diagnosis-text.ts';
import { configuredApp } from './mend-config.ts';
import { targetOf, type SshOptions } from './ssh-option.ts';
import type { Terminal } from './terminal.ts';

/** What may be said of the app that is diagnosed. */
export interface DiagnoseAppOptions extends SshOptions {
  readonly dir?: string;
  readonly config?: string;
  readonly pm2Home?: string;
  readonly health?: string;
  readonly envFile?: string;
  readonly trial?: boolean;
  readonly json?: boolean;
}

/** The whole answer is there within five seconds; loading this program is part of that. */
const LIMIT_MS: Ms = 4.2 * SECOND;

const orderOf = async (
  name: string | undefined,
  options: DiagnoseAppOptions,
  terminal: Terminal,
): Promise<DiagnoseOrder> => {
  const isHere = options.ssh === undefined;
  const dir = options.dir === undefined || !isHere ? options.dir : resolve(terminal.cwd, options.dir);
  const configured = await configuredApp(defined({ config: options.config, name, dir }), terminal);
  const given = defined({ name, dir, pm2Home: options.pm2Home, health: options.health, envFile: options.envFile });
  const app = { ...configured, ...given };
  return { app, limit: LIMIT_MS, trial: options.trial !== false, ...(isHere ? { cwd: terminal.cwd } : {}) };
};

const carryOut = async (order: DiagnoseOrder, options: DiagnoseAppOptions, terminal: Terminal): Promise<Diagnosis> => {
  const target = targetOf(options, terminal);
  if (target === undefined) {
    const { diagnoseApp } = await import('#host/diagnosis/diagnose-app.ts');
    return diagnoseApp({ ...order, cwd: order.cwd ?? terminal.cwd });
  }
  const { runRemotely } = await import('#ssh/run.ts');
  return (await runRemotely(target, 'diagnose', order as unknown as Json)) as Diagnosis;
};

/**
 * What was left behind at its deadline (a read of a network disk that hangs) would keep the process waiting: it leaves once all is said. The timer alone
 * keeps nothing alive.
 */
const leaveSoon = (): void => {
  const timer = setTimeout(() => (process.stdout.writableLength === 0 ? process.exit() : timer.refresh()), 250);
  timer.unref();
};

/** Diagnoses an app here or on another machine, and prints all that was found. Exit code 0: up; 1: down, or its next start would fail. */
export const diagnoseNamed = async (
  name: string | undefined,
  options: DiagnoseAppOptions,
  locale: Locale,
  { terminal, exit }: CommandContext,
): Promise<void> => {
  const diagnosis = await carryOut(await orderOf(name, options, terminal), options, terminal);
  leaveSoon();
  if (diagnosis.standing === 'down' || diagnosis.next.outcome === 'fails') exit(1);
  if (options.json === true) {
    const worded = diagnosis.findings.map((finding) => wordFinding(finding, locale));
    const next =
      diagnosis.next.outcome === 'fails'
        ? { ...diagnosis.next, findings: diagnosis.next.findings.map((finding) => wordFinding(finding, locale)) }
        : diagnosis.next;
    return terminal.out(`${JSON.stringify({ ...diagnosis, next, findings: worded })}\n`);
  }
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  terminal.out(diagnosisText(diagnosis, { locale, timezone: timeZone, now: diagnosis.at }, terminal));
};
