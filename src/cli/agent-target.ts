import { defined } from '#kernel/defined.ts';
import { Fault } from '#kernel/fault.ts';
import { SECOND } from '#kernel/time.ts';
import type { AgentLook } from '#ssh/agent/look.ts';
import { runRemotely } from '#ssh/run.ts';
import type { SshTarget } from '#ssh/target.ts';
import { knownHosts, meantHost, type KnownHost } from './agent-brain.ts';
import type { Client } from './client.ts';
import { targetOf, type SshOptions } from './ssh-option.ts';
import type { Terminal } from './terminal.ts';

/**
 * The host, and the way to it: from the command line, or from the brain's configuration.
 * @throws Fault USAGE, NOT_FOUND
 */
export const whereTo = async (
  name: string | undefined,
  options: SshOptions,
  brain: Client,
  terminal: Terminal,
): Promise<{ readonly host: KnownHost; readonly target: SshTarget }> => {
  if (name === undefined && options.ssh === undefined)
    throw new Fault(
      'USAGE',
      'Which host?',
      'dozor agent install HOST, or dozor agent install --ssh USER@HOST --name HOST',
    );
  const named = targetOf(options, terminal);
  const host = meantHost(await knownHosts(brain), defined({ name, ssh: options.ssh, fallback: named?.host }));
  if (host.local === true)
    throw new Fault(
      'CONFLICT',
      `${host.name} is the machine that the brain runs on.`,
      'Its agent lives in `dozor up`.',
    );
  const target = named ?? targetOf(options, terminal, host.ssh);
  if (target === undefined)
    throw new Fault('USAGE', `How is ${host.name} reached?`, `--ssh USER@HOST, or ssh: under hosts: in dozor.yaml`);
  return { host, target };
};

/** What the host is like, and what of an agent is there. @throws Fault as `runRemotely` */
export const lookAt = async (target: SshTarget): Promise<AgentLook> =>
  (await runRemotely(target, 'agent-look', {}, { timeoutMs: 30 * SECOND })) as AgentLook;
