import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { WELL } from '../fakes/target.ts';
import { blip, openCast, type Cast, type Player } from './cast.ts';
import { openStage } from './harness.ts';
import { service, type Piece } from './settings.ts';

const NAMES = [
  'blip',
  'deployed',
  'undeployed',
  'broken',
  'repaired',
  'database',
  'app',
  'flapping',
  'relapsing',
  'muted',
];
/** Longer than `minSpan`, shorter than `deploySpan`. */
const DEPLOY_REQUESTS = 24;
const BROKEN = { do: 'answer', status: 500 } as const;

const minuteAgo = (): string => new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace('T', ' ');

describe('nobody is woken for nothing', { concurrency: true }, () => {
  const stage = openStage({ after });
  const window = { name: 'repairs', at: minuteAgo(), for: '1h', timezone: 'UTC', services: ['repaired'] };
  let cast: Cast;
  const player = (name: string): Player => cast.player(name);
  const incidentsOf = async (name: string): Promise<readonly Piece[]> =>
    ((await cast.brain().api('GET', `/incidents?service=${name}`)).body as { items: Piece[] }).items;
  const announce = async (name: string, version: string): Promise<void> => {
    const { status } = await cast.brain().api('POST', '/deploys', { service: name, version, graceMs: 20_000 });
    assert.equal(status, 201);
  };

  before(async () => {
    cast = await openCast(stage, {
      names: NAMES,
      serviceOf: (name, url) => service(name, url, name === 'app' ? { dependsOn: ['database'] } : {}),
      detection: { minSpan: '1500ms', deploySpan: '8s', deployGrace: '20s', relapse: '60s' },
      more: { maintenance: [window] },
    });
    await Promise.all(NAMES.map((name) => player(name).line('up')));
  });

  it('a blip shorter than the shortest span is told to nobody', async () => {
    const one = player('blip');
    blip(one.target, 2);
    await one.line('in doubt');
    await one.line('up');
    assert.deepEqual(await one.everything(), []);
    assert.deepEqual(await incidentsOf('blip'), []);
  });

  it('an announced deploy forgives its own blip', async () => {
    const one = player('deployed');
    await announce('deployed', '41');
    blip(one.target, DEPLOY_REQUESTS);
    await one.line('in doubt');
    await one.line('up');
    assert.deepEqual(await one.everything(), []);
  });

  it('the same blip without an announcement is told', async () => {
    const one = player('undeployed');
    blip(one.target, DEPLOY_REQUESTS);
    await one.recovered(await one.told('the alert', /undeployed is down/));
  });

  it('what stays down after a deploy is told aloud at once, with the release as the last change', async () => {
    const one = player('broken');
    await announce('broken', '42');
    one.target.becomes(BROKEN);
    const alert = await one.told('the alert', /broken is down/);
    assert.match(alert.text, /Last change: release 42 · /);
    assert.equal(alert.silent, false);
  });

  it('maintenance forgives an outage; what is still broken at its end is told', async () => {
    const one = player('repaired');
    const before = one.target.asked();
    one.target.becomes(BROKEN);
    await cast.brain().until('12 checks in maintenance', () => one.target.asked() >= before + 12);
    assert.deepEqual(await one.everything(), []);
    assert.deepEqual(await incidentsOf('repaired'), []);
    const { body } = await cast.brain().api('GET', '/maintenance/repairs');
    assert.equal(body.definition.origin, 'file', stringify(body));
    const ended = await cast.brain().reconfigured((config) => ({ ...config, maintenance: [] }));
    assert.match(ended, /- maintenance repairs/);
    await one.told('the alert', /repaired is down/);
  });

  it('what depends on a broken service keeps quiet, and speaks for itself when that one is well again', async () => {
    const [database, app] = [player('database'), player('app')];
    database.target.becomes(BROKEN);
    const alert = await database.told('the alert', /database is down/);
    app.target.becomes(BROKEN);
    await app.line('down');
    const [child] = await incidentsOf('app');
    const [parent] = await incidentsOf('database');
    assert.equal(child?.['parentId'], parent?.['id']);
    assert.deepEqual(await app.everything(), []);
    database.target.becomes(WELL);
    await database.recovered(alert);
    await app.told('its own alert', /app is down/);
  });

  it('a service that was muted before it broke is told of when the mute ends', async () => {
    const one = player('muted');
    const mute = async (forMs: number): Promise<void> => {
      assert.equal((await cast.brain().api('POST', '/services/muted/mute', { forMs })).status, 200);
    };
    await mute(3_600_000);
    one.target.becomes(BROKEN);
    await one.line('down');
    assert.deepEqual(await one.everything(), []);
    await mute(0);
    await one.told('the alert', /muted is down/);
  });

  it('one that comes and goes is one incident that says so', async () => {
    const one = player('flapping');
    one.target.becomes(BROKEN);
    const alert = await one.told('the alert', /flapping is down/);
    const [incident] = await incidentsOf('flapping');
    const recoveries = async (): Promise<number> => {
      const { body } = await cast.brain().api('GET', `/incidents/${String(incident?.['id'])}/timeline`);
      return (body as { items: { data: { type: string } }[] }).items.filter(({ data }) => data.type === 'recovering')
        .length;
    };
    for (const round of [1, 2, 3]) {
      one.target.becomes(WELL, 2);
      await cast.brain().until(`good check ${round}`, async () => (await recoveries()) >= round);
      const asked = one.target.asked();
      await cast.brain().until('two bad checks', () => one.target.asked() >= asked + 4);
    }
    const update = await one.told('the news that it flaps', /goes down and comes back again and again/);
    assert.equal(update.repliesTo, alert.messageId);
    assert.equal((await incidentsOf('flapping')).length, 1);
  });

  it('a relapse soon after the end reopens the same incident and is told again', async () => {
    const one = player('relapsing');
    one.target.becomes(BROKEN);
    const alert = await one.told('the alert', /relapsing is down/);
    one.target.becomes(WELL);
    await one.recovered(alert);
    one.target.becomes(BROKEN);
    const again = await one.told('the second alert', (message) => /relapsing is down/.test(message.text));
    assert.equal(again.repliesTo ?? again.messageId, alert.messageId);
    const incidents = await incidentsOf('relapsing');
    assert.equal(incidents.length, 1);
    assert.equal(incidents[0]?.['relapses'], 1);
    assert.equal(incidents[0]?.['state'], 'open');
  });
});
