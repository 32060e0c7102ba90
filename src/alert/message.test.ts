import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, down, tell } from '../../test/fakes/told.ts';
import type { Message } from './channel.ts';
import { compose } from './message.ts';
import type { AlertFacts } from './model.ts';

const text = (message: Message): string[] => [message.title, ...message.lines];

describe('the message that a service is down', () => {
  it('says what, since when, why and what changed, in English', () => {
    const message = tell(down, 'en', at(8, 3, 34));
    assert.deepEqual(text(message), [
      '🔴 OnAI Backend API is down',
      'Since 08:03:12–08:03:22 · seen after 11–21 s',
      'GET api.onai.example/health: connection refused (tcp, 6 of 6 checks, last 08:03:33)',
      'Own network fine (6 of 6 controls)',
      'Last change: release 41 · 07:58:40',
    ]);
    assert.deepEqual(message.buttons, [
      { action: 'acknowledge', label: 'Acknowledge', id: 'ack1' },
      { action: 'mute', label: 'Mute 1 h', id: 'mute1' },
      { action: 'details', label: 'Details', url: 'https://watch.onai.example/i/7F3K' },
    ]);
    assert.equal(message.short, 'OnAI Backend API DOWN since 08:03 (refused). watch.onai.example/i/7F3K');
    assert.equal(message.spoken, 'OnAI Backend API is down since 08:03: connection refused.');
  });

  it('says the same in Russian', () => {
    const message = tell(down, 'ru', at(8, 3, 34));
    assert.deepEqual(text(message), [
      '🔴 OnAI Backend API не работает',
      'С 08:03:12–08:03:22 · замечено через 11–21 с',
      'GET api.onai.example/health: соединение отклонено (tcp, 6 из 6 проверок, последняя 08:03:33)',
      'Своя сеть в порядке (6 из 6 контрольных точек)',
      'Последнее изменение: release 41 · 07:58:40',
    ]);
    assert.deepEqual(
      message.buttons.map(({ label }) => label),
      ['Принять', 'Тишина 1 ч', 'Подробнее'],
    );
    assert.equal(message.short, 'OnAI Backend API НЕ РАБОТАЕТ с 08:03. watch.onai.example/i/7F3K');
    assert.equal(message.spoken, 'OnAI Backend API не работает с 08:03: соединение отклонено.');
  });

  it('has the reason for not being saved as its second line', () => {
    const full = { ...down, storeFailed: 'database or disk is full' };
    assert.equal(text(tell(full, 'en', at(8, 3, 34)))[1], 'Told from memory: Dozor cannot save (disk full)');
    assert.equal(
      text(tell(full, 'ru', at(8, 3, 34)))[1],
      'Сообщено из памяти: Dozor не может сохранить (диск заполнен)',
    );
  });

  it('says when it comes late', () => {
    const late = tell(down, 'en', at(8, 15, 0), { createdAt: at(8, 3, 33) });
    assert.equal(late.lines[1], 'Told late: known since 08:03:33');
    assert.equal(
      tell(down, 'ru', at(8, 15, 0), { createdAt: at(8, 3, 33) }).lines[1],
      'Сообщено с опозданием: известно с 08:03:33',
    );
  });

  it('names who acknowledged and has no button for it any more', () => {
    const acknowledged = { ...down, acknowledgedBy: 'Aigerim', acknowledgedAt: at(8, 5, 10) };
    const message = tell(acknowledged, 'en', at(8, 5, 11), { edits: '42' });
    assert.equal(message.lines.at(-1), 'Acknowledged by Aigerim · 08:05:10');
    assert.deepEqual(
      message.buttons.map(({ action }) => action),
      ['mute', 'details'],
    );
    assert.equal(message.edits, '42');
  });

  it('shows three failures and counts the others', () => {
    const [failure] = down.failures;
    const many = { ...down, failures: Array.from({ length: 5 }, () => failure ?? assert.fail()) };
    assert.equal(tell(many, 'en', at(8, 3, 34)).lines[4], 'and 2 more');
    assert.equal(tell(many, 'ru', at(8, 3, 34)).lines[4], 'и ещё 2');
  });
});

describe('the message of an end', () => {
  const recovered: AlertFacts = {
    ...down,
    kind: 'recovered',
    endFrom: at(8, 11, 48),
    endTo: at(8, 11, 48),
    recoveredBy: 'recover, started from Telegram',
  };

  it('answers the first one in one line', () => {
    const message = tell(recovered, 'en', at(8, 11, 50), { answers: '42' });
    assert.deepEqual(text(message), [
      '🟢 OnAI Backend API works again · 08:11:48 · down 8 min 31 s (±5 s) · by: recover, started from Telegram',
    ]);
    assert.equal(message.answers, '42');
    assert.equal(message.short, 'OnAI Backend API works again 08:11, down 8 min 31 s.');
    assert.deepEqual(text(tell(recovered, 'ru', at(8, 11, 50))), [
      '🟢 OnAI Backend API снова работает · 08:11:48 · простой 8 мин 31 с (±5 с) · кем: recover, started from Telegram',
    ]);
  });

  it('puts status and span above what the first one said', () => {
    assert.deepEqual(text(tell(recovered, 'en', at(8, 11, 50), { edits: '42' })), [
      '🟢 OnAI Backend API works again · 08:11:48 · down 8 min 31 s (±5 s) · by: recover, started from Telegram',
      'From 08:03:12–08:03:22 · works again 08:11:48',
      'GET api.onai.example/health: connection refused (tcp, 6 of 6 checks, last 08:03:33)',
      'Last change: release 41 · 07:58:40',
    ]);
  });

  it('names nobody when it healed by itself', () => {
    const alone = { ...recovered, recoveredBy: 'dozor' };
    assert.equal(
      tell(alone, 'en', at(8, 11, 50)).title,
      '🟢 OnAI Backend API works again · 08:11:48 · down 8 min 31 s (±5 s)',
    );
  });
});

