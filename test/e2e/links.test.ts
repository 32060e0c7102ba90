import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeSmsc } from '../fakes/smsc.ts';
import { startFakeSmtp } from '../fakes/smtp.ts';
import { startTarget } from '../fakes/target.ts';
import { openStage } from './harness.ts';
import { configuration, service, sms } from './settings.ts';

const linkIn = (text: string): string => {
  const found = /https?:\/\/127\.0\.0\.1:\d+\/a\/[\w-]+/.exec(text)?.[0];
  assert.ok(found !== undefined, `a link to acknowledge in: ${text}`);
  return found;
};

test('the one-time link of an SMS or mail shows a button, acknowledges on POST alone, and only once', async (t) => {
  const stage = openStage(t);
  const provider = await stage.keep(startFakeSmsc());
  const post = await stage.keep(startFakeSmtp());
  const target = await stage.keep(startTarget());
  const mail = { name: 'mail', kind: 'email', smtp: post.url, from: 'dozor@onai.example', to: ['team@onai.example'] };
  const brain = await stage.brain({
    config: configuration({ services: [service('API', target.url)], channels: [sms(provider), mail] }),
  });
  await brain.line(/up +API /);
  await target.die();
  const message = await brain.next(provider.messages, 'the SMS');
  const letter = await brain.next(post.mails, 'the mail');
  assert.deepEqual(message.phones, ['77011234567']);
  const [bySms, byMail] = [linkIn(message.text), linkIn(letter.text)];
  assert.notEqual(bySms, byMail);

  const incident = async () => (await brain.api('GET', '/incidents')).body.items[0];
  for (const method of ['HEAD', 'GET', 'GET']) {
    const preview = await fetch(bySms, { method });
    assert.equal(preview.status, 200);
    const page = await preview.text();
    if (method === 'GET') assert.match(page, /<form[^>]* method="post"/i);
  }
  assert.equal((await incident()).acknowledged, undefined, 'a preview acknowledges nothing');

  assert.equal((await fetch(bySms, { method: 'POST' })).status, 200);
  assert.deepEqual((await incident()).acknowledged.by, { name: 'duty', via: 'link' });
  assert.equal((await fetch(bySms, { method: 'POST' })).status, 410, 'good once');
  assert.equal((await fetch(bySms)).status, 410);
  const other = await fetch(byMail);
  assert.equal(other.status, 200);
  assert.match(await other.text(), /duty/, 'the other link says who has it already');
  assert.equal((await fetch(`${bySms}x`)).status, 404);
});
