import { createHash } from 'node:crypto';
import { defined } from '../kernel/defined.ts';
import type { Host } from '../config/contract.ts';
import type { AppSpec, HostBriefing } from '../host/contract.ts';
import type { Locale } from '../kernel/locale.ts';
import type { Registry } from './registry.ts';

/** What the agent of a host is to watch, as it is configured now. */
export const briefingOf = (host: Host, registry: Registry, locale: Locale): HostBriefing => {
  const apps: readonly AppSpec[] = registry.appsOn(host.id).map((app) => ({
    name: app.name,
    service: registry.serviceOf(app)?.name ?? app.name,
    manager: app.manager,
    artifacts: app.artifacts,
    repair: app.repair,
    ...defined({
      dir: app.dir,
      ecosystem: app.ecosystem,
      envFile: app.envFile,
      health: app.health,
      port: app.port,
    }),
  }));
  const told = { host: host.name, locale, apps, ...defined({ pm2Home: host.pm2Home }) };
  const revision = createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 16);
  return { revision, ...told };
};
