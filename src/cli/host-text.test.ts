import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppView, HostView } from '#api/contract.ts';
import { appView, hostView } from '#api/views/host.ts';
import { appStanding, hostStanding } from '../../test/fakes/host-samples.ts';
import { NOON } from '../../test/fakes/samples.ts';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { appRow, appText, hostRow, hostText } from './host-text.ts';

const terminal = fakeTerminal();
const app = (more: Parameters<typeof appStanding>[0] = {}): AppView => AppView.parse(appView(appStanding(more), 'en'));
const host = (more: Parameters<typeof hostStanding>[0] = {}): HostView =>
  HostView.parse(hostView(hostStanding(more), 'en'));

test('an app that is down is one line with its cause and what to do', () => {
  const line = appRow(app(), NOON, terminal).join('  ');
  assert.match(line, /^onai-backend {2}\S+ down {2}for 30 s {2}vps {2}dist\/ is stale/);
  assert.match(line, /dozor apps repair onai-backend/);
});

test('of an app that nobody looks at any more nothing is claimed', () => {
  assert.deepEqual(appRow(app({ agent: 'gone', verdict: 'up' }), NOON, terminal).slice(1, 3), ['no agent', '']);
});

test('an app is shown with findings, signs and the plan of its repair', () => {
  const text = appText(app(), NOON, terminal);
  for (const words of [/dist\/ is stale/, /shows online/, /port\s+3000 is closed/, /move dist\/ away/, /pid 4242/])
    assert.match(text, words);
});

test('a host is shown with its agent, its troubles and its figures', () => {
  assert.match(
    hostRow(host(), NOON, terminal).join('  '),
    /^vps {2}agent connected {2}onai-backend {2}disk fills up: \//,
  );
  const text = hostText(host({ agent: 'gone', lastSeenAt: NOON - 120_000 }), NOON, terminal);
  assert.match(text, /^vps: no agent for 2 min/);
  assert.match(text, /disk \/\s+\S+ \S+ of \S+ \S+ free/);
});
