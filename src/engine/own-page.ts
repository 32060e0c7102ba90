import type { CheckResult } from '../monitor/check.ts';
import { kindOf } from '../monitor/kinds/index.ts';
import type { Monitor } from '../monitor/model.ts';
import type { Parts } from './wire.ts';

/** The self-test's check: our own `/health`, asked the way all others are; undefined while nothing listens. */
export const ownPageCheck = (parts: Pick<Parts, 'asker' | 'place'>) => (): Promise<CheckResult> | undefined => {
  const kind = kindOf('http');
  const { url } = parts.place;
  if (kind === undefined || url === undefined) return undefined;
  const monitor: Monitor = {
    id: 'own-page',
    num: 0,
    serviceId: 'own',
    name: 'own page',
    kind: 'http',
    origin: 'file',
    everyMs: 30_000,
    timeoutMs: 5_000,
    severity: 'critical',
    paused: false,
    config: kind.config.parse({ kind: 'http', url: `${url}/health` }) as Monitor['config'],
  };
  return parts.asker.ask({ monitor, kind, source: 'now' });
};
