/**
 * How long pages and API queries take with two years of history of 100 monitors at 30 s, each cold: the first time in a brain that was just started,
 * by the clock of the one who asks over TCP. Run: `node bench/queries.ts [starts]`.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningBrain } from '../test/e2e/harness.ts';
import { manyMonitors, onStage } from './rig/brain.ts';
import { report, reportAtMost } from './rig/figure.ts';
import { fillHistory } from './rig/history.ts';
import { median } from './rig/numbers.ts';
import { startTargetServer } from './rig/target.ts';

const MONITORS = 100;
const LIMIT_MS = 50;
const PAGE_KB = 60;
const DAY = 86_400_000;

const [starts = 5] = process.argv.slice(2).map(Number);

interface Place {
  readonly monitor: string;
  readonly incident: string;
}

const ago = (days: number): string => encodeURIComponent(new Date(Date.now() - days * DAY).toISOString());

/** What is asked, in this order; nothing is asked twice in one brain. */
const QUESTIONS: Readonly<Record<string, (place: Place) => string>> = {
  status: () => '/api/v1/status',
  services: () => '/api/v1/services?limit=200',
  monitors: () => '/api/v1/monitors?limit=200',
  incidents: () => '/api/v1/incidents?limit=50',
  'an incident': ({ incident }) => `/api/v1/incidents/${incident}`,
  'its timeline': ({ incident }) => `/api/v1/incidents/${incident}/timeline`,
  alerts: () => '/api/v1/alerts?limit=50',
  'newest checks': ({ monitor }) => `/api/v1/monitors/${monitor}/checks?limit=100`,
  'bad checks': ({ monitor }) => `/api/v1/monitors/${monitor}/checks?limit=100&onlyBad=true`,
  'a day in minutes': ({ monitor }) => `/api/v1/monitors/${monitor}/history?from=${ago(1)}&span=1m`,
  '30 days in hours': ({ monitor }) => `/api/v1/monitors/${monitor}/history?from=${ago(30)}&span=1h`,
  'two years in days': ({ monitor }) => `/api/v1/monitors/${monitor}/history?from=${ago(729)}&span=1d`,
  'uptime of two years': ({ monitor }) => `/api/v1/monitors/${monitor}/uptime?from=${ago(729)}`,
  audit: () => '/api/v1/audit?limit=50',
  metrics: () => '/metrics',
  'first page': () => '/',
  'page of an incident': ({ incident }) => `/i/C${incident}`,
};

/** Signs in as a person does and gives the cookie. */
const signIn = async (brain: RunningBrain): Promise<string> => {
  const { body } = await brain.api('POST', '/sign-in-links', {});
  const token = new URL(String(body.url)).hash.slice(1);
  const answer = await fetch(`${brain.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: brain.url },
    body: new URLSearchParams({ secret: token }),
  });
  return (answer.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '';
};

await onStage(async (stage) => {
  const target = await stage.keep(startTargetServer());
  const data = join(stage.dir, 'data');
  const config = manyMonitors(MONITORS, (index) => target.url(index), { every: '30s', pulse: 'off' });
  const first = await stage.brain({ config, data });
  const { body: monitors } = await first.api('GET', '/monitors?limit=200');
  await first.stop();
  const begun = performance.now();
  await fillHistory(data, Date.now());
  const size = statSync(join(data, 'dozor.db')).size / 1e6;
  console.log(`two years made in ${((performance.now() - begun) / 1_000).toFixed(0)} s, ${size.toFixed(0)} MB`);

  const took = new Map<string, number[]>();
  const bytes = new Map<string, number>();
  for (let start = 0; start < starts; start += 1) {
    const brain = await stage.brain({ config, data });
    const cookie = await signIn(brain);
    await pause(2_000);
    const place = { monitor: String(monitors.items[start % MONITORS].id), incident: `past-00${1_900 + start}` };
    for (const [what, path] of Object.entries(QUESTIONS)) {
      const asked = performance.now();
      const answer = await fetch(`${brain.url}${path(place)}`, { headers: { cookie } });
      const length = (await answer.arrayBuffer()).byteLength;
      if (answer.status !== 200) throw new Error(`${what}: ${path(place)} answered ${answer.status}`);
      took.set(what, [...(took.get(what) ?? []), performance.now() - asked]);
      bytes.set(what, length);
    }
    await brain.stop();
  }
  let slowest = '';
  for (const [what, times] of took) {
    const each = times.map((time) => time.toFixed(0)).join(', ');
    console.log(
      `${what}: ${median(times).toFixed(1)} ms (${each}), ${((bytes.get(what) ?? 0) / 1_024).toFixed(1)} KiB`,
    );
    if (slowest === '' || median(times) > median(took.get(slowest) ?? [])) slowest = what;
  }
  const worst = median(took.get(slowest) ?? []);
  report({
    what: 'Slowest page or query, two years of 100 monitors, cold (median of starts)',
    goal: `≤ ${LIMIT_MS} ms`,
    measured: `${worst.toFixed(0)} ms (${slowest})`,
    reached: worst <= LIMIT_MS,
  });
  reportAtMost('Size of the first page', (bytes.get('first page') ?? 0) / 1_024, PAGE_KB, ' KiB', 0);
});
