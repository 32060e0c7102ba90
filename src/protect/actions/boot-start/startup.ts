import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { ActionContext, Pm2Access } from '../../define.ts';

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** What starts services on this machine; undefined when nothing known does (a container). */
export const initSystem = async (root = ''): Promise<'systemd' | 'openrc' | undefined> => {
  if (await isThere(`${root}/run/systemd/system`)) return 'systemd';
  return (await isThere(`${root}/run/openrc`)) ? 'openrc' : undefined;
};

/**
 * The command that makes PM2 start at boot, in exact words for a shell: `pm2 startup` where services are started by systemd or OpenRC, else a line of the
 * user's crontab.
 */
export const startupCommand = (
  context: ActionContext,
  pm2: Pm2Access,
  init: 'systemd' | 'openrc' | undefined,
): string => {
  const { username } = userInfo();
  const command = (pm2.command ?? ['pm2']).map(quoted).join(' ');
  if (init === undefined) {
    const line = `@reboot PM2_HOME=${quoted(pm2.home)} PATH=${quoted(dirname(context.node))}:/usr/local/bin:/usr/bin:/bin ${command} resurrect`;
    return `(crontab -l 2>/dev/null; echo ${quoted(line)}) | crontab -`;
  }
  const words = `PATH="$PATH":${quoted(dirname(context.node))} ${command} startup ${init} -u ${quoted(username)} --hp ${quoted(context.home)}`;
  return `${context.root ? '' : 'sudo '}env PM2_HOME=${quoted(pm2.home)} ${words}`;
};
