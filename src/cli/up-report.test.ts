import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Brain, MonitorStanding, ServiceStanding, WatcherStanding } from '#engine/brain.ts';
import type { Locale } from '#kernel/locale.ts';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { startReport, type Watched } from './up-report.ts';

const monitor = (name: string, more: Partial<MonitorStanding> = {}): MonitorStanding => ({
  monitor: {
    id: name,
    num: 1,
    serviceId: 's',
    name,
    kind: 'http',
    origin: 'cli',
    everyMs: 120_000,
    timeoutMs: 5_000,
    pulse: { everyMs: 10_000 },
    severity: 'critical',
    paused: false,
    config: { kind: 'http' },
  },
  verdict: 'pending',
  since: 0,
  inMaintenance: false,
  ...more,
});

const service = (monitors: readonly MonitorStanding[]): ServiceStanding => ({
  service: { id: 's', name: 'api', origin: 'cli', dependsOn: [] },
  verdict: 'pending',
  since: 0,
  paused: false,
  inMaintenance: false,
  muted: false,
  apps: [],
  monitors,
});

const brain = (
  locale: Locale,
  parts: { services?: readonly ServiceStanding[]; watchers?: readonly WatcherStanding[]; channels?: readonly string[] },
): Watched => ({
  services: () => parts.services ?? [],
  watchers: () => parts.watchers ?? [],
  channels: () =>
    (parts.channels ?? []).map((name) => ({
      id: name,
      contactId: 'c',
      name,
      kind: 'telegram',
      origin: 'file',
      config: { kind: 'telegram' },
    })),
  settings: () => ({ locale }) as ReturnType<Brain['settings']>,
});

const START = { url: 'http://127.0.0.1:4600', signInLink: 'http://127.0.0.1:4600/sign-in#x', notActedOn: [] };

/** A terminal that shows which colour was asked for. */
const painted = { ...fakeTerminal(), paint: (ink: string, text: string) => `<${ink}>${text}` };

test('the report says what is watched and how often, where it listens and how to sign in', () => {
  const text = startReport(
    brain('en', { services: [service([monitor('health')])], channels: ['tg'] }),
    START,
    fakeTerminal(),
  );
  assert.match(text, /^Watching 1 monitor of 1 service\n {2}api {2}health {2}http {2}every 2 min, pulse 10 s\n/);
  assert.match(
    text,
    /Tells by: tg\nListening on http:\/\/127\.0\.0\.1:4600\nSign in .*: http:\/\/127\.0\.0\.1:4600\/sign-in#x\n/,
  );
});

test('a heartbeat is shown with the path that has to be called', () => {
  const text = startReport(
    brain('en', { services: [service([monitor('backup', { beatPath: '/beat/k' })])] }),
    START,
    fakeTerminal(),
  );
  assert.match(text, /waits for its heartbeat: \/beat\/k/);
});

test('nobody to tell and nobody outside are red, with what to do', () => {
  const text = startReport(brain('en', {}), START, painted);
  assert.match(text, /<red>Tells nobody/);
  assert.match(text, /<red>Nobody watches the watch: .*\n {2}Fix in two minutes: /);
});

test('a watcher that does not answer yet is red, one that answers is not', () => {
  const watcher = (state: WatcherStanding['state']): WatcherStanding => ({
    watcher: { id: 'w', name: 'office', kind: 'witness', everyMs: 10_000 },
    state,
  });
  assert.match(
    startReport(brain('en', { watchers: [watcher('waiting')] }), START, painted),
    /<red>Nobody watches the watch yet: office \(witness: not heard of yet\)/,
  );
  const refused = { ...watcher('failing'), detail: 'it answered 500' };
  assert.match(
    startReport(brain('en', { watchers: [watcher('answers'), refused] }), START, painted),
    /^The watch is watched by: office \(witness: answers\)\n {2}<red>Does not watch: office \(witness: failing, it answered 500\)/m,
  );
  assert.match(
    startReport(brain('en', { watchers: [watcher('answers')] }), START, painted),
    /^The watch is watched by: office/m,
  );
});

test('in Russian the report counts as Russian does', () => {
  const of = (count: number) =>
    startReport(
      brain('ru', { services: [service(Array.from({ length: count }, () => monitor('m')))] }),
      START,
      fakeTerminal(),
    );
  assert.match(of(1), /^Слежу: 1 монитор, 1 сервис\n/);
  assert.match(of(2), /^Слежу: 2 монитора, 1 сервис\n/);
  assert.match(of(5), /^Слежу: 5 мониторов, 1 сервис\n/);
});
