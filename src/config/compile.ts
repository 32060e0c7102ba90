import { Fault, type FaultPlace } from '#kernel/fault.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import type { Channel, Contact, Policy, PolicyStep } from '#alert/model.ts';
import type { MaintenanceWindow, Monitor, Service, Severity } from '#monitor/model.ts';
import type { MonitorKind } from '#monitor/kind.ts';
import type { Resource } from '#store/contract.ts';
import type { App, Compile, Compiled, SecretSource, Watcher } from './contract.ts';
import type { Mistake } from './document.ts';
import { mistakesFromOutside } from './from-outside.ts';
import { channelFault } from './channel-check.ts';
import { SCHEMAS } from './load.ts';
import { parseResolved, withoutValues } from './parse.ts';
import { isMapping, pathText } from './path.ts';
import { ownTimezone } from './schema-settings.ts';
import { commonMonitorKeys, pulseByDefault } from './schema-monitor.ts';
import { momentOf } from './time-of-day.ts';

type Read = Readonly<Record<string, unknown>>;

/**
 * Turns a stored resource into what the engine works with; secrets are resolved here and nowhere else. What came through API or screens may
 * hold no `${…}` and no paths of files.
 * @throws Fault CONFIG_INVALID (from the file or command line) or INPUT_INVALID (through the API) with every place that is wrong.
 */
export const compile: Compile = (resource, secrets) => {
  const foreign = mistakesFromOutside(resource);
  const parsed = parseResolved(
    SCHEMAS.specs[resource.kind],
    resource.spec,
    resource.origin === 'stored' ? NO_SECRETS : secrets,
  );
  const mistakes = foreign.length > 0 ? foreign : parsed.mistakes;
  if (mistakes.length > 0 || parsed.output === undefined) throw invalid(resource, mistakes);
  const read = parsed.output as Read;
  const fault = resource.kind === 'channel' ? channelFault(read, SCHEMAS) : undefined;
  if (fault !== undefined)
    throw invalid(resource, withoutValues([{ path: [], at: 'value', message: fault }], parsed.resolved));
  const compiled = COMPILERS[resource.kind](resource, read);
  if (compiled === undefined)
    throw invalid(resource, [{ path: ['at'], at: 'value', message: 'is a day or time that does not exist' }]);
  return compiled;
};

const NO_SECRETS: SecretSource = { env: () => undefined, file: () => undefined };

