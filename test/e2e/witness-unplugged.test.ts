import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startTargetProcess } from '../fakes/target-process.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { openStage, type Stage } from './harness.ts';
import { openNetwork } from './network.ts';
import { configuration, service } from './settings.ts';
import { insideOf, openWay } from './way.ts';
import { startWitness } from './witnessing.ts';

/** A brain and its service on one machine, a witness on another; both machines are network namespaces with cables of their own. */
const openScene = async (test: Parameters<typeof openStage>[0]) => {
  const stage: Stage = openStage(test);
  const theirs = await stage.keep(openNetwork());
  const ours = await stage.keep(openNetwork());
  const fake = await stage.keep(startFakeTelegram({ host: ours.office }));
  const inside = insideOf(theirs);
  const target = await stage.keep(startTargetProcess([...theirs.wrap], inside));
  const toService = await stage.keep(openWay(ours.far(1), () => new URL(target.url).host));
  const toBrain = await stage.keep(openWay(ours.far(0), () => new URL(brain.url).host));
  const url = `http://${toService.address}/health`;
  const brain = await stage.brain({
    wrap: theirs.wrap,
    listen: `${inside}:0`,
    config: configuration({
      services: [service('API', url)],
      more: { watchers: [{ name: 'office', kind: 'witness', every: '300ms' }] },
    }),
  });
  const witness = await startWitness(stage, {
    brain,
    address: toBrain.address,
    fake,
    wrap: ours.wrap,
    network: { controls: [`${ours.far(8)}:443`, `${ours.far(9)}:443`], resolvers: [ours.neighbour(0)] },
  });
  // from now on they can vouch
  await witness.line(/Own network: 4 of 4 controls answer/);
  await brain.line(/ up /);
  return { theirs, ours, fake, brain, witness, service: toService.address };
};

test('a machine that loses its network is told of once, loudly, with the service that does not answer either, and that it is back', async (t) => {
  const { theirs, fake, service: at } = await openScene(t);
  await theirs.unplug();
  const told = await fake.messages.next(undefined, { withinMs: 30_000 });
  assert.match(told.text, /🔴 Dozor on .* has been silent since \d\d:\d\d:\d\d \(\d+ s\)\./);
  assert.ok(
    told.text.includes(`${at}/health does not answer from here either: the machine is probably down.`),
    told.text,
  );
  assert.equal(told.silent, false);
  await theirs.plugIn();
  const back = await fake.messages.next(undefined, { withinMs: 30_000 });
  assert.match(back.text, /🟢 Dozor on .* answers again · \d\d:\d\d:\d\d · silent \d+ s/);
  assert.equal(back.silent, true);
  assert.equal(fake.messages.items.length, 2);
});

test('a witness that loses its own network tells nothing, neither then nor when it is back', async (t) => {
  const { ours, fake, witness } = await openScene(t);
  await ours.unplug();
  await witness.line(/The own network does not answer/, 30_000);
  await witness.line(/The own network does not answer/, 30_000);
  await ours.plugIn();
  await witness.line(/Dozor on .* answers\.$/, 30_000);
  // longer than it takes to tell of silence
  await pause(5_000);
  assert.deepEqual(
    fake.messages.items.map(({ text }) => text),
    [],
  );
});
