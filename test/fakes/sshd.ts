import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlFolder } from '#ssh/words.ts';
import type { SshTarget } from '#ssh/target.ts';
import { eventually } from './eventually.ts';

/** A real sshd on 127.0.0.1 that takes one key; its sessions have a home folder of their own. */
export interface Sshd {
  readonly dir: string;
  /** The home folder of everybody who signs in. */
  readonly home: string;
  readonly target: SshTarget;
  readonly hostKey: string;
  readonly knownHosts: string;
  readonly pid: number;
  /** Processes of ssh that keep a shared connection to it. */
  masters(): readonly number[];
  /** What sshd wrote: who signed in, and over which connection. */
  log(): string;
  close(): Promise<void>;
}

/** How it is started. */
export interface SshdOptions {
  /** PATH of the sessions. */
  readonly path?: string;
  /** Files that are not there for the sessions. */
  readonly without?: readonly string[];
  /** More lines of sshd_config, more variables of the sessions. */
  readonly lines?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const SSHD = '/usr/sbin/sshd';
/** Privilege separation wants it, and nothing but the system's own start-up makes it. */
const SEPARATION = '/run/sshd';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const answers = async (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      done(true);
      socket.destroy();
    });
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });

const makeKey = (file: string): string => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'dozor-test', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
};

/** The processes whose command line has the words, by /proc. */
const processesWith = (...words: readonly string[]): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return words.every((word) => line.includes(word));
      } catch (error) {
        // it ended while we looked
        if (/ENOENT|ESRCH/.test(String(error))) return false;
        throw error;
      }
    })
    .map(Number);

/** Its own process and mount namespace, in which some files are /dev/null and no process of the machine is seen. */
const hiding = (files: readonly string[]): string[] =>
  files.length === 0
    ? []
    : [
        'unshare',
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        'sh',
        '-c',
        'while [ "$1" != -- ]; do mount --bind /dev/null "$1" || exit 1; shift; done; shift; exec "$@"',
        'sh',
        ...files.filter((file) => existsSync(file)),
        '--',
      ];

/** Starts it; `close` ends it with all of its sessions. */
export const startSshd = async ({ path, without = [], lines = [], env = {} }: SshdOptions = {}): Promise<Sshd> => {
  const dir = mkdtempSync(join(tmpdir(), 'dozor-sshd-'));
  const home = join(dir, 'home');
  const log = join(dir, 'log');
  mkdirSync(home);
  mkdirSync(SEPARATION, { recursive: true, mode: 0o755 });
  const port = await freePort();
  const hostKey = makeKey(join(dir, 'host'));
  writeFileSync(join(dir, 'authorized'), `${makeKey(join(dir, 'key'))}\n`);
  const knownHosts = join(dir, 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  const session = { HOME: home, ...(path === undefined ? {} : { PATH: path }), ...env };
  writeFileSync(
    join(dir, 'sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${join(dir, 'host')}`,
      `AuthorizedKeysFile ${join(dir, 'authorized')}`,
      `PidFile ${join(dir, 'pid')}`,
      'AuthenticationMethods publickey',
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      'LogLevel VERBOSE',
      `SetEnv ${Object.entries(session)
        .map(([name, value]) => `"${name}=${value}"`)
        .join(' ')}`,
      ...lines,
      '',
    ].join('\n'),
  );
  const configFile = join(dir, 'ssh_config');
  writeFileSync(
    configFile,
    [
      'Host *',
      `  IdentityFile ${join(dir, 'key')}`,
      '  IdentitiesOnly yes',
      '  IdentityAgent none',
      `  UserKnownHostsFile ${knownHosts}`,
      '  GlobalKnownHostsFile none',
      '',
    ].join('\n'),
  );
  const [program, ...words] = [...hiding(without), SSHD, '-D', '-f', join(dir, 'sshd_config'), '-E', log];
  const child = spawn(program, words, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const read = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  const control = spawnSync(
    'ssh',
    ['-G', '-F', configFile, '-p', String(port), '-l', 'root', '-o', `ControlPath=${controlFolder()}/%C`, '127.0.0.1'],
    { encoding: 'utf8' },
  );
  const controlPath = /^controlpath (.*)$/m.exec(control.stdout)?.[1] ?? '';
  const masters = (): readonly number[] => processesWith('ssh', controlPath, '[mux]');
  const close = async (): Promise<void> => {
    // what the shared connections carry would outlive sshd
    for (const master of masters()) process.kill(master, 'SIGTERM');
    child.kill(without.length === 0 ? 'SIGTERM' : 'SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await eventually('sshd to answer', async () => {
      if (child.exitCode !== null) throw new Error(`sshd ended: ${read()}`);
      return answers(port);
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    dir,
    home,
    target: { host: '127.0.0.1', port, user: 'root', configFile },
    hostKey,
    knownHosts,
    pid: child.pid ?? 0,
    masters,
    log: read,
    close,
  };
};
