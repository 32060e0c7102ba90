import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { breakMonitor, healMonitor, servicesOf, startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import type { Actor, TimelineData } from '../incident/incident.ts';
import { Fault, type FaultCode } from '../kernel/fault.ts';
import { HOUR } from '../kernel/time.ts';
import { People } from './people.ts';

const AIDAR: Actor = { name: 'Aidar', via: 'api' };

const rig = async (context: TestContext): Promise<{ readonly engine: TestEngine; readonly people: People }> => {
  const engine = await startEngine(context, { config: servicesOf(['api']) });
  return { engine, people: new People(engine.parts.core, engine.parts.incidents) };
};

const timelineOf = async ({ parts }: TestEngine, incidentId: string): Promise<readonly TimelineData[]> =>
  (await parts.core.store.timeline({ incidentId, limit: 50 })).items.map(({ data }) => data);

const isFault = (code: FaultCode) => (error: unknown) => error instanceof Fault && error.code === code;

describe('what people do about an incident', () => {
  it('is acknowledged once: who was first stays', async (context) => {
    const { engine, people } = await rig(context);
    const { id, code } = await breakMonitor(engine, 'api-job');
    const first = await people.acknowledge(code.toLowerCase(), AIDAR);
    const second = await people.acknowledge(id, { name: 'Dana', via: 'telegram' });
    assert.equal(first.acknowledged?.by.name, 'Aidar');
    assert.equal(second.acknowledged?.by.name, 'Aidar');
    const saved = await engine.parts.core.store.incident(id);
    assert.equal(saved?.acknowledged?.by.name, 'Aidar');
    const { items } = await engine.parts.core.store.audit({ limit: 10 });
    assert.deepEqual(
      items.map(({ actor, via, action, subject }) => [actor, via, action, subject]),
      [['Aidar', 'api', 'incident.acknowledge', id]],
    );
  });

  it('is noted in words, while it is open and long afterwards', async (context) => {
    const { engine, people } = await rig(context);
    const { id } = await breakMonitor(engine, 'api-job');
    await people.note(id, '  looking at the database  ', AIDAR);
    await healMonitor(engine, 'api-job');
    await people.note(id, 'it was the disk', AIDAR);
    const { clock, dir } = engine;
    await engine.kill();
    clock.advance(24 * HOUR);
    const next = await startEngine(context, { config: servicesOf(['api']), dir, clock });
    await new People(next.parts.core, next.parts.incidents).note(id, 'x'.repeat(5_000), AIDAR);
    const texts = (await timelineOf(next, id)).flatMap((data) => (data.type === 'note' ? [data.text] : []));
    assert.deepEqual(texts.toSorted(), ['it was the disk', 'looking at the database', 'x'.repeat(4_000)]);
    await assert.rejects(people.note(id, ' \n ', AIDAR), isFault('INPUT_INVALID'));
  });

  it('is muted for a while', async (context) => {
    const { engine, people } = await rig(context);
    const { id } = await breakMonitor(engine, 'api-job');
    assert.equal((await people.mute(id, HOUR, AIDAR)).mutedUntil, engine.clock.now() + HOUR);
  });

  it('is closed by hand, and fresh bad evidence opens another', async (context) => {
    const { engine, people } = await rig(context);
    const { id } = await breakMonitor(engine, 'api-job');
    const closed = await people.resolve(id, AIDAR);
    assert.deepEqual([closed.state, closed.closedBy?.name], ['closed', 'Aidar']);
    assert.notEqual((await breakMonitor(engine, 'api-job')).id, id);
  });

  it('cannot be done to what is over or was never there', async (context) => {
    const { engine, people } = await rig(context);
    const { id } = await breakMonitor(engine, 'api-job');
    await healMonitor(engine, 'api-job');
    for (const act of [people.acknowledge(id, AIDAR), people.mute(id, HOUR, AIDAR), people.resolve(id, AIDAR)])
      await assert.rejects(act, isFault('CONFLICT'));
    await assert.rejects(people.acknowledge('NONE', AIDAR), isFault('NOT_FOUND'));
  });

  it('is done, and said not to be saved, when the store fails', async (context) => {
    const { engine, people } = await rig(context);
    const { id } = await breakMonitor(engine, 'api-job');
    engine.parts.core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left.'));
    await assert.rejects(people.acknowledge(id, AIDAR), isFault('STORE_UNAVAILABLE'));
    assert.equal(engine.parts.incidents.known(id)?.acknowledged?.by.name, 'Aidar');
  });
});
