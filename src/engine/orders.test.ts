import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../kernel/fault.ts';
import { crashed, healed, repaired } from '../../test/fakes/agent.ts';
import { faceOf, hand, hostId, openOf, startWithApp } from '../../test/fakes/host-engine.ts';

const BY = { name: 'Aigerim', via: 'telegram' } as const;

describe('an order', () => {
  it('reaches the agent once, is answered, and is written down', async (context) => {
    const engine = await startWithApp(context);
    const face = faceOf(engine);
    const at = engine.clock.now();
    await hand(engine, 1, crashed(at), repaired(at, 'proposed', { plan: 'move dist/ away' }));
    const listening = face.agentNews(hostId(engine), { waitMs: 25_000, briefing: face.briefing('vps').revision });
    const issued = await face.order('backend', { do: 'repair', planId: 'plan-1' }, BY);
    const { orders, briefing } = await listening;
    assert.equal(briefing, undefined);
    assert.deepEqual(
      orders.map(({ id, order, by }) => [id, order.do, by.name]),
      [[issued.id, 'repair', 'Aigerim']],
    );
    const revision = face.briefing('vps').revision;
    assert.deepEqual((await face.agentNews(hostId(engine), { waitMs: 0, briefing: revision })).orders, []);
    await hand(
      engine,
      3,
      repaired(at, 'starting'),
      { type: 'order-done', at, orderId: issued.id, outcome: 'done', output: 'moved' },
      healed(at),
    );
    assert.equal(face.orderOf(issued.id).phase, 'done');
    const { items } = await engine.parts.core.store.audit({ limit: 10 });
    assert.deepEqual(items.map(({ action, actor, via }) => `${action} ${actor} ${via}`).toSorted(), [
      'app.repair Aigerim telegram',
      'app.repair.done Aigerim telegram',
    ]);
    assert.match(JSON.stringify(items), /move dist\/ away/);
    const { items: closed } = await engine.parts.core.store.incidents({ limit: 1 });
    assert.deepEqual(closed[0]?.help?.by, BY);
  });

  it('under way when the app comes back is how it came back', async (context) => {
    const engine = await startWithApp(context);
    const face = faceOf(engine);
    await hand(engine, 1, crashed(engine.clock.now()));
    const incidentId = openOf(engine)?.id ?? '';
    await face.order('backend', { do: 'recover' }, BY);
    assert.equal(
      (await face.agentNews(hostId(engine), { waitMs: 0, briefing: face.briefing('vps').revision })).orders.length,
      1,
    );
    await hand(engine, 2, healed(engine.clock.now()));
    const { help } = (await engine.parts.core.store.incident(incidentId)) ?? {};
    assert.deepEqual([help?.do, help?.by], ['recover', BY]);
  });

  it('is refused without an agent, and for a repair that nobody proposes', async (context) => {
    const engine = await startWithApp(context);
    const conflict = (words: RegExp) => (error: unknown) =>
      error instanceof Fault && error.code === 'CONFLICT' && words.test(error.message);
    await assert.rejects(faceOf(engine).order('backend', { do: 'recover' }, BY), conflict(/never been heard of/));
    await hand(engine, 1, crashed(engine.clock.now()));
    await assert.rejects(
      faceOf(engine).order('backend', { do: 'repair', planId: 'plan-1' }, BY),
      conflict(/No such repair/),
    );
    engine.clock.advance(46_000);
    await assert.rejects(faceOf(engine).order('backend', { do: 'recover' }, BY), conflict(/does not answer/));
  });

  it('that nobody fetches in time is not carried out later', async (context) => {
    const engine = await startWithApp(context);
    await hand(engine, 1, crashed(engine.clock.now()));
    const { id } = await faceOf(engine).order('backend', { do: 'recover' }, BY);
    engine.clock.advance(5 * 60_000 + 1_000);
    assert.equal(faceOf(engine).orderOf(id).phase, 'expired');
    faceOf(engine).agentSeen(hostId(engine), { version: '1' });
    const { orders } = await faceOf(engine).agentNews(hostId(engine), { waitMs: 0 });
    assert.deepEqual(orders, []);
  });
});

describe('a briefing', () => {
  it('holds what the file says of the apps, and is told anew when that changes', async (context) => {
    const engine = await startWithApp(context);
    const face = faceOf(engine);
    const { revision, ...told } = face.briefing('vps');
    assert.deepEqual(told, {
      host: 'vps',
      locale: 'en',
      apps: [{ name: 'backend', service: 'api', manager: 'pm2', artifacts: ['dist/'], repair: 'ask' }],
    });
    assert.equal((await face.agentNews(hostId(engine), { waitMs: 0 })).briefing?.revision, revision);
    assert.equal((await face.agentNews(hostId(engine), { waitMs: 0, briefing: revision })).briefing, undefined);
  });
});
