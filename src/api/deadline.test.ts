import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { StoppedWaiting, within } from './deadline.ts';
import { fakeClock } from '../../test/fakes/clock.ts';

test('waiting ends after its span, and says after how long', async () => {
  const clock = fakeClock(0);
  const waiting = within(clock, 30_000, new Promise(() => undefined));
  clock.advance(30_000);
  await assert.rejects(waiting, new StoppedWaiting('No answer within 30 s.'));
});

test('a process is not kept alive by somebody who waits in it', async () => {
  const script = [
    `import { within } from ${JSON.stringify(new URL('./deadline.ts', import.meta.url).href)};`,
    `import { systemClock } from ${JSON.stringify(new URL('../engine/system-clock.ts', import.meta.url).href)};`,
    'void within(systemClock, 2_000_000_000_000, new Promise(() => undefined));',
  ].join('\n');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
