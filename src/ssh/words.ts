import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshTarget } from './target.ts';
import { REMOTE_COMMAND } from './bootstrap.ts';

/** A Unix socket's path has room for 107 bytes, and ssh wants 17 for a name in between and 41 for `%C`. */
const MAX_FOLDER_BYTES = 45;

/** Nobody else may look into it, own it, or have put a link in its place. */
const isPrivate = (folder: string): boolean => {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === userInfo().uid && (found.mode & 0o077) === 0;
};

const prepared = (folder: string): string | undefined => {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return undefined;
  }
  return isPrivate(folder) && Buffer.byteLength(folder) <= MAX_FOLDER_BYTES ? folder : undefined;
};

let chosen: string | undefined;

/**
 * The folder of shared connections: of this user alone (0700), with a path that is short enough, the same for every call so that one connection
 * serves them. When somebody else has taken its name, one of this process alone.
 */
export const controlFolder = (): string => {
  const name = `dozor-ssh-${userInfo().uid}`;
  chosen ??= prepared(join(tmpdir(), name)) ?? prepared(join('/tmp', name)) ?? mkdtempSync('/tmp/dozor-ssh-');
  return chosen;
};

/** A connection without news for so long (3 × 5 s) is given up. */
const OPTIONS = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'ConnectTimeout=10',
  'ConnectionAttempts=1',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'ControlMaster=auto',
  'ControlPersist=60',
  // What a person's configuration may say for their own sessions would fail or do harm here.
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'EscapeChar=none',
  'LogLevel=ERROR',
] as const;

/** The arguments of `ssh` for a target: options, `--`, the host, and the one constant command. */
export const sshWords = (target: SshTarget, folder: string): readonly string[] => [
  '-T',
  ...(target.configFile === undefined ? [] : ['-F', target.configFile]),
  ...OPTIONS.flatMap((option) => ['-o', option]),
  '-o',
  `ControlPath=${folder.replaceAll('%', '%%')}/%C`,
  ...(target.port === undefined ? [] : ['-p', String(target.port)]),
  ...(target.identity === undefined ? [] : ['-i', target.identity, '-o', 'IdentitiesOnly=yes']),
  ...(target.user === undefined ? [] : ['-l', target.user]),
  '--',
  target.host,
  REMOTE_COMMAND,
];
