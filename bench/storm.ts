/**
 * Fifty services down by one cause make one message (rivals: fifty), all at its defaults: fifty servers are closed at the same moment, and what the
 * channel is sent about them in the first minute is counted. What comes later is the escalation of that one conversation (loud after 45 s); all
 * messages are printed. Run: `node bench/storm.ts [targets]`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startTarget, type Target } from '../test/fakes/target.ts';
import { startFakeTelegram } from '../test/fakes/telegram.ts';
import { LOOPBACK_CONTROLS, step, telegram } from '../test/e2e/settings.ts';
import { onStage } from './rig/brain.ts';
import { report } from './rig/figure.ts';

const SETTLE_MS = 25_000;
const LISTEN_MS = 60_000;

const [count = 50] = process.argv.slice(2).map(Number);

await onStage(async (stage) => {
  const tg = await stage.keep(startFakeTelegram());
  const targets: Target[] = [];
  for (let index = 0; index < count; index += 1) targets.push(await stage.keep(startTarget()));
  const brain = await stage.brain({
    config: {
      locale: 'en',
      timezone: 'UTC',
      network: LOOPBACK_CONTROLS,
      services: targets.map(({ url }, index) => ({
        name: `service ${index}`,
        monitors: [{ name: 'health', kind: 'http', url }],
      })),
      contacts: [{ name: 'duty', channels: [telegram(tg)] }],
      policies: [{ name: 'default', steps: [step('0s', ['tg'])] }],
    },
  });
  await pause(SETTLE_MS);
  const closedAt = Date.now();
  await Promise.all(targets.map(async (target) => target.die()));
  await pause(LISTEN_MS);
  const sent = tg.messages.items.filter(({ method }) => method === 'sendMessage');
  for (const { at, silent, text } of sent)
    console.log(`${((at - closedAt) / 1_000).toFixed(1)} s${silent ? ' (silent)' : ''}: ${text.split('\n', 1)[0]}`);
  const told = sent.filter(({ text }) => text.includes('service'));
  report({
    what: `Messages when ${count} targets go down by one cause`,
    goal: '1',
    measured: String(told.length),
    reached: told.length === 1,
  });
  await brain.stop();
});