const invalid = (resource: Resource, mistakes: readonly Mistake[]): Fault => {
  const places: FaultPlace[] = mistakes.map(({ path, message, hint }) => ({
    path: pathText(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
  const code = resource.origin === 'stored' ? 'INPUT_INVALID' : 'CONFIG_INVALID';
  const first = places[0];
  const detail = first === undefined ? '' : `: ${first.path === '' ? '' : `${first.path} `}${first.message}`;
  return new Fault(code, `${resource.kind} "${resource.name}"${detail}`, first?.hint ?? '', { places });
};

type Compiler = (resource: Resource, read: Read) => Compiled | undefined;

const identity = ({ id, name, origin }: Resource): Pick<Resource, 'id' | 'name' | 'origin'> => ({ id, name, origin });

const service: Compiler = (resource, read) => ({
  kind: 'service',
  value: { ...identity(resource), ...defined({ policy: read['policy'] }), dependsOn: read['dependsOn'] } as Service,
});

/** The keys that are left for the kind itself. */
const ownConfig = (kind: MonitorKind, read: Read): Monitor['config'] => {
  const shared = commonMonitorKeys(kind);
  return Object.fromEntries(Object.entries(read).filter(([key]) => !shared.has(key))) as unknown as Monitor['config'];
};

const pulseOf = (kind: MonitorKind, written: unknown, everyMs: Ms): Monitor['pulse'] => {
  if (kind.passive || written === 'off') return undefined;
  if (typeof written === 'number') return { everyMs: written };
  if (isMapping(written)) {
    const { every, path } = written as { every: Ms; path?: string };
    return { everyMs: every, ...(path === undefined ? {} : { path }) };
  }
  const byDefault = pulseByDefault(kind, everyMs);
  return byDefault === undefined ? undefined : { everyMs: byDefault };
};

const monitor: Compiler = (resource, read) => {
  const kind = SCHEMAS.seams.kinds.find((candidate) => candidate.kind === read['kind']);
  if (kind === undefined) return undefined;
  const everyMs = typeof read['every'] === 'number' ? read['every'] : kind.defaults.everyMs;
  const value: Monitor = {
    ...identity(resource),
    num: resource.num,
    serviceId: resource.parentId ?? '',
    kind: kind.kind,
    everyMs,
    timeoutMs: typeof read['timeout'] === 'number' ? read['timeout'] : kind.defaults.timeoutMs,
    ...defined({ pulse: pulseOf(kind, read['pulse'], everyMs) }),
    severity: (read['severity'] as Severity | undefined) ?? 'critical',
    paused: read['paused'] === true,
    config: ownConfig(kind, read),
  };
  return { kind: 'monitor', value };
};

const contact: Compiler = (resource, read) => {
  const quiet = read['quiet'] as { from: number; to: number; below: Severity } | undefined;
  const hours = quiet === undefined ? undefined : { fromMinute: quiet.from, toMinute: quiet.to, below: quiet.below };
  const value = {
    ...identity(resource),
    ...defined({ locale: read['locale'], timezone: read['timezone'], quiet: hours }),
  };
  return { kind: 'contact', value: value as Contact };
};

const channel: Compiler = (resource, read) => {
  const { cap, ...config } = read as Read & { cap?: Channel['cap']; kind: string };
  const limits = cap === undefined ? undefined : defined({ perDay: cap.perDay, costPerDay: cap.costPerDay });
  const { kind } = config as unknown as Channel['config'];
  const value: Channel = {
    ...identity(resource),
    contactId: resource.parentId ?? '',
    kind,
    ...defined({ cap: limits }),
    config: { ...config, kind },
  };
  return { kind: 'channel', value };
};

const loudOf = (written: unknown, afterMs: Ms): PolicyStep['loud'] => {
  if (typeof written === 'boolean') return written ? 'always' : 'never';
  return (written as PolicyStep['loud'] | undefined) ?? (afterMs === 0 ? 'auto' : 'always');
};

const policy: Compiler = (resource, read) => {
  const steps = (read['steps'] as readonly { after: Ms; notify: readonly string[]; loud?: unknown }[])
    .map(({ after, notify, loud }) => ({ afterMs: after, notify, loud: loudOf(loud, after) }))
    .toSorted((a, b) => a.afterMs - b.afterMs);
  const repeat = typeof read['repeatEvery'] === 'number' ? read['repeatEvery'] : undefined;
  const value = {
    ...identity(resource),
    steps,
    ...defined({ repeatEveryMs: repeat }),
    until: read['until'] as Policy['until'],
  };
  return { kind: 'policy', value };
};

const watcher: Compiler = ({ id, name }, read) => ({
  kind: 'watcher',
  value: { id, name, kind: read['kind'], everyMs: read['every'], ...defined({ url: read['url'] }) } as Watcher,
});

const maintenance: Compiler = (resource, read) => {
  const { at, cron, timezone, services } = read as {
    at?: string;
    cron?: string;
    timezone?: string;
    services: readonly string[];
  };
  const moment = at === undefined ? undefined : momentOf(at, timezone ?? ownTimezone());
  if (at !== undefined && moment === undefined) return undefined;
  const value: MaintenanceWindow = {
    ...identity(resource),
    forMs: read['for'] as Ms,
    services,
    ...defined({ at: moment, cron, timezone }),
  };
  return { kind: 'maintenance', value };
};

const host: Compiler = (resource, read) => {
  const { local, ssh, pm2Home } = read as { local?: boolean; ssh?: string; pm2Home?: string };
  return { kind: 'host', value: { ...identity(resource), local: local === true, ...defined({ ssh, pm2Home }) } };
};

/** A health check that is asked on the host itself says on which port the app listens. */
const portOf = (read: Read): number | undefined => {
  const { port, health, deploy } = read as { port?: number; health?: string; deploy?: { port?: number } };
  if (port !== undefined || deploy?.port !== undefined) return port ?? deploy?.port;
  if (health === undefined || !URL.canParse(health)) return undefined;
  const url = new URL(health);
  const isHere = /^(localhost|127\.|\[::1\])/.test(url.hostname);
  return isHere && url.port !== '' ? Number(url.port) : undefined;
};

const app: Compiler = (resource, read) => {
  const {
    service: carries,
    host: on,
    dir,
    ecosystem,
    envFile,
    health,
    artifacts,
    manager,
    repair,
  } = read as Partial<App>;
  const value: App = {
    ...identity(resource),
    manager: manager ?? 'pm2',
    artifacts: artifacts ?? [],
    repair: repair ?? 'ask',
    ...defined({ service: carries, host: on, dir, ecosystem, envFile, health, port: portOf(read) }),
  };
  return { kind: 'app', value };
};

const COMPILERS: Readonly<Record<Resource['kind'], Compiler>> = {
  service,
  monitor,
  contact,
  channel,
  policy,
  watcher,
  maintenance,
  host,
  app,
};
