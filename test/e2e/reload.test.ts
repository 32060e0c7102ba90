import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { startTarget } from '../fakes/target.ts';
import { startFakeTelegram } from '../fakes/telegram.ts';
import { startFakeWebhook } from '../fakes/webhook.ts';
import { openStage } from './harness.ts';
import { configuration, hook, http, service, telegram, type Piece } from './settings.ts';

const BROKEN = { do: 'answer', status: 500 } as const;

describe('a file that changes while the brain runs', { concurrency: 3 }, () => {
  it('is taken, with a diff, and without a secret in it', async (t) => {
    const stage = openStage(t);
    const [old, fresh] = [await stage.keep(startFakeWebhook()), await stage.keep(startFakeWebhook())];
    const [one, two] = [await stage.keep(startTarget()), await stage.keep(startTarget())];
    const written = (services: readonly Piece[], url: string, secret: string): Piece =>
      configuration({ services, channels: [hook('hook', url, { secret })] });
    const api = (every: string): Piece => service('API', [http('health', one.url, { every })]);
    const brain = await stage.brain({ config: written([api('300ms')], old.url, 'the-old-secret') });
    await brain.line(/up +API /);
    const said = await brain.reconfigured(() =>
      written([api('500ms'), service('Shop', two.url)], fresh.url, 'the-new-secret'),
    );
    assert.match(said, /The configuration was read again: \d changes\./);
    assert.match(said, /^ {2}~ monitor API \/ health\n {6}every: 300ms → 500ms$/m);
    assert.match(said, /^ {2}\+ service Shop$/m);
    assert.match(said, /^ {2}\+ monitor Shop \/ health$/m);
    assert.match(said, /^ {2}~ channel duty \/ hook$/m);
    assert.doesNotMatch(brain.program.output(), /the-old-secret|the-new-secret/);
    await brain.line(/up +Shop /);
    two.becomes(BROKEN);
    const alert = await brain.next(fresh.hooks, 'the alert at the new address');
    assert.match(JSON.stringify(alert.body), /Shop is down/);
    assert.equal(old.hooks.items.length, 0);
  });

  it('changes nothing while it is wrong, and says where', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const target = await stage.keep(startTarget());
    const config = configuration({ services: [service('API', target.url)], channels: [telegram(tg)] });
    const brain = await stage.brain({ config });
    await brain.line(/up +API /);
    const right = stringify(config);
    await brain.rewrite(right.replace('every: 300ms', 'evry: 300ms'));
    await brain.line(/The changed configuration is not taken; everything stays as it was\./);
    const place = await brain.line(/dozor-1\.yaml:\d+:\d+/);
    const line = Number(/:(\d+):\d+/.exec(place)?.[1]);
    assert.match(right.split('\n')[line - 1] ?? '', /every: 300ms/, `the line that is named: ${place}`);
    await brain.line(/did you mean "?every"?/);
    await brain.rewrite('services: [');
    await brain.line(/The changed configuration is not taken/);
    target.becomes(BROKEN);
    await brain.next(tg.messages, 'the alert by what was there before', ({ text }) => text.includes('API is down'));
    await brain.rewrite({ ...config, locale: 'ru' });
    await brain.line(/Конфигурация прочитана заново|The configuration was read again/);
  });

  it('retires what left it: its incident closes, its history stays, and it goes on when it comes back', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const [one, two] = [await stage.keep(startTarget()), await stage.keep(startTarget())];
    const config = configuration({
      services: [service('Old', one.url), service('API', two.url)],
      channels: [telegram(tg)],
    });
    const brain = await stage.brain({ config });
    await brain.line(/up +Old /);
    one.becomes(BROKEN);
    await brain.next(tg.messages, 'the alert');
    const { body: before } = await brain.api('GET', '/services/Old');
    const said = await brain.reconfigured(() => ({ ...config, services: [service('API', two.url)] }));
    assert.match(said, /^ {2}- service Old$/m);
    assert.match(said, /^ {2}- monitor Old \/ health$/m);
    const end = await brain.next(tg.messages, 'the end', ({ text }) => text.includes('⚪'));
    assert.doesNotMatch(end.text, /works again/, 'nobody has seen it work');
    assert.match(end.text, /⚪ Old: what failed is not watched any more/);
    const { body: incidents } = await brain.api('GET', '/incidents');
    assert.deepEqual(
      incidents.items.map(({ state }: { state: string }) => state),
      ['closed'],
    );
    const asked = one.asked();
    await brain.until('the other to be asked', () => two.asked() > asked + 5);
    assert.ok(one.asked() <= asked + 2, 'nobody asks it any more');
    await brain.reconfigured(() => config);
    const { body: after } = await brain.api('GET', '/services/Old');
    assert.equal(after.id, before.id);
    await brain.next(
      tg.messages,
      'the alert anew',
      ({ text, method }) => method === 'sendMessage' && text.includes('Old is down'),
    );
  });

  it('pauses a monitor, and what is still down afterwards is told anew', async (t) => {
    const stage = openStage(t);
    const tg = await stage.keep(startFakeTelegram());
    const target = await stage.keep(startTarget());
    const config = (paused: boolean): Piece =>
      configuration({
        services: [service('API', [http('health', target.url, { paused })])],
        channels: [telegram(tg)],
      });
    const brain = await stage.brain({ config: config(false) });
    await brain.line(/up +API /);
    target.becomes(BROKEN);
    await brain.next(tg.messages, 'the alert');
    await brain.reconfigured(() => config(true));
    const end = await brain.next(tg.messages, 'the end', ({ text }) => text.includes('⚪'));
    assert.match(end.text, /⚪ API: what failed is not watched any more/);
    await brain.reconfigured(() => config(false));
    await brain.next(
      tg.messages,
      'the alert anew',
      ({ text, method }) => method === 'sendMessage' && text.includes('API is down'),
    );
  });

  it('with settings that take a restart says so', async (t) => {
    const stage = openStage(t);
    const brain = await stage.brain({ config: configuration({}) });
    await brain.rewrite(configuration({ more: { storage: { quota: '1GB' } } }));
    await brain.line(/Changed storage.*: it takes a restart to come into force\./);
  });
});
