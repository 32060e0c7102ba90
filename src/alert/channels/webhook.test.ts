import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { configured, contextOf, sampleMessage } from '../../../test/fakes/message.ts';
import { startFakeWebhook, type FakeWebhook } from '../../../test/fakes/webhook.ts';
import { webhook } from './webhook.ts';

describe('webhook', () => {
  let fake: FakeWebhook;
  beforeEach(async () => {
    fake = await startFakeWebhook({ secret: 'hook-secret' });
  });
  afterEach(() => fake.close());

  const config = (more: Readonly<Record<string, unknown>> = {}) =>
    configured(webhook, { url: `${fake.url}/dozor?team=1`, secret: 'hook-secret', ...more });

  it('posts the facts, signed, with an id that stays the same when repeated', async () => {
    const context = contextOf();
    await webhook.send(config({ headers: { 'X-Team': 'watch' } }), sampleMessage(), context);
    await webhook.send(config(), sampleMessage(), context);
    const [first, second] = [await fake.hooks.next(), await fake.hooks.next()];
    assert.ok(first.signed);
    assert.equal(first.id, 'INC1:1:0:tg');
    assert.equal(second.id, first.id);
    assert.equal(first.headers['x-team'], 'watch');
    const { text, ...body } = first.body;
    assert.match(String(text), /^🔴 OnAI Backend API is down\nSince/);
    assert.deepEqual(body, {
      id: 'INC1:1:0:tg',
      timestamp: Math.floor(context.now / 1_000),
      kind: 'down',
      severity: 'critical',
      loud: true,
      title: '🔴 OnAI Backend API is down',
      incidentId: 'INC1',
      link: 'https://watch.onai.example/i/7F3K',
      at: '2026-11-24T03:03:33.000Z',
      facts: { service: 'OnAI Backend API', code: 'tcp.refused' },
    });
  });

  it('is not signed rightly with another secret', async () => {
    await webhook.send(config({ secret: 'something-else' }), sampleMessage(), contextOf());
    assert.equal((await fake.hooks.next()).signed, false);
  });

  it('keeps path and query when its base address is another', async () => {
    await webhook.send(
      config({ url: 'https://hooks.onai.example/dozor?team=1', apiRoot: fake.url }),
      sampleMessage(),
      contextOf(),
    );
    const request = await fake.requests.next();
    assert.deepEqual([request.path, request.query.get('team')], ['/dozor', '1']);
  });

  it('names ids of any language in a header', async () => {
    const sent = await webhook.send(config(), sampleMessage({ dedupKey: 'INC1:1:дежурный' }), contextOf());
    assert.ok(sent.ok);
    assert.equal(decodeURIComponent((await fake.hooks.next()).id), 'INC1:1:дежурный');
  });

  for (const [status, permanent] of [
    [301, true],
    [400, true],
    [401, true],
    [403, true],
    [404, true],
    [410, true],
    [408, false],
    [429, false],
    [500, false],
    [503, false],
  ] as const)
    it(`takes ${status} as ${permanent ? 'final' : 'passing'}`, async () => {
      fake.misbehave({
        do: 'answer',
        reply: { status, headers: { location: `${fake.url}/elsewhere`, 'retry-after': '7' } },
      });
      const sent = await webhook.send(config(), sampleMessage(), contextOf());
      assert.ok(!sent.ok);
      assert.equal(sent.error.permanent, permanent);
      if (status === 429) assert.equal(sent.error.retryAfterMs, 7_000);
      assert.equal(fake.requests.items.length, 1);
    });
});
