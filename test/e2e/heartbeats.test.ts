import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openCast, type Cast, type Player } from './cast.ts';
import { openStage } from './harness.ts';
import { service, type Piece } from './settings.ts';

const NAMES = ['silent', 'failing', 'exiting', 'overrunning', 'derived'];
const RULES: Readonly<Record<string, Piece>> = {
  silent: { every: '1s', grace: '500ms' },
  failing: { every: '1h' },
  exiting: { schedule: '0 3 * * *', timezone: 'Asia/Almaty' },
  overrunning: { every: '1h', grace: '1s' },
  derived: { every: '1h' },
};

describe('a job that reports by itself', { concurrency: true }, () => {
  const stage = openStage({ after });
  let cast: Cast;

  before(async () => {
    cast = await openCast(stage, {
      names: NAMES,
      serviceOf: (name) => {
        const key = name === 'derived' ? {} : { key: `key-of-${name}` };
        return service(name, [{ name: 'job', kind: 'heartbeat', ...RULES[name], ...key }]);
      },
    });
  });

  const player = (name: string): Player => cast.player(name);
  const beat = async (path: string, more: RequestInit = {}): Promise<number> =>
    (await fetch(`${cast.brain().url}${path}`, more)).status;
  const beats = async (name: string, sign = '', body?: string): Promise<void> => {
    const sent = body === undefined ? {} : { method: 'POST', body };
    assert.equal(await beat(`/beat/key-of-${name}${sign}`, sent), 200);
  };

  it('is told of, aloud, when its sign of life stays away, and well at the next one', async () => {
    const one = player('silent');
    await beats('silent');
    await one.line('up');
    const alert = await one.told('the alert', /silent: .* has not reported[\s\S]*no sign of life, expected by/);
    assert.equal(alert.silent, false);
    await beats('silent');
    await one.recovered(alert);
  });

  it('tells its own failure, and the body that it sent is kept', async () => {
    const one = player('failing');
    await beats('failing', '', 'first run');
    await beats('failing', '/fail', 'disk full on /backup');
    const alert = await one.told('the alert', /failing: .* failed[\s\S]*reported its own failure/);
    const { body: shown } = await cast.brain().api('GET', '/services/failing');
    const { body: kept } = await cast.brain().api('GET', `/monitors/${shown.monitors[0].id}/beats`);
    assert.deepEqual(
      kept.items.map((sign: { kind: string; body?: string }) => [sign.kind, sign.body]),
      [
        ['fail', 'disk full on /backup'],
        ['success', 'first run'],
      ],
    );
    await beats('failing');
    await one.recovered(alert);
  });

  it('fails by an exit code other than 0', async () => {
    const one = player('exiting');
    await beats('exiting', '/0');
    await one.line('up');
    await beats('exiting', '/3');
    const alert = await one.told('the alert', /exiting: .* failed[\s\S]*\(exit code 3\)/);
    await beats('exiting', '/0');
    await one.recovered(alert);
    assert.equal(await beat('/beat/key-of-exiting/256'), 404, 'no process ends with 256');
  });

  it('is told of when it has started but does not finish in time', async () => {
    const one = player('overrunning');
    await beats('overrunning', '/start');
    const alert = await one.told(
      'the alert',
      /overrunning: .* has not finished[\s\S]*started, but did not finish in time/,
    );
    await beats('overrunning');
    await one.recovered(alert);
  });

  it('has an address that nobody can guess when none is written down', async () => {
    const address = async (): Promise<string> => {
      const { body } = await cast.brain().api('GET', '/services/derived');
      return String(body.monitors[0].beatPath);
    };
    const path = await address();
    assert.match(path, /^\/beat\/[a-z0-9]{20}$/);
    assert.equal(await beat(path), 200);
    await player('derived').line('up');
    assert.equal(await beat('/beat/00000000000000000000'), 404);
  });
});
