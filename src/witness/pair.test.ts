import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configured } from '../../test/fakes/message.ts';
import { startFakeTelegram } from '../../test/fakes/telegram.ts';
import { telegram } from '../alert/channels/telegram.ts';
import { readFileOf } from './files.ts';
import { pairChannel } from './pair.ts';

test('where the file names who may answer, a stranger who writes /start first is not paired', async (t) => {
  const fake = await startFakeTelegram();
  const dir = mkdtempSync(join(tmpdir(), 'dozor-pair-'));
  t.after(async () => {
    await fake.close();
    rmSync(dir, { recursive: true });
  });
  const config = configured(telegram, { botToken: fake.token, apiRoot: fake.url, allow: [77] });
  const channel = { id: 'c', name: 'tg', kind: 'telegram', origin: 'file', contactId: 'p', config } as const;
  const wait = pairChannel(channel, {
    dir,
    locale: 'en',
    resolver: { addresses: async (host) => [host] },
    now: () => 0,
    signal: AbortSignal.timeout(20_000),
    say: () => undefined,
  });
  fake.write('/start', { id: 666, first_name: 'Eve' });
  await fake.messages.next(({ chatId }) => chatId === '666');
  assert.equal(readFileOf(dir, 'pairings'), undefined);
  fake.write('/start', { id: 77, first_name: 'Aidar' });
  assert.equal(await wait, true);
  assert.deepEqual(readFileOf(dir, 'pairings'), { tg: { chatId: '77', userId: '77' } });
});
