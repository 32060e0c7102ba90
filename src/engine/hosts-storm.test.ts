import assert from 'node:assert/strict';
import { it } from 'node:test';
import { breakMonitor, hooksTo, servicesOf } from '../../test/fakes/engine.ts';
import { faceOf, hostId, startWithApp } from '../../test/fakes/host-engine.ts';

const NAMES = ['api', 'web', 'jobs'];
const CONFIG = [
  servicesOf(NAMES),
  hooksTo({ hook: 'http://127.0.0.1:9/' }),
  'detection: { storm: { suspects: 0 } }',
  'hosts: [{ name: vps }]',
  'apps:',
  ...NAMES.map((name) => `  - { name: ${name}-app, service: ${name} }`),
  '',
].join('\n');

it('services that fall together on a host whose agent is gone are one storm, with that as its cause', async (context) => {
  const engine = await startWithApp(context, CONFIG);
  faceOf(engine).agentSeen(hostId(engine), { version: '1' });
  engine.clock.advance(46_000);
  for (const name of NAMES) await breakMonitor(engine, `${name}-job`);
  engine.clock.advance(5_000);
  const storm = engine.parts.incidents.open().find(({ kind }) => kind === 'storm');
  assert.equal(storm?.storm?.host, 'vps');
  assert.equal(storm.storm.commonCause.code, 'host.gone');
  assert.equal(storm.storm.serviceIds.length, 3);
});

it('a storm that was told before the agent fell silent learns its cause', async (context) => {
  const engine = await startWithApp(context, CONFIG);
  faceOf(engine).agentSeen(hostId(engine), { version: '1' });
  for (const name of NAMES) await breakMonitor(engine, `${name}-job`);
  engine.clock.advance(5_000);
  const stormOf = () => engine.parts.incidents.open().find(({ kind }) => kind === 'storm')?.storm;
  assert.equal(stormOf()?.commonCause.code, 'tcp.refused');
  engine.clock.advance(41_000);
  assert.equal(stormOf()?.commonCause.code, 'host.gone');
});

it('an agent that stays silent is told of once, silently, and so is its return', async (context) => {
  const engine = await startWithApp(context, CONFIG);
  const notes = async () =>
    (await engine.parts.core.store.alerts({ limit: 10 })).items.map(({ facts }) => facts.textKey).toReversed();
  faceOf(engine).agentSeen(hostId(engine), { version: '1' });
  engine.clock.advance(46_000);
  assert.deepEqual(await notes(), []);
  engine.clock.advance(120_000);
  await engine.parts.core.turn().write({ put: 'meta', key: 'flush', value: 0 }).commit();
  assert.deepEqual(await notes(), ['agent.gone']);
  faceOf(engine).agentSeen(hostId(engine), { version: '1' });
  await engine.parts.core.turn().write({ put: 'meta', key: 'flush', value: 1 }).commit();
  assert.deepEqual(await notes(), ['agent.gone', 'agent.back']);
});
