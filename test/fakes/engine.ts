import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Alert, AlertFacts, Delivery } from '#alert/model.ts';
import { secretsFrom } from '#config/environment.ts';
import { Life, type OwnGap } from '#engine/life.ts';
import { loadDefinitions } from '#engine/loading.ts';
import type { Log } from '#engine/log.ts';
import type { StartOptions } from '#engine/options.ts';
import type { VerdictLine } from '#engine/verdicts.ts';
import { wireParts, type Parts } from '#engine/wire.ts';
import type { Incident } from '#incident/incident.ts';
import { shortCode, timedId } from '#kernel/id.ts';
import { reason } from '#monitor/reason.ts';
import { fakeClock, type FakeClock } from './clock.ts';
import { eventually } from './eventually.ts';
import { NOON } from './samples.ts';

/** All parts of the engine over a real store in a folder of its own, under a clock that the test moves; its loops stand still until they are started. */
export interface TestEngine {
  readonly clock: FakeClock;
  readonly dir: string;
  readonly parts: Parts;
  readonly life: Life;
  readonly gap: OwnGap | undefined;
  readonly warnings: readonly string[];
  readonly bugs: readonly string[];
  readonly notes: readonly string[];
  readonly lines: readonly VerdictLine[];
  /** Ends it as `dozor` ends; at the latest when the test is over. */
  end(): Promise<void>;
  /** Ends it as kill -9 does: nothing is written down. */
  kill(): Promise<void>;
}

/** What a test engine is started with. */
export interface EngineOptions {
  /** The text of dozor.yaml. */
  readonly config?: string;
  readonly urls?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of an earlier one, to go on where it was. */
  readonly dir?: string;
  readonly clock?: FakeClock;
}

