import { rmSync } from 'node:fs';
import { join as path, resolve } from 'node:path';
import { readEnvironment } from '#config/environment.ts';
import { systemClock } from '#engine/system-clock.ts';
import { joinAsAgent } from '#host/join.ts';
import { SPOOL_FILE } from '#host/spool.ts';
import type { JoinCode } from '#witness/code.ts';
import { FILES, readFileOf, writeFileOf, type Membership } from '#witness/files.ts';
import { show } from './asking.ts';
import { confirmed } from './confirm.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version-number.ts';

interface Options {
  readonly data?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** The folder of an agent: the option, DOZOR_DATA, or `.dozor-agent/data` here. */
export const agentFolder = (option: string | undefined, terminal: Pick<Terminal, 'env' | 'cwd'>): string =>
  resolve(terminal.cwd, option ?? readEnvironment(terminal.env).data ?? '.dozor-agent/data');

const mayReplace = async (dir: string, options: Options, terminal: Terminal): Promise<boolean> => {
  const before = readFileOf<Membership>(dir, 'agent');
  if (before === undefined) return true;
  const question = `${path(dir, FILES.agent)} belongs to the brain ${before.brain} already. Join another one instead?`;
  return confirmed(question, options.yes === true, terminal);
};

/** Makes this machine the agent of a host: keeps the key that the brain gives for the code. */
export const joinAgent = async (
  code: string,
  { addresses }: JoinCode,
  options: Options,
  terminal: Terminal,
): Promise<void> => {
  const dir = agentFolder(options.data, terminal);
  if (options.dryRun === true)
    return show(
      { dryRun: true, role: 'agent', addresses, data: dir },
      options,
      terminal,
      () => `Would join the Dozor at ${addresses.join(' or ')} as an agent and keep the key in ${dir}.\n`,
    );
  if (!(await mayReplace(dir, options, terminal))) return terminal.out('Nothing was changed.\n');
  const { membership, briefing } = await joinAsAgent(code, VERSION, () => systemClock.now());
  // What was kept for another brain is none of this one's business.
  if (readFileOf<Membership>(dir, 'agent')?.fingerprint !== membership.fingerprint)
    for (const end of ['', '-wal', '-shm']) rmSync(path(dir, `${SPOOL_FILE}${end}`), { force: true });
  writeFileOf(dir, 'agent', membership, true);
  const { key: _key, ...shown } = membership;
  const apps = briefing.apps.map(({ name }) => name);
  show({ ...shown, role: 'agent', apps, data: dir }, options, terminal, () =>
    [
      `Joined: this machine is the host ${membership.name} of Dozor on ${membership.brain} (${membership.addresses[0] ?? ''}).`,
      `Apps to watch: ${apps.join(', ') || 'none yet (apps: in its configuration)'}.`,
      `The key stands in ${path(dir, FILES.agent)}.`,
      `Now start it, as the user who runs PM2: dozor agent --data ${dir}     (at boot: sudo dozor install --agent --user USER)`,
      '',
    ].join('\n'),
  );
};
