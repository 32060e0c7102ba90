import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Locale } from '../kernel/locale.ts';
import { compose } from './message.ts';
import type { AlertFacts } from './model.ts';

/** By the clocks of Almaty, 10 January 2026. */
const at = (hour: number, minute: number, second: number): number => Date.UTC(2026, 0, 10, hour - 5, minute, second);

const tell = (facts: AlertFacts, locale: Locale, now: number): string[] => {
  const message = compose(
    { id: 'a', kind: facts.kind, severity: facts.severity, transition: 1, createdAt: now, facts },
    { locale, timezone: 'Asia/Almaty', loud: false, dedupKey: 'k', at: now },
  );
  return [message.title, ...message.lines];
};

describe('an incident that nobody saw end', () => {
  const over = (more: Partial<AlertFacts>): AlertFacts => ({
    kind: 'recovered',
    severity: 'critical',
    service: 'API',
    failures: [],
    startTo: at(3, 0, 0),
    ...more,
  });

  it('is told as closed, not as working, when somebody closed it', () => {
    const facts = over({ recoveredBy: 'Aigerim' });
    assert.deepEqual(tell(facts, 'en', at(4, 0, 0)), ['⚪ API: incident closed · by: Aigerim']);
    assert.deepEqual(tell(facts, 'ru', at(4, 0, 0)), ['⚪ API: инцидент закрыт · кем: Aigerim']);
  });

  it('is told as not watched any more when its monitor is gone or paused', () => {
    const facts = over({ textKey: 'withdrawn' });
    assert.deepEqual(tell(facts, 'en', at(4, 0, 0)), ['⚪ API: what failed is not watched any more']);
    assert.deepEqual(tell(facts, 'ru', at(4, 0, 0)), ['⚪ API: за тем, что не работало, больше не следят']);
  });
});

