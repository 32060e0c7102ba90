import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostSignal } from '../host/contract.ts';
import { reason } from '../monitor/reason.ts';
import { crashed, healed, repaired } from '../../test/fakes/agent.ts';
import { breakMonitor, healMonitor, servicesOf } from '../../test/fakes/engine.ts';
import { APPS, CONFIG, faceOf, hand, hostId, openOf, startWithApp, timelineOf } from '../../test/fakes/host-engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { staleArtifact } from '../../test/fakes/host-samples.ts';

describe('an app in its service', () => {
  it('opens the incident with the cause, loud at once, and closes it when it is well', async (context) => {
    const engine = await startWithApp(context);
    const at = engine.clock.now();
    const change: HostSignal = {
      type: 'change',
      at: at - 7_500,
      app: 'backend',
      what: 'artifact-appeared',
      path: 'dist/',
    };
    const exit: HostSignal = { type: 'process', at: at - 500, app: 'backend', what: 'exit', code: 1 };
    assert.equal(await hand(engine, 1, change, exit, crashed(at)), 3);
    const incident = openOf(engine);
    assert.equal(incident?.severity, 'critical');
    assert.equal(incident.loudAtOnce, true);
    assert.equal(incident.start.to.at, at - 500);
    assert.equal(incident.scenes?.[0]?.findings[0]?.cause, 'stale-artifact');
    assert.equal(incident.scenes[0].exits?.count, 1);
    const known = await timelineOf(engine, incident.id);
    assert.deepEqual(
      known
        .filter(({ source }) => source === 'host')
        .map(({ data }) => data.type)
        .toSorted(),
      ['change', 'finding', 'opened', 'process', 'verdict'],
    );
    engine.clock.advance(20_000);
    await hand(engine, 4, healed(engine.clock.now()));
    assert.equal(openOf(engine), undefined);
    assert.equal((await engine.parts.core.store.incident(incident.id))?.state, 'closed');
  });

  it('shares one incident with the checks from outside, whichever comes first, and recovery needs both', async (context) => {
    const engine = await startWithApp(context);
    const first = await breakMonitor(engine, 'api-job');
    await hand(engine, 1, crashed(engine.clock.now()));
    const joined = openOf(engine);
    assert.equal(joined?.id, first.id);
    assert.equal(joined.involved.length, 2);
    assert.equal(joined.loudAtOnce, true, 'a cause that lasts turns it loud');
    await healMonitor(engine, 'api-job');
    assert.equal(openOf(engine)?.id, first.id, 'the app is still down');
    await hand(engine, 2, healed(engine.clock.now()));
    assert.equal(openOf(engine), undefined);
  });

  it('is a warning while it is degraded', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, crashed(engine.clock.now(), { to: 'degraded', lasting: false, findings: [] }));
    assert.equal(openOf(engine)?.severity, 'warning');
  });

  it('is told of only after a window of maintenance', async (context) => {
    const window = `maintenance: [{ name: now, at: "2025-12-22 03:00Z", for: 1h }]\n`;
    const engine = await startWithApp(context, `${CONFIG}${window}`);
    await hand(engine, 1, crashed(engine.clock.now()));
    assert.equal(openOf(engine), undefined);
    assert.equal(faceOf(engine).app('backend').verdict, 'down');
    engine.clock.advance(60 * 60_000);
    await hand(engine, 2, { type: 'vitals', at: engine.clock.now(), vitals: VITALS });
    assert.equal(openOf(engine)?.severity, 'critical');
  });
});

describe('the configuration', () => {
  it('that an app leaves ends its part: nobody will see it recover', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, crashed(engine.clock.now()));
    const id = openOf(engine)?.id ?? '';
    await engine.end();
    const again = await startWithApp(context, servicesOf(['api']), { dir: engine.dir });
    assert.equal(openOf(again), undefined);
    await eventually('the end in the store', async () => (await again.parts.core.store.incident(id))?.withdrawn);
  });
});

describe('signals', () => {
  it('are taken in once, also after a restart that forgot nothing', async (context) => {
    const engine = await startWithApp(context);
    const at = engine.clock.now();
    await hand(engine, 1, crashed(at));
    const before = await timelineOf(engine, openOf(engine)?.id ?? '');
    assert.equal(await hand(engine, 1, crashed(at)), 1);
    await engine.kill();
    const again = await startWithApp(context, CONFIG, { dir: engine.dir });
    assert.equal(openOf(again)?.state, 'open');
    assert.equal(await hand(again, 1, crashed(at)), 1);
    assert.deepEqual(
      (await timelineOf(again, openOf(again)?.id ?? '')).filter(({ source }) => source === 'host'),
      before.filter(({ source }) => source === 'host'),
    );
    assert.equal(await hand(again, 1, healed(again.clock.now())), 1, 'an old number says nothing new');
    assert.equal(openOf(again)?.state, 'open');
  });

  it('of what came and went while the brain was away are told late', async (context) => {
    const engine = await startWithApp(context);
    const at = engine.clock.now();
    await hand(engine, 1, crashed(at - 600_000), healed(at - 300_000));
    assert.equal(openOf(engine), undefined);
    const { items } = await engine.parts.core.store.incidents({ limit: 10 });
    assert.equal(items.length, 1);
    assert.equal(items[0]?.toldLate, true);
    assert.equal(items[0].scenes?.[0]?.findings[0]?.cause, 'stale-artifact');
  });

  it('of what is still so after the brain was away open an incident, though not before it is sure', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, crashed(engine.clock.now() - 600_000));
    assert.equal(openOf(engine), undefined);
    engine.clock.advance(3_000);
    assert.equal(openOf(engine)?.severity, 'critical');
  });

  it('of apps that are not defined are left out', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, crashed(engine.clock.now(), { app: 'stranger' }));
    assert.equal(openOf(engine), undefined);
    assert.equal(engine.warnings.length, 1);
  });
});

