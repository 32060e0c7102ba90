import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reason } from '../monitor/reason.ts';
import { downScene, staleArtifact } from '../../test/fakes/host-samples.ts';
import { NOON } from '../../test/fakes/samples.ts';
import { compose, type Reader } from './message.ts';
import type { Alert, AlertFacts, SceneFacts } from './model.ts';
import { smsLength } from './sms-length.ts';

const scene = (more: Partial<SceneFacts> = {}): SceneFacts => ({
  ...downScene(),
  app: 'onai-backend',
  manager: 'pm2',
  ...more,
});

const facts = (more: Partial<AlertFacts> = {}): AlertFacts => ({
  kind: 'down',
  severity: 'critical',
  incidentId: 'i1',
  code: '7F3K',
  service: 'OnAI Backend API',
  startTo: NOON - 30_000,
  startFrom: NOON - 30_000,
  detectedAt: NOON - 29_400,
  failures: [{ monitor: 'onai-backend', part: 'app', label: '', reason: reason('app.crash-loop'), bad: 0, asked: 0 }],
  scenes: [scene()],
  ...more,
});

const message = (said: AlertFacts, more: Partial<Reader> = {}) => {
  const alert: Alert = {
    id: 'al1',
    incidentId: 'i1',
    kind: said.kind,
    severity: said.severity,
    transition: 1,
    createdAt: NOON - 29_000,
    facts: said,
  };
  return compose(alert, {
    locale: 'en',
    timezone: 'UTC',
    publicUrl: 'https://watch.onai.example',
    loud: true,
    dedupKey: 'k',
    at: NOON - 29_000,
    buttons: { acknowledge: 'a', mute: 'm', repair: 'r', leave: 'l' },
    ...more,
  });
};

describe('a message with what the agent found', () => {
  it('names the cause, what changed before, the word of the manager against what is so, and the repair', () => {
    const { title, lines, buttons } = message(
      facts({ scenes: [scene({ repair: { ...downScene().repair!, startsAt: NOON - 19_000 } })] }),
    );
    assert.equal(title, '🔴 OnAI Backend API is down');
    assert.deepEqual(lines, [
      'Since 03:02:42 · seen after 0.6 s',
      "Cause: dist/ is stale or only partly there: it asks for './db/connect', which is not there (exit code 1, first exit)",
      'dist/ appeared 03:02:35, 7 s before the first exit',
      'PM2 shows online; port 3000 is closed',
      'Trial without dist/ worked: fixing it myself in 10 s',
    ]);
    assert.deepEqual(
      buttons.map(({ label }) => label),
      ['Acknowledge', 'Fix now', 'Leave it', 'Details'],
    );
  });

  it('says the same in Russian', () => {
    const { title, lines, buttons } = message(facts(), { locale: 'ru' });
    assert.equal(title, '🔴 OnAI Backend API не работает');
    assert.match(lines[1] ?? '', /^Причина: .*dist\/.*\(код выхода 1, первый выход\)$/);
    assert.deepEqual(lines.slice(2), [
      'dist/ появился в 03:02:35, за 7 с до первого падения',
      'PM2 показывает online; порт 3000 закрыт',
      'Пробный запуск без dist/ удался: жду согласия',
    ]);
    assert.deepEqual(
      buttons.map(({ label }) => label),
      ['Принять', 'Исправить сейчас', 'Не трогать', 'Подробнее'],
    );
  });

  it('asks for a yes only while the repair is proposed', () => {
    for (const phase of ['starting', 'applied', 'verified', 'failed', 'undone', 'left', 'given-up'] as const) {
      const { lines, buttons } = message(facts({ scenes: [scene({ repair: { ...downScene().repair!, phase } })] }));
      assert.deepEqual(
        buttons.map(({ action }) => action),
        ['acknowledge', 'mute', 'details'],
        phase,
      );
      assert.match(lines.at(-1) ?? '', /stale-artifacts/, phase);
    }
  });

  it('goes on with what is seen from outside', () => {
    const outside = {
      monitor: 'health',
      label: 'GET api.onai.example/health',
      reason: reason('tcp.refused'),
      bad: 6,
      asked: 6,
    };
    const { lines } = message(facts({ failures: [...facts().failures, outside] }));
    assert.match(lines.join('\n'), /port 3000 is closed\nGET api\.onai\.example\/health: connection refused/);
  });

  it('says of what it does not recognise that it does not, with the last line', () => {
    const unknown = {
      ...staleArtifact,
      cause: 'unknown' as const,
      evidence: [{ source: 'output' as const, quote: 'a\nboom' }],
    };
    const { lines } = message(facts({ scenes: [scene({ findings: [unknown] })] }));
    assert.equal(lines[1], 'Cause not recognised: boom');
  });

  it('calls a guess a guess', () => {
    const { lines } = message(facts({ scenes: [scene({ findings: [{ ...staleArtifact, confidence: 0.3 }] })] }));
    assert.match(lines[1] ?? '', /^Perhaps: /);
  });

  it('has the cause in one part of an SMS where it fits, and on the phone', () => {
    const { short, spoken } = message(facts({ service: 'API' }), { ackLink: 'https://watch.onai.example/a/x' });
    assert.match(short, /^API DOWN since 03:02\. PM2 crash loop: dist\/ is stale/);
    assert.equal(smsLength(short).parts, 1);
    assert.match(spoken, /dist\/ is stale/);
  });

  it('tells machines the findings too, without secrets', () => {
    const secret = { ...staleArtifact, params: { folder: 'postgres://u:hunter2@db/x' } };
    const { data, lines } = message(facts({ scenes: [scene({ findings: [secret] })] }));
    assert.equal((data as AlertFacts).scenes?.[0]?.findings[0]?.cause, 'stale-artifact');
    assert.equal(JSON.stringify([data, lines]).includes('hunter2'), false);
  });

  it('says how it came back', () => {
    const over = { kind: 'recovered' as const, endTo: NOON, endFrom: NOON };
    const at = NOON;
    const auto = message(facts({ ...over, help: { at, do: 'repair', action: 'stale-artifacts' } }));
    assert.match(auto.title, /works again .* by: automatic repair \(stale-artifacts\)$/);
    const tapped = message(facts({ ...over, help: { at, do: 'recover', by: { name: 'Aigerim', via: 'telegram' } } }));
    assert.match(tapped.title, /by: recover, started from Telegram$/);
    const russian = message(facts({ ...over, help: { at, do: 'recover', by: { name: 'A', via: 'cli' } } }), {
      locale: 'ru',
    });
    assert.match(russian.title, /кем: восстановление, запущено из командной строки$/);
  });
});

