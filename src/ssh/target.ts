import { Fault } from '../kernel/fault.ts';
import { defined } from '../kernel/defined.ts';

/** A machine that is reached by the system's `ssh`; what is not named here, the user's ~/.ssh/config says. */
export interface SshTarget {
  /** A name, an address, or an alias of ~/.ssh/config. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** The file of a private key. */
  readonly identity?: string;
  /** Read in place of ~/.ssh/config. */
  readonly configFile?: string;
}

/** What the options beside the target say. */
export interface TargetOptions {
  readonly port?: string | number;
  readonly identity?: string;
  readonly configFile?: string;
}

/**
 * ssh puts host and user into ProxyCommand and Match exec, which a shell runs: only signs that mean nothing to one. A leading dash would be an
 * option of whatever is called.
 */
const HOST = /^(?!-)[\p{L}\p{N}._:%-]{1,253}$/u;
const USER = /^(?!-)[\p{L}\p{N}._@+-]{1,128}$/u;

const refused = (text: string, why: string): Fault =>
  new Fault(
    'USAGE',
    `${JSON.stringify(text)} is no target for SSH: ${why}.`,
    'Write user@host, or a Host of ~/.ssh/config.',
  );

const portOf = (text: string, value: string | number | undefined): number | undefined => {
  if (value === undefined || value === '') return undefined;
  const port = Number(value);
  if (!/^\d{1,5}$/.test(String(value)) || port < 1 || port > 65_535) throw refused(text, `${value} is no port`);
  return port;
};

/** The parts of `user@host`, `host:22` and `[2001:db8::1]:22`; an address of IPv6 without brackets has no port. */
const partsOf = (text: string): { readonly user?: string; readonly host: string; readonly port?: string } => {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? {} : { user: text.slice(0, at) };
  const rest = text.slice(at + 1);
  const [, bracketed, after] = /^\[([^\]]*)\](?::(.*))?$/.exec(rest) ?? [];
  if (bracketed !== undefined) return { ...user, host: bracketed, ...(after === undefined ? {} : { port: after }) };
  const colons = rest.split(':');
  const [host = '', port] = colons;
  return colons.length === 2 && port !== undefined ? { ...user, host, port } : { ...user, host: rest };
};

const check = (text: string, host: string, user: string | undefined): void => {
  if (host === '') throw refused(text, 'it names no host');
  if ([host, user].some((name) => name?.startsWith('-'))) throw refused(text, 'a name may not begin with a dash');
  if (!HOST.test(host)) throw refused(text, `${JSON.stringify(host)} is no name of a host`);
  if (user !== undefined && !USER.test(user)) throw refused(text, `${JSON.stringify(user)} is no name of a user`);
};

/**
 * Reads a target: `host`, `user@host`, `user@host:port`, `user@[v6]:port`, `ssh://user@host:port`.
 * @throws Fault USAGE for what is none, and for what ssh or a shell could take for something else
 */
export const parseTarget = (text: string, options: TargetOptions = {}): SshTarget => {
  const plain = text.startsWith('ssh://') ? text.slice('ssh://'.length).replace(/\/$/, '') : text;
  const { user, host, port } = partsOf(plain);
  check(text, host, user);
  return {
    host,
    ...defined({
      user,
      port: portOf(text, options.port) ?? portOf(text, port),
      identity: options.identity,
      configFile: options.configFile,
    }),
  };
};

/** The target as people write it. */
export const targetText = ({ user, host, port }: SshTarget): string => {
  const shown = host.includes(':') && port !== undefined ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${shown}${port === undefined ? '' : `:${port}`}`;
};
