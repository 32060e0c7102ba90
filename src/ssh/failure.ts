import { Fault, type FaultCode } from '../kernel/fault.ts';
import { OLDEST_NODE } from './bootstrap.ts';
import { targetText, type SshTarget } from './target.ts';

/** How a call ended that brought no answer. */
export interface FailedCall {
  readonly target: SshTarget;
  /** ssh's exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** What ssh, or the machine, wrote to standard error. */
  readonly error: string;
  /** What came on standard output that was not ours. */
  readonly noise: string;
  /** Did what was sent answer at all? */
  readonly wasReady: boolean;
}

/** `-p 2222`, for commands that people type. */
const portWords = ({ port }: SshTarget): string => (port === undefined ? '' : ` -p ${port}`);

const plainly = (target: SshTarget): string => {
  const { user, host } = target;
  return `ssh${portWords(target)} ${user === undefined ? '' : `${user}@`}${host}`;
};

const fingerprints = (target: SshTarget): string =>
  `  here:                 ssh-keyscan${portWords(target)} ${target.host} | ssh-keygen -lf -\n` +
  '  on the machine itself (console of its provider):  for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$k"; done';

interface Known {
  readonly pattern: RegExp;
  readonly code: FaultCode;
  readonly says: (who: string, call: FailedCall) => string;
  readonly hint: (call: FailedCall) => string;
}

/** The words of OpenSSH, the more telling first. */
const KNOWN: readonly Known[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Offending \S+ key in/i,
    code: 'SSH_REFUSED',
    says: (who) => `The host key of ${who} is another one than before. Nothing was sent.`,
    hint: ({ target }) =>
      'Either the machine was set up anew, or another machine stands in between. Compare the fingerprints:\n' +
      `${fingerprints(target)}\nOnly when they are the same: ssh-keygen -R ${knownName(target)}, then ${plainly(target)}`,
  },
  {
    pattern: /no \S+ host key is known|host key verification failed|authenticity of host/i,
    code: 'SSH_REFUSED',
    says: (who) => `The host key of ${who} is not known here, and is not accepted unseen.`,
    hint: ({ target }) =>
      `Compare its fingerprints:\n${fingerprints(target)}\nWhen they are the same, accept the key once: ${plainly(target)}`,
  },
  {
    pattern: /too many authentication failures/i,
    code: 'SSH_REFUSED',
    says: (who) => `${who} refused: too many keys were offered before the right one.`,
    hint: () => 'Name the right one: --identity FILE, or IdentityFile with IdentitiesOnly in ~/.ssh/config.',
  },
  {
    pattern: /permission denied \(|authentication failed|no more authentication methods/i,
    code: 'SSH_REFUSED',
    says: (who) => `${who} does not let us in: no key fits (passwords are not asked for).`,
    hint: ({ target }) =>
      `Is the user right, is the key loaded (ssh-add -l)? Bring it there with: ssh-copy-id${portWords(target)} ` +
      `${target.user === undefined ? '' : `${target.user}@`}${target.host}, or name another: --identity FILE`,
  },
  {
    pattern: /could not resolve hostname|name or service not known|temporary failure in name resolution/i,
    code: 'SSH_UNREACHABLE',
    says: (who) => `The name of ${who} cannot be resolved.`,
    hint: () => 'Is it written right? An alias has to stand in ~/.ssh/config of the user that runs this.',
  },
  {
    pattern: /connection refused/i,
    code: 'SSH_UNREACHABLE',
    says: (who) => `${who} refuses the connection: no SSH listens on that port.`,
    hint: () => 'Is it another port (user@host:PORT)? Does sshd run there?',
  },
  {
    pattern: /no route to host|network is unreachable|host is down/i,
    code: 'SSH_UNREACHABLE',
    says: (who) => `There is no way to ${who}.`,
    hint: () => 'Does the machine run, and is this machine online?',
  },
  {
    pattern: /timed? ?out/i,
    code: 'SSH_UNREACHABLE',
    says: (who) => `${who} did not answer in time.`,
    hint: () => 'Does the machine run, and does a firewall let SSH through from here?',
  },
  {
    pattern: /(kex_exchange_identification|banner exchange|connection (closed|reset) by)/i,
    code: 'SSH_UNREACHABLE',
    says: (who) => `${who} closed the connection before anybody could sign in.`,
    hint: () =>
      'Is that port SSH at all? fail2ban, MaxStartups or hosts.deny close like this: wait a minute, or look into its log.',
  },
  {
    pattern: /bad configuration option|terminating, \d+ bad configuration|bad owner or permissions/i,
    code: 'SSH_REFUSED',
    says: () => 'The configuration of ssh on this machine cannot be used.',
    hint: () => 'Mend what it names; `ssh -G HOST` shows what it reads.',
  },
  {
    pattern: /identity file .* not accessible|load key .*: (?!invalid format$)/i,
    code: 'SSH_REFUSED',
    says: () => 'The private key cannot be read.',
    hint: () =>
      'Is --identity the private file, readable for you alone (chmod 600), without a passphrase or loaded with ssh-add?',
  },
];

