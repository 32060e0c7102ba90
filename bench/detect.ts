/**
 * Hard down seen from outside, all at its defaults (full check every 2 minutes, pulse every 10 s): real servers on loopback, each a service of its
 * own, are closed at random moments; the time until the alert has arrived at a channel's server. Storms are off and each service has a channel of its
 * own, so that each outage is told by itself: sixty independent outages within minutes are otherwise told in fewer messages. Run: `node bench/detect.ts [targets] [seconds over which they are closed]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startTarget, type Target } from '../test/fakes/target.ts';
import { startFakeWebhook } from '../test/fakes/webhook.ts';
import { hook, LOOPBACK_CONTROLS, step } from '../test/e2e/settings.ts';
import { onStage } from './rig/brain.ts';
import { reportAtMost } from './rig/figure.ts';
import { mean, quantile } from './rig/numbers.ts';

/** Every pulse has begun by then. */
const SETTLE_MS = 25_000;
const ALERT_WITHIN_MS = 90_000;

const [count = 60, seconds = 120] = process.argv.slice(2).map(Number);

await onStage(async (stage) => {
  const receiver = await stage.keep(startFakeWebhook());
  const targets: Target[] = [];
  for (let index = 0; index < count; index += 1) targets.push(await stage.keep(startTarget()));
  const brain = await stage.brain({
    config: {
      locale: 'en',
      timezone: 'UTC',
      network: LOOPBACK_CONTROLS,
      detection: { storm: { suspects: 10_000, services: 10_000 } },
      services: targets.map(({ url }, index) => ({
        name: `service ${index}`,
        policy: `policy ${index}`,
        monitors: [{ name: 'health', kind: 'http', url }],
      })),
      contacts: [{ name: 'duty', channels: targets.map((_, index) => hook(`hook-${index}`, receiver.url)) }],
      policies: targets.map((_, index) => ({ name: `policy ${index}`, steps: [step('0s', [`hook-${index}`])] })),
    },
  });
  await pause(SETTLE_MS);
  const took = await Promise.all(
    targets.map(async (target, index) => {
      await pause(Math.random() * seconds * 1_000);
      const closedAt = Date.now();
      await target.die();
      const told = await brain.next(
        receiver.hooks,
        `the alert of service ${index}`,
        ({ body }) => body['kind'] === 'down' && String(body['title']).includes(`service ${index} `),
        ALERT_WITHIN_MS,
      );
      return { outage: (told.at - closedAt) / 1_000, incidentId: String(told.body['incidentId']), at: told.at };
    }),
  );
  const { body } = await brain.api('GET', '/incidents?limit=200');
  const detected = new Map<string, number>();
  for (const { id, detectedAt } of body.items as { id: string; detectedAt: string }[])
    detected.set(id, Date.parse(detectedAt));
  const sending = took.map(({ incidentId, at }) => (at - (detected.get(incidentId) ?? Number.NaN)) / 1_000);
  const outages = took.map(({ outage }) => outage);
  console.log(
    `${count} outages: ${Math.min(...outages).toFixed(1)} s at least, ${quantile(outages, 0.5).toFixed(1)} s in the middle`,
  );
  reportAtMost('Hard down → alert, mean', mean(outages), 17, ' s');
  reportAtMost('Hard down → alert, p95', quantile(outages, 0.95), 25, ' s');
  reportAtMost('Verdict → channel, p95', quantile(sending, 0.95), 2, ' s', 2);
  await brain.stop();
});