describe('a host', () => {
  const FILLING = reason('host.disk-filling', { mount: '/', freeBytes: 5e9 });
  const FULL = reason('host.disk-full', { mount: '/', freeBytes: 1e8 });
  const trouble = (at: number, on: boolean, severity: 'critical' | 'warning' = 'warning'): HostSignal => ({
    type: 'host-trouble',
    at,
    key: 'disk /',
    on,
    severity,
    reason: severity === 'warning' ? FILLING : FULL,
  });

  it('that carries one service tells its troubles in that service, critical when it is nearly full', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, trouble(engine.clock.now(), true));
    assert.equal(openOf(engine)?.severity, 'warning');
    await hand(engine, 2, trouble(engine.clock.now(), true, 'critical'));
    assert.equal(openOf(engine)?.severity, 'critical');
    assert.equal(openOf(engine)?.involved.length, 1);
    await hand(engine, 3, trouble(engine.clock.now(), false));
    assert.equal(openOf(engine), undefined);
  });

  it('that carries several has a conversation of its own', async (context) => {
    const engine = await startWithApp(
      context,
      `${servicesOf(['api', 'web'])}hosts: [{ name: vps }]\napps: [{ name: backend, service: api }, { name: front, service: web }]\n`,
    );
    await hand(engine, 1, trouble(engine.clock.now(), true));
    const open = engine.parts.incidents.open();
    assert.deepEqual(
      open.map(({ kind, serviceId }) => [kind, serviceId]),
      [['host', hostId(engine)]],
    );
  });

  it('whose agent falls silent is gone; a service that nobody else sees is told of', async (context) => {
    const engine = await startWithApp(context, `services: [{ name: api }]\n${APPS}`);
    faceOf(engine).agentSeen(hostId(engine), { version: '1' });
    assert.equal(faceOf(engine).host('vps').agent, 'connected');
    engine.clock.advance(44_000);
    assert.equal(faceOf(engine).host('vps').agent, 'connected');
    engine.clock.advance(2_000);
    assert.equal(faceOf(engine).host('vps').agent, 'gone');
    assert.equal(openOf(engine)?.reason?.code, 'host.gone');
    faceOf(engine).agentSeen(hostId(engine), { version: '1' });
    assert.equal(openOf(engine), undefined);
  });

  it('whose agent falls silent hurts no service that is watched from outside', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, crashed(engine.clock.now()));
    engine.clock.advance(46_000);
    assert.equal(openOf(engine), undefined, 'what the agent said last is not known to be so any more');
    await hand(engine, 2, { type: 'vitals', at: engine.clock.now(), vitals: VITALS });
    assert.equal(openOf(engine)?.severity, 'critical', 'and counts again once it is back');
    assert.deepEqual(faceOf(engine).host('vps').vitals, VITALS);
  });
});

const VITALS = {
  load: [0, 0, 0] as const,
  cpus: 1,
  memory: { totalBytes: 1, availableBytes: 1, swapTotalBytes: 0, swapFreeBytes: 0 },
  disks: [],
  processes: [],
  ports: [],
};

describe('findings and repairs', () => {
  it('that come after the opening join it, and name how it came back', async (context) => {
    const engine = await startWithApp(context);
    const at = engine.clock.now();
    await hand(engine, 1, crashed(at, { findings: [], lasting: false }));
    assert.equal(openOf(engine)?.loudAtOnce, false);
    await hand(engine, 2, { type: 'findings', at, app: 'backend', findings: [staleArtifact] });
    assert.equal(openOf(engine)?.loudAtOnce, true, 'a lasting cause turns it loud');
    await hand(
      engine,
      3,
      repaired(at, 'proposed', { inMs: 10_000 }),
      repaired(at, 'starting'),
      repaired(at, 'applied'),
    );
    const incident = openOf(engine);
    assert.equal(incident?.scenes?.[0]?.repair?.phase, 'applied');
    assert.deepEqual(incident.help, { at, do: 'repair', action: 'stale-artifacts' });
    await hand(engine, 6, healed(at), repaired(at, 'verified'));
    const known = await timelineOf(engine, incident.id);
    assert.equal(known.filter(({ data }) => data.type === 'repair').length, 4, 'what is told soon after belongs to it');
  });

  it('that fail call a person', async (context) => {
    const engine = await startWithApp(context);
    const at = engine.clock.now();
    await hand(engine, 1, crashed(at, { findings: [], lasting: false }), repaired(at, 'given-up'));
    assert.equal(openOf(engine)?.loudAtOnce, true);
  });
});
