import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, down, tell } from '../../test/fakes/told.ts';
import type { AlertFacts } from './model.ts';

test('a message calls a job that did not report by its name, and no service down for it', () => {
  const missed: AlertFacts = {
    ...down,
    kind: 'degraded',
    severity: 'warning',
    failures: [
      {
        monitor: 'nightly backup',
        label: 'heartbeat',
        reason: { code: 'heartbeat.missed', params: { expectedAt: at(8, 3, 12), graceMs: 60_000 } },
        bad: 1,
        asked: 1,
      },
    ],
  };
  const message = tell(missed, 'en', at(8, 5, 0));
  assert.equal(message.title, '🟠 OnAI Backend API: nightly backup has not reported');
  assert.ok(message.lines.includes('nightly backup: no sign of life, expected by 08:03:12'), message.lines.join());
  assert.match(message.short, /^OnAI Backend API: nightly backup has not reported since 08:03\. /);
  assert.equal(message.spoken, 'OnAI Backend API: nightly backup has not reported.');
  const russian = tell(missed, 'ru', at(8, 5, 0));
  assert.equal(russian.title, '🟠 OnAI Backend API: нет сигнала от nightly backup');
  assert.ok(russian.lines.includes('nightly backup: сигнал не пришёл, ожидался к 08:03:12'), russian.lines.join());
  const back = tell({ ...missed, kind: 'recovered', endFrom: at(8, 9, 0), endTo: at(8, 9, 0) }, 'en', at(8, 9, 1));
  assert.match(back.title, /^🟢 OnAI Backend API: nightly backup reports again · 08:09:00 · overdue 5 min/);
});