describe('what the watch says of itself', () => {
  it('tells when it could not see out, and of how many services nothing is known', () => {
    const blind: AlertFacts = {
      kind: 'blind',
      severity: 'info',
      failures: [],
      from: at(3, 10, 5),
      to: at(3, 21, 40),
      textParams: { cause: 'gateway', services: 14 },
    };
    assert.equal(
      tell(blind, 'en', at(3, 22, 0)).join(' '),
      '⚪ Dozor could not see out 03:10:05–03:21:40 (gateway unreachable). Nothing known about 14 services in that time.',
    );
    assert.equal(
      tell(blind, 'ru', at(3, 22, 0)).join(' '),
      '⚪ Dozor не видел сеть 03:10:05–03:21:40 (шлюз недоступен). О 14 сервисах за это время ничего не известно.',
    );
  });

  it('tells of its own gap', () => {
    const gap: AlertFacts = {
      kind: 'gap',
      severity: 'info',
      failures: [],
      from: at(3, 11, 58),
      to: at(3, 20, 31),
      textParams: { services: 1 },
    };
    assert.deepEqual(tell(gap, 'en', at(3, 21, 0)), [
      '⚪ Dozor itself was not running 03:11:58–03:20:31 (8 min 33 s).',
      'Nothing known about 1 service in that time.',
    ]);
    assert.deepEqual(tell(gap, 'ru', at(3, 21, 0)), [
      '⚪ Сам Dozor не работал 03:11:58–03:20:31 (8 мин 33 с).',
      'О 1 сервисе за это время ничего не известно.',
    ]);
  });

  it('tells late of what came and went unseen, with its bounds', () => {
    const unseen: AlertFacts = {
      kind: 'unseen',
      severity: 'critical',
      service: 'OnAI Backend API',
      failures: [],
      startFrom: at(3, 11, 40),
      startTo: at(3, 12, 40),
      endFrom: at(3, 19, 25),
      endTo: at(3, 20, 25),
      from: at(3, 11, 58),
      to: at(3, 20, 31),
    };
    assert.deepEqual(tell(unseen, 'en', at(3, 21, 0)), [
      '🟠 OnAI Backend API was down 03:12:10–03:19:55 (±30 s), told late: Dozor itself was not running 03:11:58–03:20:31.',
    ]);
    assert.deepEqual(tell(unseen, 'ru', at(3, 21, 0)), [
      '🟠 OnAI Backend API: простой 03:12:10–03:19:55 (±30 с), сообщено с опозданием: сам Dozor не работал 03:11:58–03:20:31.',
    ]);
    const away = { ...unseen, textKey: 'late.channel', textParams: { channel: 'tg' } };
    assert.deepEqual(tell(away, 'en', at(3, 21, 0)), [
      '🟠 OnAI Backend API was down 03:12:10–03:19:55 (±30 s), told late: tg could not be reached 03:11:58–03:20:31.',
    ]);
  });

  it('says so when nobody watches it', () => {
    const unwatched: AlertFacts = { kind: 'unwatched', severity: 'warning', failures: [] };
    assert.deepEqual(tell(unwatched, 'en', at(3, 0, 0)).slice(0, 2), [
      '🟠 Dozor runs on the machine that it watches.',
      'If that machine dies, nobody will tell you.',
    ]);
    assert.deepEqual(tell(unwatched, 'ru', at(3, 0, 0)).slice(0, 2), [
      '🟠 Dozor работает на той же машине, за которой следит.',
      'Если она упадёт, никто вам не сообщит.',
    ]);
    const silent: AlertFacts = { ...unwatched, from: at(2, 59, 0), textParams: { watcher: 'office' } };
    assert.deepEqual(tell(silent, 'en', at(3, 0, 0)), [
      '🟠 office does not watch Dozor any more: silent since 02:59:00.',
      'If that machine dies, nobody will tell you.',
    ]);
    const back: AlertFacts = { ...silent, severity: 'info', textKey: 'watcher.back' };
    assert.deepEqual(tell(back, 'ru', at(3, 0, 0)), ['🟢 office снова следит за Dozor']);
  });

  it('is told of by its witness when it is silent', () => {
    const silent: AlertFacts = {
      kind: 'down',
      severity: 'critical',
      from: at(2, 10, 4),
      textKey: 'witness.silent',
      textParams: { brain: 'vps-1' },
      failures: [{ monitor: 'API', label: 'api.onai.example', bad: 1, asked: 1 }],
    };
    assert.equal(
      tell(silent, 'en', at(2, 11, 19)).join(' '),
      '🔴 Dozor on vps-1 has been silent since 02:10:04 (75 s). ' +
        'api.onai.example does not answer from here either: the machine is probably down.',
    );
    assert.equal(
      tell(silent, 'ru', at(2, 11, 19)).join(' '),
      '🔴 Dozor на vps-1 молчит с 02:10:04 (75 с). ' +
        'api.onai.example отсюда тоже не отвечает: вероятно, не работает вся машина.',
    );
    const alone = { ...silent, failures: [], services: ['api.onai.example'] };
    assert.equal(
      tell(alone, 'en', at(2, 11, 19))[1],
      'api.onai.example answers from here: probably only Dozor is down.',
    );
    const back = { ...silent, failures: [], textKey: 'witness.back', to: at(2, 31, 10) };
    assert.deepEqual(tell(back, 'en', at(2, 31, 12)), [
      '🟢 Dozor on vps-1 answers again · 02:31:10 · silent 21 min 6 s',
    ]);
  });

  it('says of a test that it is one', () => {
    const test: AlertFacts = { kind: 'test', severity: 'info', failures: [], textParams: { channel: 'tg' } };
    assert.deepEqual(tell(test, 'en', at(3, 21, 0)), [
      '🔵 Test message from Dozor to tg · 03:21:00',
      'It went the whole way of an alert; nothing is wrong.',
    ]);
    assert.deepEqual(tell(test, 'ru', at(3, 21, 0)), [
      '🔵 Проверочное сообщение Dozor в tg · 03:21:00',
      'Прошло весь путь тревоги; всё в порядке.',
    ]);
  });
});
