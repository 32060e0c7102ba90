import { join } from 'node:path';
import { callPm2 } from '#supervise/managers/pm2/rpc.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import { asNumber, asRecord, asText } from './files.ts';
import { readLaunch } from './launch.ts';
import type { AskPm2, Pm2Record } from './pm2-managed.ts';

const ANSWER_MS: Ms = 1_500;

const numberIn = (record: Readonly<Record<string, unknown>>, key: string): number => asNumber(record[key]) ?? 0;

const recordOf = (value: unknown): Pm2Record | undefined => {
  const outer = asRecord(value);
  const env = asRecord(outer?.['pm2_env']);
  const launch = readLaunch(env, 'manager', '/');
  if (outer === undefined || env === undefined || launch === undefined) return undefined;
  return {
    launch,
    id: String(numberIn(outer, 'pm_id')),
    pid: numberIn(outer, 'pid'),
    status: asText(env['status']) ?? 'not known',
    restarts: numberIn(env, 'restart_time'),
    startedAt: numberIn(env, 'pm_uptime'),
  };
};

/** Asks PM2's daemon for its list and version over its socket; undefined when it does not answer. No daemon is ever started by it. */
export const askPm2: AskPm2 = async (home) => {
  const socket = join(home, 'rpc.sock');
  const [list, version] = await Promise.all([
    callPm2(socket, 'getMonitorData', {}, ANSWER_MS),
    callPm2(socket, 'getVersion', {}, ANSWER_MS),
  ]);
  if (!list.ok || !Array.isArray(list.value)) return undefined;
  const records = list.value.flatMap((one: unknown) => recordOf(one) ?? []);
  return defined({ records, version: version.ok ? asText(version.value) : undefined });
};
