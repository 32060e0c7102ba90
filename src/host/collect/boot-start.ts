import { join } from 'node:path';
import { known, unknown, type Known } from '#diagnose/known.ts';
import { listFolder, lstatOf, readText } from './files.ts';

const UNITS = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];
const WANTS = [
  'multi-user.target.wants',
  'default.target.wants',
  'graphical.target.wants',
  'network-online.target.wants',
];
const CRONTABS = ['/var/spool/cron/crontabs', '/var/spool/cron'];

/** Does a unit's or script's text bring back this PM2 folder? One that names none stands for its user's own. */
const isFor = (text: string, home: string): boolean => {
  const named = /PM2_HOME=["']?([^\s"']+)/.exec(text)?.[1];
  return (
    /\bresurrect\b|pm2-runtime|\bpm2 start\b/.test(text) && (named === undefined || named.replace(/\/+$/, '') === home)
  );
};

const enabledUnit = async (home: string, root: string): Promise<string | undefined> => {
  for (const folder of UNITS)
    for (const { name } of await listFolder(root + folder)) {
      if (!/^pm2.*\.service$/.test(name)) continue;
      const text = await readText(join(root + folder, name));
      if (text === undefined || !isFor(text, home)) continue;
      const links = await Promise.all(WANTS.map((wants) => lstatOf(join(`${root}/etc/systemd/system`, wants, name))));
      if (links.some((link) => link !== undefined)) return name;
    }
  return undefined;
};

const initScript = async (home: string, root: string): Promise<string | undefined> => {
  const scripts = (await listFolder(`${root}/etc/init.d`)).filter(({ name }) => name.startsWith('pm2'));
  for (const { name } of scripts) {
    const text = await readText(`${root}/etc/init.d/${name}`);
    if (text === undefined || !isFor(text, home)) continue;
    const levels = await Promise.all([2, 3, 4, 5].map((level) => listFolder(`${root}/etc/rc${level}.d`)));
    const openRc = await lstatOf(`${root}/etc/runlevels/default/${name}`);
    if (openRc !== undefined || levels.flat().some((link) => link.name.endsWith(name))) return `/etc/init.d/${name}`;
  }
  return undefined;
};

const cronLine = async (home: string, root: string): Promise<string | undefined> => {
  const tabs = (
    await Promise.all(
      CRONTABS.map(async (folder) => (await listFolder(root + folder)).map(({ name }) => join(root + folder, name))),
    )
  ).flat();
  for (const path of [...tabs, `${root}/etc/crontab`, `${root}/etc/rc.local`]) {
    const text = (await readText(path)) ?? '';
    const line = text
      .split('\n')
      .find(
        (one) => !/^\s*#/.test(one) && isFor(one, home) && (/^\s*@reboot\b/.test(one) || path.endsWith('rc.local')),
      );
    if (line !== undefined) return path.slice(root.length);
  }
  return undefined;
};

/**
 * What starts PM2 with its saved list at boot: the unit, script or crontab; `absent` when nothing does. `root` is where the machine's files are.
 */
export const collectPm2Boot = async (home: string, root = ''): Promise<Known<string>> => {
  const found = (await enabledUnit(home, root)) ?? (await initScript(home, root)) ?? (await cronLine(home, root));
  return found === undefined ? unknown('absent', 'nothing starts PM2 at boot') : known(found);
};
