import { agentPlaces } from '#ssh/agent/layout.ts';
import type { AgentLook } from '#ssh/agent/look.ts';
import { execWord, pathWord } from './unit.ts';

const inLine = (text: string): string => text.replaceAll('%', '%%');

/** `Environment="NAME=value"` with the signs that mean something there escaped (systemd.exec(5)). */
const environmentLine = (name: string, value: string): string =>
  `Environment="${inLine(`${name}=${value}`)
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)}"`;

/**
 * The text of the agent's unit. It is less confined than the brain's: it reads the apps, talks to PM2's sockets and mends files. What it starts
 * (PM2's daemon, when there is none) stays when it ends and bears no limit of its own.
 */
export const agentUnit = (look: Pick<AgentLook, 'home' | 'user' | 'path'>): string => {
  const { current, data } = agentPlaces(look.home);
  const words = [`${current}/bin/dozor.js`, 'agent', '--data', data].map(execWord).join(' ');
  return [
    '[Unit]',
    'Description=Dozor agent, knows the processes of this machine',
    'Wants=network-online.target',
    'After=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `User=${look.user}`,
    `ExecStart=${pathWord(`${current}/node/bin/node`)} ${words}`,
    `WorkingDirectory=${inLine(data)}`,
    environmentLine('HOME', look.home),
    environmentLine('PATH', look.path),
    'Restart=always',
    'RestartSec=5',
    'TimeoutStopSec=30',
    'KillMode=process',
    'LockPersonality=yes',
    'ProtectKernelModules=yes',
    'ProtectClock=yes',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
};