describe('a message about a machine', () => {
  const disk = {
    monitor: 'vps',
    part: 'host' as const,
    label: '',
    reason: reason('host.disk-full', { mount: '/', freeBytes: 2e9 }),
    bad: 0,
    asked: 0,
  };
  const { scenes: _scenes, ...bare } = facts();

  it('says what it is instead of calling a service down', () => {
    const alone = message({ ...bare, service: 'vps', isHost: true, failures: [disk] });
    assert.equal(alone.title, '🔴 vps: disk full: /, 2 GB free');
    const within = message({ ...bare, kind: 'degraded', severity: 'warning', failures: [disk] });
    assert.equal(within.title, '🟠 OnAI Backend API: vps: disk full: /, 2 GB free');
    assert.deepEqual(within.lines, ['Since 03:02:42 · seen after 0.6 s']);
    assert.match(within.short, /disk full/);
  });

  it('says that it is well again, not that it works', () => {
    const { title } = message({
      ...bare,
      kind: 'recovered',
      service: 'vps',
      isHost: true,
      failures: [disk],
      endTo: NOON,
    });
    assert.equal(title, '🟢 vps: all well again · 03:03:12 · lasted 30 s');
  });

  it('says since when nobody looks inside it', () => {
    const note = message({
      kind: 'unwatched',
      severity: 'warning',
      failures: [],
      from: NOON,
      textKey: 'agent.gone',
      textParams: { host: 'vps' },
    });
    assert.equal(note.title, '🟠 No agent on vps since 03:03:12.');
    const back = message({
      kind: 'unwatched',
      severity: 'info',
      failures: [],
      textKey: 'agent.back',
      textParams: { host: 'vps' },
    });
    assert.equal(back.title, '🟢 The agent on vps is back');
  });
});
