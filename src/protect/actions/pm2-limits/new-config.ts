import { join } from 'node:path';
import type { Pm2Record } from '../../define.ts';

const line = (key: string, value: unknown): string => `      ${key}: ${JSON.stringify(value)},`;

/**
 * A configuration for an app that was started without one, from what PM2 holds of it. The environment is left out: its values stay where they are, and
 * PM2 keeps what it has of them.
 */
export const newConfig = (dir: string, record: Pm2Record): { readonly path: string; readonly text: string } => {
  const optional: readonly (readonly [string, unknown])[] = [
    ['args', record.args.length > 0 ? record.args : undefined],
    ['interpreter', record.interpreter === 'node' ? undefined : record.interpreter],
    ['node_args', record.nodeArgs.length > 0 ? record.nodeArgs : undefined],
    ['exec_mode', record.mode === 'cluster' ? 'cluster' : undefined],
  ];
  const lines = [
    'module.exports = {',
    '  apps: [',
    '    {',
    line('name', record.name),
    line('script', record.script),
    line('cwd', record.cwd),
    ...optional.flatMap(([key, value]) => (value === undefined ? [] : [line(key, value)])),
    line('max_restarts', 3),
    `      min_uptime: '30s',`,
    '    },',
    '  ],',
    '};',
    '',
  ];
  return { path: join(dir, 'ecosystem.config.cjs'), text: lines.join('\n') };
};