const knownName = ({ host, port }: SshTarget): string => (port === undefined ? host : `"[${host}]:${port}"`);

/** The last lines of what was said, short enough for an error. */
const lastLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-4)
    .map((line) => line.slice(0, 200))
    .join(' / ');

const withWords = (text: string, said: string): string => (said === '' ? text : `${text}\nIt said: ${said}`);

/** What went wrong when no answer came, in words, with what to do next. */
export const failureOf = (call: FailedCall): Fault => {
  const who = targetText(call.target);
  const said = lastLines(call.error);
  const known = call.wasReady ? undefined : KNOWN.find(({ pattern }) => pattern.test(call.error));
  if (known !== undefined && call.code !== 0)
    return new Fault(known.code, withWords(known.says(who, call), said), known.hint(call));
  if (call.wasReady)
    return new Fault(
      'SSH_BROKEN',
      withWords(`The connection to ${who} was lost before the answer had come.`, said),
      'Call it again. What had been begun there is finished or undone by itself; nothing is left in between.',
    );
  const heard = lastLines(`${call.noise}\n${call.error}`);
  return new Fault(
    'SSH_BROKEN',
    withWords(
      `${who} let us in, but its shell did not run what was sent (${call.signal ?? `exit code ${String(call.code)}`}).`,
      heard,
    ),
    `Does the user have an ordinary shell, and does nothing in its start-up files (.bashrc, .zshenv) read standard input or exit? Try: ${plainly(call.target)} true`,
  );
};

/** There is no Node over there, or only ones that are too old: `old` is `16.20.0 /usr/bin/node`, or empty. */
export const nodeLacks = (target: SshTarget, old: string): Fault => {
  const who = targetText(target);
  const [version, ...path] = old.split(' ');
  if (version === undefined || version === '')
    return new Fault(
      'MACHINE_LACKS',
      `There is no Node on ${who}: neither on PATH nor where nvm, fnm, volta, asdf, n or a package put it.`,
      `Install Node ${OLDEST_NODE} or newer there for this user, or sign in as the user that runs the app.`,
    );
  return new Fault(
    'MACHINE_LACKS',
    `Node on ${who} is too old: ${version} (${path.join(' ')}), and Node ${OLDEST_NODE} is needed.`,
    'A newer one may lie beside it: the one on PATH is looked at first, then the usual places of nvm, fnm, volta, /usr/local and /opt.',
  );
};

/** `ssh` is not there. */
export const sshLacks = (cause: unknown): Fault =>
  new Fault(
    'MACHINE_LACKS',
    'There is no `ssh` on this machine.',
    'Debian, Ubuntu: sudo apt-get install openssh-client',
    {
      cause,
    },
  );