describe('the message of a storm', () => {
  const storm: AlertFacts = {
    kind: 'storm',
    severity: 'critical',
    incidentId: 's',
    code: '9QXW',
    failures: [],
    service: 'vps-1',
    services: Array.from({ length: 14 }, (_, place) => `service ${place}`),
    of: 15,
    startTo: at(2, 14, 9),
    cause: { code: 'tcp.unreachable', params: {} },
  };

  it('counts and names the common cause', () => {
    assert.deepEqual(text(tell(storm, 'en', at(2, 14, 30))), [
      '🔴 14 of 15 services on vps-1 are down · since 02:14:09 · common cause: host unreachable.',
      'The list follows in the details.',
    ]);
    assert.deepEqual(text(tell(storm, 'ru', at(2, 14, 30))), [
      '🔴 14 из 15 сервисов на vps-1 не работают · с 02:14:09 · общая причина: узел недоступен.',
      'Список в подробностях.',
    ]);
  });

  it('lists the services when there is no page for details', () => {
    const message = compose(
      { id: 'a', kind: 'storm', severity: 'critical', transition: 1, createdAt: at(2, 14, 30), facts: storm },
      { locale: 'en', timezone: 'Asia/Almaty', loud: true, dedupKey: 'k', at: at(2, 14, 30) },
    );
    assert.equal(message.lines.length, 14);
    assert.deepEqual(message.buttons, []);
  });

  it('ends with how many work again', () => {
    const over: AlertFacts = { ...storm, kind: 'recovered', endFrom: at(2, 20, 9), endTo: at(2, 20, 9) };
    assert.equal(tell(over, 'en', at(2, 21, 0)).title, '🟢 14 services on vps-1 work again · 02:20:09 · down 6 min');
    assert.equal(
      tell(over, 'ru', at(2, 21, 0)).title,
      '🟢 14 сервисов на vps-1 снова работают · 02:20:09 · простой 6 мин',
    );
  });
});

describe('reminders, updates and warnings', () => {
  it('remind that nobody has answered', () => {
    const reminder: AlertFacts = { ...down, kind: 'reminder', reminder: 2 };
    assert.deepEqual(text(tell(reminder, 'en', at(8, 34, 33))).slice(0, 3), [
      '🔴 OnAI Backend API is still down',
      'Since 08:03:12–08:03:22 · 31 min 11 s so far',
      'Nobody has acknowledged it · reminder 2',
    ]);
    assert.deepEqual(text(tell(reminder, 'ru', at(8, 34, 33))).slice(0, 3), [
      '🔴 OnAI Backend API всё ещё не работает',
      'С 08:03:12–08:03:22 · уже 31 мин 11 с',
      'Никто не принял · напоминание 2',
    ]);
  });

  it('say that it flaps', () => {
    const flapping: AlertFacts = { ...down, kind: 'update', flapping: true };
    assert.equal(
      tell(flapping, 'en', at(8, 9, 0)).title,
      '🔴 OnAI Backend API goes down and comes back again and again',
    );
    assert.equal(tell(flapping, 'ru', at(8, 9, 0)).title, '🔴 OnAI Backend API то падает, то поднимается');
  });

  it('say when a certificate ends', () => {
    const certificate: AlertFacts = {
      kind: 'degraded',
      severity: 'warning',
      code: '7F3K',
      service: 'OnAI Backend API',
      startTo: at(3, 0, 0),
      failures: [
        {
          monitor: 'certificate',
          label: 'api.onai.example:443',
          reason: { code: 'tls.expires-soon', params: { days: 7, threshold: 7, validTo: '2026-01-17' } },
          bad: 0,
          asked: 1,
        },
      ],
    };
    assert.deepEqual(text(tell(certificate, 'en', at(3, 0, 5))), [
      '🟠 OnAI Backend API: certificate ends in 7 days',
      'api.onai.example:443 · 2026-01-17',
    ]);
    assert.equal(tell(certificate, 'ru', at(3, 0, 5)).title, '🟠 OnAI Backend API: сертификат истекает через 7 дней');
    assert.equal(
      tell(certificate, 'en', at(3, 0, 5)).short,
      'OnAI Backend API: cert ends in 7 d. watch.onai.example/i/7F3K',
    );
  });

  it('say that it is degraded', () => {
    const degraded: AlertFacts = { ...down, kind: 'degraded', severity: 'warning' };
    assert.equal(tell(degraded, 'en', at(8, 3, 34)).title, '🟠 OnAI Backend API is degraded');
    assert.equal(tell(degraded, 'ru', at(8, 3, 34)).title, '🟠 OnAI Backend API работает с перебоями');
  });

  it('put many into one digest', () => {
    const digest: AlertFacts = {
      kind: 'digest',
      severity: 'critical',
      failures: [],
      digest: [
        { kind: 'down', service: 'API', startTo: at(8, 3, 22) },
        { kind: 'recovered', service: 'Site', startTo: at(8, 0, 0), endTo: at(8, 4, 0) },
      ],
    };
    assert.deepEqual(text(tell(digest, 'en', at(8, 5, 0))), [
      '🔴 2 messages in one',
      'API is down since 08:03:22',
      'Site works again 08:04:00',
    ]);
    assert.deepEqual(text(tell(digest, 'ru', at(8, 5, 0))), [
      '🔴 2 сообщения в одном',
      'API не работает с 08:03:22',
      'Site снова работает с 08:04:00',
    ]);
  });
});
