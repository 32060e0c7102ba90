import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IncidentEvent } from './events.ts';
import { downtime, detection, midpoint } from './times.ts';
import { news, PERSON, run, verdict } from '../../test/fakes/incident-events.ts';

describe('an incident', () => {
  it('opens on the verdict and dates its start between the last good and the first bad evidence', () => {
    const { ward, effects } = run([verdict(100_000, 'down')]);
    assert.equal(ward.open?.start.from?.at, 80_000);
    assert.equal(ward.open.start.to.at, 90_000);
    assert.equal(ward.open.severity, 'critical');
    assert.deepEqual(news(effects), ['opened']);
  });

  it('has no lower end when nothing was ever good', () => {
    const { lastGood: _lastGood, ...event } = verdict(100_000, 'down');
    const { ward } = run([event]);
    assert.equal(ward.open?.start.from, undefined);
  });

  it('is a warning while the service is only degraded, and tells anew when it goes down', () => {
    const { ward, effects } = run([verdict(100_000, 'degraded'), verdict(200_000, 'down', { from: 'degraded' })]);
    assert.equal(ward.open?.severity, 'critical');
    assert.deepEqual(news(effects), ['opened', 'worse']);
  });

  it('wants an answer of its own when what was acknowledged or muted was only a warning', () => {
    const { ward, effects } = run([
      verdict(100_000, 'degraded'),
      { type: 'acknowledge', at: 110_000, by: PERSON },
      { type: 'mute', at: 111_000, until: 9_000_000, by: PERSON },
      verdict(200_000, 'down', { from: 'degraded' }),
    ]);
    assert.deepEqual([ward.open?.acknowledged, ward.open?.mutedUntil], [undefined, undefined]);
    const again = run([{ type: 'acknowledge', at: 210_000, by: PERSON }], ward);
    assert.equal(again.ward.open?.acknowledged?.at, 210_000);
    assert.deepEqual(news(effects), ['opened', 'worse']);
  });

  it('eases when the gravest part heals and a warning is left', () => {
    const { ward, effects } = run([
      verdict(100_000, 'degraded', { monitorId: 'm2' }),
      verdict(200_000, 'down', { lasting: true }),
      { type: 'recovering', at: 210_000, monitorId: 'm1', on: true },
      verdict(300_000, 'up'),
    ]);
    assert.deepEqual(news(effects), ['opened', 'worse', 'eased']);
    assert.ok(effects.some((effect) => effect.do === 'converse' && effect.change === 'recovering'));
    assert.deepEqual([ward.open?.severity, ward.open?.loudAtOnce], ['warning', false]);
    assert.deepEqual(news(run([verdict(400_000, 'down')], ward).effects), ['worse']);
  });

  it('takes a second monitor in without telling again', () => {
    const { ward, effects } = run([verdict(100_000, 'down'), verdict(105_000, 'down', { monitorId: 'm2' })]);
    assert.equal(ward.open?.involved.length, 2);
    assert.deepEqual(news(effects), ['opened']);
  });

  it('closes only when every monitor is well again, with the end of the last one', () => {
    const half = run([verdict(100_000, 'down'), verdict(105_000, 'down', { monitorId: 'm2' }), verdict(200_000, 'up')]);
    assert.equal(half.ward.open?.state, 'open');
    const { ward, effects } = run([verdict(260_000, 'up', { monitorId: 'm2' })], half.ward);
    assert.equal(ward.open, undefined);
    assert.equal(ward.last?.end?.to.at, 202_000);
    assert.deepEqual(news(effects), ['recovered']);
  });

  it('is reopened by a relapse within ten minutes, and is a new one after that', () => {
    const before = [verdict(100_000, 'down'), verdict(200_000, 'up')];
    const soon = run([...before, verdict(500_000, 'down')]);
    assert.equal(soon.ward.open?.id, 'i100000');
    assert.equal(soon.ward.open.relapses, 1);
    assert.equal(soon.ward.open.end, undefined);
    assert.deepEqual(news(soon.effects), ['opened', 'recovered', 'relapsed']);
    const later = run([...before, verdict(900_000, 'down')]);
    assert.equal(later.ward.open?.id, 'i900000');
  });

  it('is a new one when another monitor fails, or the trouble has another weight, however soon', () => {
    const before = [verdict(100_000, 'down'), verdict(200_000, 'up')];
    assert.equal(run([...before, verdict(300_000, 'down', { monitorId: 'm2' })]).ward.open?.id, 'i300000');
    assert.equal(run([...before, verdict(300_000, 'degraded')]).ward.open?.id, 'i300000');
  });

  it('is loud at once when the cause is lasting or a deploy came right before', () => {
    assert.equal(run([verdict(100_000, 'down', { lasting: true })]).ward.open?.loudAtOnce, true);
    assert.equal(run([verdict(100_000, 'down', { afterDeploy: true })]).ward.open?.loudAtOnce, true);
    assert.equal(run([verdict(100_000, 'down')]).ward.open?.loudAtOnce, false);
  });

  it('is acknowledged once; a second tap changes nothing', () => {
    const { ward, effects } = run([
      verdict(100_000, 'down'),
      { type: 'acknowledge', at: 110_000, by: PERSON },
      { type: 'acknowledge', at: 120_000, by: { name: 'other', via: 'api' } },
    ]);
    assert.equal(ward.open?.acknowledged?.by.name, 'Aigerim');
    assert.equal(effects.filter((effect) => effect.do === 'converse').length, 1);
  });

  it('withholds escalation only while everything that is hurt is healing', () => {
    const { effects } = run([
      verdict(100_000, 'down'),
      verdict(101_000, 'down', { monitorId: 'm2' }),
      { type: 'recovering', at: 110_000, monitorId: 'm1', on: true },
      { type: 'recovering', at: 111_000, monitorId: 'm2', on: true },
      { type: 'recovering', at: 112_000, monitorId: 'm2', on: false },
    ]);
    const changes = effects.flatMap((effect) => (effect.do === 'converse' ? [effect.change] : []));
    assert.deepEqual(changes, ['recovering', 'failing-again']);
  });

  it('knows when the first channel accepted its first alert', () => {
    const told = { type: 'alerted', channel: 'tg', loud: false, outcome: 'accepted' } as const;
    const { ward } = run([verdict(100_000, 'down'), { ...told, at: 100_700 }, { ...told, at: 145_000 }]);
    assert.equal(ward.open?.alertedAt, 100_700);
  });

  it('that came and went unseen is closed at once, told late, and never relapses', () => {
    const unseen: IncidentEvent = {
      type: 'unseen',
      at: 500_000,
      serviceId: 's1',
      monitorId: 'm1',
      severity: 'critical',
      firstBad: { at: 100_000 },
      firstGood: { at: 499_000 },
      fresh: { id: 'u', code: 'UUUU' },
    };
    const { ward, effects } = run([unseen, verdict(600_000, 'down')]);
    assert.deepEqual(news(effects), ['unseen', 'opened']);
    assert.notEqual(ward.open?.id, 'u');
  });

  it('closes when the monitor that it hangs on is withdrawn', () => {
    const { ward } = run([verdict(100_000, 'down'), { type: 'withdrawn', at: 150_000, monitorId: 'm1' }]);
    assert.equal(ward.open, undefined);
    assert.equal(ward.last?.withdrawn, true);
    assert.equal(ward.last.end, undefined, 'nobody saw it end');
  });

  it('stays open when another monitor is still hurt', () => {
    const { ward } = run([
      verdict(100_000, 'down'),
      verdict(101_000, 'down', { monitorId: 'm2' }),
      { type: 'withdrawn', at: 150_000, monitorId: 'm1' },
    ]);
    assert.equal(ward.open?.state, 'open');
  });
});

describe('the times of an incident', () => {
  it('give both bounds of downtime and the midpoint of the start', () => {
    const { ward } = run([verdict(100_000, 'down'), verdict(200_000, 'up')]);
    assert.ok(ward.last);
    assert.deepEqual(downtime(ward.last, 999_999), { least: 140_000 - 90_000, most: 142_000 - 80_000, certain: true });
    assert.deepEqual(detection(ward.last), { least: 10_000, most: 20_000, certain: true });
    assert.deepEqual(midpoint(ward.last.start), { at: 85_000, marginMs: 5_000 });
  });
});