/** The options that a brain is started with, for a folder and a clock; what it says goes into the lists. */
export const startOptions = (options: EngineOptions & { readonly dir: string; readonly clock: FakeClock }) => {
  const heard = { warnings: [] as string[], bugs: [] as string[], notes: [] as string[], lines: [] as VerdictLine[] };
  const log: Log = {
    info: () => undefined,
    warn: (message) => void heard.warnings.push(message),
    bug: (where, error) => void heard.bugs.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`),
  };
  const file = join(options.dir, 'dozor.yaml');
  if (options.config !== undefined) writeFileSync(file, options.config);
  const start: StartOptions = {
    ...(options.config === undefined ? {} : { configFile: file }),
    urls: options.urls ?? [],
    dataDir: join(options.dir, 'data'),
    secrets: secretsFrom(options.env ?? {}),
    log,
    version: '0.0.0-test',
    onVerdict: (line) => void heard.lines.push(line),
    onNote: (text) => void heard.notes.push(text),
    onReload: () => undefined,
    ping: () => Promise.resolve(undefined),
    clock: options.clock,
  };
  return { start, heard };
};

const random = (count: number): Uint8Array => randomBytes(count);

/** Wires all parts, loads the definitions and goes on where a former run was. Fails the test when a bug was caught and not taken note of. */
export const startEngine = async (context: TestContext, options: EngineOptions = {}): Promise<TestEngine> => {
  const clock = options.clock ?? fakeClock(NOON);
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'dozor-engine-'));
  const { start, heard } = startOptions({ ...options, dir, clock });
  const parts = await wireParts({
    ...start,
    clock,
    name: 'test',
    newId: (now) => timedId(now, random),
    newCode: () => shortCode(4, random),
  });
  const life = new Life(parts, start.onNote, () => undefined);
  await loadDefinitions(parts, life, await parts.definitions.read());
  const gap = await life.resume();
  let over = false;
  const once = async (end: () => Promise<void>): Promise<void> => {
    if (over) return;
    over = true;
    parts.network.stop();
    parts.dispatch.stop();
    await end();
    await parts.core.store.close();
  };
  const kill = (): Promise<void> =>
    once(async () => {
      parts.core.deadlines.close();
      parts.watch.stop();
    });
  context.after(kill);
  return { clock, dir, parts, life, gap, ...heard, end: () => once(() => life.end()), kill };
};

/** A contact `team` whose webhook channels lead to these addresses. */
export const hooksTo = (channels: Readonly<Record<string, string>>, more = ''): string =>
  [
    'contacts:',
    '  - name: team',
    ...(more === '' ? [] : [`    ${more}`]),
    '    channels:',
    ...Object.entries(channels).map(([name, url]) => `      - { name: ${name}, kind: webhook, url: "${url}" }`),
    '',
  ].join('\n');

/** Facts as they come from a service that is down. */
export const downFacts = (more: Partial<AlertFacts> = {}): AlertFacts => ({
  kind: 'down',
  severity: 'critical',
  service: 'api',
  failures: [{ monitor: 'http', label: 'GET api', reason: reason('tcp.refused'), bad: 3, asked: 3 }],
  ...more,
});

/** Puts an alert into the outbox of these channels, as the engine does; resolves once it is committed. */
export const tell = async (
  { parts }: TestEngine,
  channels: readonly string[],
  more: Partial<Alert> = {},
  manner: { readonly loud?: boolean; readonly edits?: string } = {},
): Promise<{ readonly alert: Alert; readonly deliveries: readonly Delivery[] }> => {
  const { core, outbox } = parts;
  const alert: Alert = {
    id: core.newId(),
    kind: 'down',
    severity: 'critical',
    transition: 1,
    createdAt: core.clock.now(),
    facts: downFacts(),
    ...more,
  };
  const turn = core.turn();
  const deliveries = outbox.put(turn, alert, channels, { loud: false, step: '0', ...manner });
  await turn.commit();
  return { alert, deliveries };
};

/** The delivery as it stands in the store, once it stands there like that. */
export const stored = (
  { parts }: TestEngine,
  id: string,
  fits: (delivery: Delivery) => boolean = () => true,
): Promise<Delivery> =>
  eventually(`delivery ${id}`, async () => {
    const { items } = await parts.core.store.deliveries({ limit: 100 });
    return items.find((delivery) => delivery.id === id && fits(delivery));
  });

/** Opens an incident of a service's monitor as the verdict machine does, without asking anybody. */
export const breakMonitor = async (
  { parts }: TestEngine,
  name: string,
  more: { readonly lasting?: boolean } = {},
): Promise<Incident> => {
  const { core, incidents } = parts;
  const monitor = core.registry.find('monitor', name);
  const at = core.clock.toWall(core.clock.now());
  const turn = core.turn();
  incidents.feed(turn, monitor.serviceId, {
    type: 'verdict',
    at,
    serviceId: monitor.serviceId,
    monitorId: monitor.id,
    severity: monitor.severity,
    from: 'up',
    to: 'down',
    bad: 3,
    asked: 3,
    afterDeploy: false,
    lasting: more.lasting ?? false,
    fresh: { id: core.newId(), code: core.newCode() },
    reason: reason('tcp.refused'),
    firstBad: { at: at - 5_000, reason: reason('tcp.refused') },
    lastGood: { at: at - 10_000 },
  });
  await turn.commit();
  const incident = incidents.openOf(monitor.serviceId);
  if (incident === undefined) throw new Error(`${name} opened no incident`);
  return incident;
};

/** The same monitor answers again. */
export const healMonitor = async ({ parts }: TestEngine, name: string): Promise<void> => {
  const { core, incidents } = parts;
  const monitor = core.registry.find('monitor', name);
  const at = core.clock.toWall(core.clock.now());
  const turn = core.turn();
  incidents.feed(turn, monitor.serviceId, {
    type: 'verdict',
    at,
    serviceId: monitor.serviceId,
    monitorId: monitor.id,
    severity: monitor.severity,
    from: 'down',
    to: 'up',
    bad: 0,
    asked: 2,
    afterDeploy: false,
    lasting: false,
    fresh: { id: core.newId(), code: core.newCode() },
    lastBad: { at: at - 4_000, reason: reason('tcp.refused') },
    firstGood: { at: at - 2_000 },
  });
  await turn.commit();
};

/** Services of these names, each with a heartbeat `NAME-job` that stays silent for a week: nothing is asked by itself. */
export const servicesOf = (names: readonly string[], more: Readonly<Record<string, string>> = {}): string =>
  [
    'services:',
    ...names.flatMap((name) => [
      `  - name: ${name}`,
      ...(more[name] === undefined ? [] : [`    ${more[name]}`]),
      `    monitors: [{ name: ${name}-job, kind: heartbeat, every: 7d }]`,
    ]),
    '',
  ].join('\n');

/** Lets time pass a step at a time, as far as the questions that are due can be answered in between. */
export const pass = async ({ clock, parts }: TestEngine, span: number, step = 500): Promise<void> => {
  for (let left = span; left > 0; left -= step) {
    clock.advance(Math.min(step, left));
    await eventually('the questions under way', () => parts.asker.running === 0);
  }
};

/** A service of each name with an http monitor `NAME-web` of this address: a full check every 2 minutes, a pulse every 10 s. */
export const watchedBy = (
  services: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): string =>
  [
    'services:',
    ...Object.entries(services).flatMap(([name, url]) => [
      `  - name: ${name}`,
      ...(more[name] === undefined ? [] : [`    ${more[name]}`]),
      `    monitors: [{ name: ${name}-web, kind: http, url: "${url}" }]`,
    ]),
    '',
  ].join('\n');
