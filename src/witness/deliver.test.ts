import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { startFakeTelegram, type FakeTelegram } from '../../test/fakes/telegram.ts';
import type { Channel } from '../alert/model.ts';
import { systemClock } from '../engine/system-clock.ts';
import { createResolver } from '../network/resolver.ts';
import { deliver } from './deliver.ts';
import { orderOf, type Order } from './order.ts';
import type { WitnessNews } from './machine.ts';

const SINCE = Date.UTC(2026, 0, 10, 2, 10, 4);
const CLEAR = { sight: 'clear', controls: { ok: 3, total: 3 }, services: [] } as const;

describe('what a witness has to tell', () => {
  let dir: string;
  let fake: FakeTelegram;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-deliver-'));
    fake = await startFakeTelegram();
  });
  afterEach(async () => {
    await fake.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const order = (id: string, news: WitnessNews): Order =>
    orderOf(news, { id, at: Date.now(), brain: 'vps-1', toWall: (at) => at });
  const silent = (id: string, times = 1): Order => order(id, { news: 'silent', since: SINCE, times, judgement: CLEAR });
  const back = (id: string): Order => order(id, { news: 'back', since: SINCE, to: SINCE + 90_000 });
  const channel = (name: string, more: Partial<Channel> = {}): Channel => ({
    id: name,
    contactId: 'me',
    name,
    kind: 'telegram',
    origin: 'file',
    config: {
      kind: 'telegram',
      botToken: fake.token,
      chatId: name === 'tg' ? 1 : 2,
      apiRoot: fake.url,
    } as Channel['config'],
    ...more,
  });
  const tell = async (orders: readonly Order[], channels = [channel('tg')]) =>
    deliver({
      dir,
      clock: systemClock,
      resolver: createResolver({ clock: systemClock }),
      settings: { locale: 'en', timezone: 'UTC' },
      contacts: [],
      channels,
      orders,
    });
  const outbox = () => JSON.parse(readFileSync(join(dir, 'witness-outbox.json'), 'utf8'));

  it('goes to every channel, once, however often it is ordered', async () => {
    const channels = [channel('tg'), channel('second')];
    assert.equal(await tell([silent('a')], channels), undefined);
    assert.equal(await tell([silent('a')], channels), undefined);
    assert.deepEqual(fake.messages.items.map(({ chatId }) => chatId).toSorted(), ['1', '2']);
    assert.ok(fake.messages.items.every(({ silent: isSilent }) => !isSilent));
  });

  it('is on the disk before it is sent; what was being sent when the process died goes again under the same key', async () => {
    await tell([silent('a')]);
    const kept = outbox();
    const [delivery] = kept.deliveries;
    writeFileSync(
      join(dir, 'witness-outbox.json'),
      JSON.stringify({ ...kept, deliveries: [{ ...delivery, status: 'sending' }] }),
    );
    await tell([]);
    assert.equal(fake.messages.items.length, 2);
    assert.equal(outbox().deliveries[0].dedupKey, delivery.dedupKey);
    assert.equal(outbox().deliveries[0].status, 'accepted');
  });

  it('waits for a channel that asks to wait, and is not told as new once the brain is back', async () => {
    fake.refuse(1, 429, 'Too Many Requests', { retry_after: 60 });
    const next = await tell([silent('a')]);
    assert.ok(next !== undefined && next - Date.now() > 50_000, String(next));
    fake.allow(1);
    assert.equal(await tell([back('b')]), undefined);
    assert.deepEqual(
      fake.messages.items.map(({ text }) => /🟢|🔴/u.exec(text)?.[0]),
      ['🟢'],
    );
  });

  it('ends as an answer to the first message; what was not sent yet by then is left out', async () => {
    await tell([silent('a')]);
    await tell([silent('b', 2), back('c')]);
    const [first, last, ...more] = fake.messages.items;
    assert.deepEqual(more, []);
    assert.equal(last?.repliesTo, first?.messageId);
    assert.equal(last?.silent, true);
  });

  it('keeps to a cap, and forgets what waits for a channel that is gone', async () => {
    const capped = channel('tg', { cap: { perDay: 1 } });
    await tell([silent('a'), silent('b', 2)], [capped]);
    assert.equal(fake.messages.items.length, 1);
    fake.refuse(2, 429, 'Too Many Requests', { retry_after: 60 });
    await tell([silent('c')], [channel('second')]);
    assert.equal(await tell([], [channel('tg')]), undefined);
  });
});
