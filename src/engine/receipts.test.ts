import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { breakMonitor, servicesOf, startEngine, stored, type TestEngine } from '../../test/fakes/engine.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { startFakeSmsc, type FakeSmsc } from '../../test/fakes/smsc.ts';
import { startFakeWebhook, type FakeWebhook } from '../../test/fakes/webhook.ts';
import type { Delivery } from '../alert/model.ts';
import { MINUTE, SECOND } from '../kernel/time.ts';

interface Rig {
  readonly engine: TestEngine;
  readonly smsc: FakeSmsc;
  readonly hook: FakeWebhook;
  readonly config: string;
}

const rig = async (context: TestContext): Promise<Rig> => {
  const smsc = await startFakeSmsc();
  const hook = await startFakeWebhook();
  context.after(() => Promise.all([smsc.close(), hook.close()]));
  const config = `${servicesOf(['api'])}
contacts:
  - name: Aidar
    channels:
      - { name: sms, kind: sms, provider: smsc, to: "+77011234567", login: onai, password: smsc-password, apiRoot: "${smsc.url}" }
      - { name: hook, kind: webhook, url: "${hook.url}" }
policies:
  - name: default
    steps:
      - { after: 0s, notify: [sms] }
      - { after: 1h, notify: [hook] }
`;
  return { engine: await startEngine(context, { config }), smsc, hook, config };
};

/** The SMS of a fresh incident, accepted and with its receipt still to come. */
const sent = async (engine: TestEngine): Promise<{ readonly delivery: Delivery; readonly incidentId: string }> => {
  const incident = await breakMonitor(engine, 'api-job');
  const delivery = await eventually('an accepted SMS', async () => {
    const { items } = await engine.parts.core.store.deliveries({ limit: 10 });
    return items.find(({ status, receipt }) => status === 'accepted' && receipt === 'pending');
  });
  return { delivery, incidentId: incident.id };
};

const asked = (smsc: FakeSmsc): number => smsc.requests.items.filter(({ path }) => path === '/sys/status.php').length;

/** The next moment at which the provider is asked, from now. */
const nextAsk = (engine: TestEngine, id: string): Promise<number> =>
  eventually('the next question', () => {
    const at = engine.parts.core.deadlines.at(`receipt ${id}`);
    return at === undefined ? undefined : at - engine.clock.now();
  });

describe('the receipt of an accepted message', () => {
  it('is asked for after 30 s and saved', async (context) => {
    const { engine, smsc } = await rig(context);
    const { delivery } = await sent(engine);
    assert.equal(await nextAsk(engine, delivery.id), 30 * SECOND);
    smsc.setStatus(1, 1);
    engine.clock.advance(30 * SECOND);
    const done = await stored(engine, delivery.id, ({ receipt }) => receipt !== 'pending');
    assert.equal(done.receipt, 'delivered');
    engine.clock.advance(20 * MINUTE);
    assert.equal(asked(smsc), 1);
  });

  it('is asked for again after 2 and 10 minutes while it is pending, and then no more', async (context) => {
    const { engine, smsc } = await rig(context);
    const { delivery } = await sent(engine);
    const spans: number[] = [];
    for (let count = 1; count <= 3; count += 1) {
      const span = await nextAsk(engine, delivery.id);
      spans.push(span);
      engine.clock.advance(span);
      await eventually('the question', () => asked(smsc) === count);
      await smsc.requests.next(({ path }) => path === '/sys/status.php');
    }
    assert.deepEqual(spans, [30 * SECOND, 90 * SECOND, 8 * MINUTE]);
    assert.equal((await stored(engine, delivery.id)).receipt, 'pending');
    assert.equal(engine.parts.core.deadlines.at(`receipt ${delivery.id}`), undefined);
  });

  it('that says "not delivered" is in the timeline and brings the next channel', async (context) => {
    const { engine, smsc, hook } = await rig(context);
    const { delivery, incidentId } = await sent(engine);
    smsc.setStatus(1, 20);
    engine.clock.advance(30 * SECOND);
    assert.equal((await hook.hooks.next()).body['kind'], 'down');
    assert.equal((await stored(engine, delivery.id)).receipt, 'undelivered');
    const { items } = await engine.parts.core.store.timeline({ incidentId, limit: 20 });
    const failed = items.find(({ data }) => data.type === 'alert' && data.outcome === 'failed');
    assert.equal(failed?.data.type === 'alert' && failed.data.error, 'accepted, but not delivered');
  });

  it('is asked for after a restart too', async (context) => {
    const { engine, smsc, config } = await rig(context);
    const { delivery } = await sent(engine);
    const { clock, dir } = engine;
    await engine.kill();
    smsc.setStatus(1, 1);
    const next = await startEngine(context, { config, dir, clock });
    assert.equal(await nextAsk(next, delivery.id), 30 * SECOND);
    clock.advance(30 * SECOND);
    await stored(next, delivery.id, ({ receipt }) => receipt === 'delivered');
  });

  it('is waited for in vain without harm when the provider does not answer', async (context) => {
    const { engine, smsc } = await rig(context);
    const { delivery } = await sent(engine);
    smsc.misbehave({ do: 'hang' }, { times: 1, path: /status/ });
    engine.clock.advance(30 * SECOND);
    await smsc.requests.next(({ path }) => path === '/sys/status.php');
    engine.clock.advance(10 * SECOND);
    assert.equal(await nextAsk(engine, delivery.id), 80 * SECOND);
    assert.deepEqual(engine.bugs, []);
  });
});
