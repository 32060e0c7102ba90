import type { Define } from './command.ts';

/** One command in the list: what help shows, and where the rest is loaded from when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  load(): Promise<{ readonly define: Define }>;
}

const WATCH = 'The watch:';
const LOOK = 'Looking and acting:';
const SETUP = 'Setting up:';

/** Every command: one file each, loaded only when it is called (kysely, zod and nodemailer cost more than all the rest). */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'up', group: WATCH, summary: 'start the watch (also: no command, or a URL)', load: () => import('./up.ts') },
  { name: 'check', group: WATCH, summary: 'ask a URL once and show each phase', load: () => import('./check.ts') },
  { name: 'witness', group: WATCH, summary: 'watch a Dozor from another machine', load: () => import('./witness.ts') },
  { name: 'agent', group: WATCH, summary: "watch this machine's apps from inside", load: () => import('./agent.ts') },
  {
    name: 'join',
    group: WATCH,
    summary: 'connect this machine to a Dozor by its code',
    load: () => import('./join.ts'),
  },
  { name: 'protect', group: LOOK, summary: 'protect an app, or show what would', load: () => import('./protect.ts') },
  { name: 'recover', group: LOOK, summary: 'bring a broken app back', load: () => import('./recover.ts') },
  {
    name: 'rollback',
    group: LOOK,
    summary: 'return an app to its last healthy tree',
    load: () => import('./rollback.ts'),
  },
  { name: 'status', group: LOOK, summary: 'how everything stands', load: () => import('./status.ts') },
  { name: 'services', group: LOOK, summary: 'list, mute services', load: () => import('./services.ts') },
  {
    name: 'monitors',
    group: LOOK,
    summary: 'list, pause, resume, check monitors now',
    load: () => import('./monitors.ts'),
  },
  { name: 'hosts', group: LOOK, summary: 'list, connect hosts', load: () => import('./hosts.ts') },
  { name: 'apps', group: LOOK, summary: 'list, show, repair apps', load: () => import('./apps.ts') },
  {
    name: 'incidents',
    group: LOOK,
    summary: 'list, show, ack, note, mute, resolve incidents',
    load: () => import('./incidents.ts'),
  },
  { name: 'diagnose', group: LOOK, summary: 'say why an app died', load: () => import('./diagnose.ts') },
  { name: 'deploys', group: LOOK, summary: 'announce a deploy', load: () => import('./deploys.ts') },
  {
    name: 'maintenance',
    group: LOOK,
    summary: 'list, add, end maintenance windows',
    load: () => import('./maintenance.ts'),
  },
  { name: 'channels', group: SETUP, summary: 'list channels, send a test', load: () => import('./channels.ts') },
  { name: 'watchers', group: SETUP, summary: 'who watches the watch', load: () => import('./watchers.ts') },
  { name: 'config', group: SETUP, summary: 'check, explain the configuration', load: () => import('./config.ts') },
  { name: 'sign-in', group: SETUP, summary: 'print a new one-time sign-in link', load: () => import('./sign-in.ts') },
  { name: 'token', group: SETUP, summary: 'create, list, revoke API tokens', load: () => import('./token.ts') },
  { name: 'backup', group: SETUP, summary: 'copy the data while it is in use', load: () => import('./backup.ts') },
  { name: 'restore', group: SETUP, summary: 'put a backup in place', load: () => import('./restore.ts') },
  { name: 'install', group: SETUP, summary: 'run at boot, by systemd', load: () => import('./install.ts') },
  { name: 'uninstall', group: SETUP, summary: 'take the systemd unit away', load: () => import('./uninstall.ts') },
  { name: 'version', group: SETUP, summary: 'the version, and of what it runs on', load: () => import('./version.ts') },
];
