import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { configured, contextOf, sampleMessage } from '../../../test/fakes/message.ts';
import { startFakeSmtp, type FakeMail, type FakeSmtp } from '../../../test/fakes/smtp.ts';
import type { DeliveryError, Message } from '../channel.ts';
import { email } from './email.ts';

describe('email', () => {
  let fake: FakeSmtp;
  beforeEach(async () => {
    fake = await startFakeSmtp({ login: { user: 'watch', password: 'p@ss word' } });
  });
  afterEach(() => fake.close());

  const config = (more: Readonly<Record<string, unknown>> = {}) =>
    configured(email, {
      smtp: `smtp://watch:${encodeURIComponent('p@ss word')}@127.0.0.1:${fake.port}`,
      from: 'Dozor <dozor@onai.example>',
      to: ['team@onai.example', 'boss@onai.example'],
      ...more,
    });
  const mailed = async (message: Partial<Message> = {}): Promise<FakeMail> => {
    const sent = await email.send(config(), sampleMessage(message), contextOf());
    assert.ok(sent.ok, sent.ok ? '' : sent.error.message);
    return await fake.mails.next();
  };
  const refused = async (more: Readonly<Record<string, unknown>> = {}, limitMs = 10_000): Promise<DeliveryError> => {
    const sent = await email.send(config(more), sampleMessage(), contextOf(limitMs));
    assert.ok(!sent.ok);
    return sent.error;
  };

  it('reaches what the resolver names, and nothing else', async () => {
    const smtp = `smtp://watch:${encodeURIComponent('p@ss word')}@mail.example:${fake.port}?requireTLS=false`;
    const asked: string[] = [];
    const resolver = (answer: () => readonly string[]) => ({
      addresses: async (host: string) => {
        asked.push(host);
        return answer();
      },
    });
    const here = { ...contextOf(), resolver: resolver(() => ['127.0.0.1']) };
    assert.ok((await email.send(config({ smtp }), sampleMessage(), here)).ok);
    assert.match((await fake.mails.next()).text, /is down/);
    const refusing = resolver(() => {
      throw new Error('EPRIVATE mail.example');
    });
    const sent = await email.send(config({ smtp }), sampleMessage(), { ...contextOf(), resolver: refusing });
    assert.match(sent.ok ? '' : sent.error.message, /cannot be found: EPRIVATE/);
    assert.deepEqual(asked, ['mail.example', 'mail.example']);
  });

  it('names its links in the language of its reader', async () => {
    const mail = await mailed({ locale: 'ru', buttons: [] });
    assert.match(mail.text, /^Принять: https:\/\/watch\.onai\.example\/a\/9QX2\r?$/m);
    assert.match(mail.text, /<a href="https:\/\/watch\.onai\.example\/a\/9QX2"[^>]*>Принять<\/a>/);
  });

  it('signs in and sends to everybody, text and HTML, with links and escaped', async () => {
    const mail = await mailed({ lines: ['a < b & c', '.starts with a dot'] });
    assert.equal(mail.user, 'watch');
    assert.equal(mail.from, 'dozor@onai.example');
    assert.deepEqual(mail.to, ['team@onai.example', 'boss@onai.example']);
    assert.match(mail.text, /🔴 OnAI Backend API is down\n|🔴 OnAI Backend API is down\r\n/);
    assert.match(mail.text, /^a < b & c\r?$/m);
    assert.match(mail.text, /<strong>a &lt; b &amp; c<\/strong>/);
    assert.match(mail.text, /^\.starts with a dot\r?$/m);
    assert.match(mail.text, /^Acknowledge: https:\/\/watch\.onai\.example\/a\/9QX2\r?$/m);
    assert.match(mail.text, /<a href="https:\/\/watch\.onai\.example\/a\/9QX2"[^>]*>Acknowledge<\/a>/);
  });

  it('keeps the mails of an incident in one conversation, each with an id of its own', async () => {
    const first = await mailed();
    const second = await mailed({ dedupKey: 'INC1:2:0:mail' });
    const repeated = await mailed();
    const other = await mailed({ incidentId: 'INC2', dedupKey: 'INC2:1:0:mail' });
    assert.equal(second.headers.get('references'), first.headers.get('references'));
    assert.notEqual(other.headers.get('references'), first.headers.get('references'));
    assert.notEqual(second.headers.get('message-id'), first.headers.get('message-id'));
    assert.equal(repeated.headers.get('message-id'), first.headers.get('message-id'));
    assert.match(first.headers.get('message-id') ?? '', /@onai\.example>$/);
  });

  it('is marked important only when loud', async () => {
    assert.match((await mailed({ loud: true })).headers.get('x-priority') ?? '', /^1/);
    assert.equal((await mailed({ loud: false })).headers.get('x-priority'), undefined);
  });

  it('gives up on a wrong password without showing it', async () => {
    const error = await refused({ smtp: `smtp://watch:wr0ng-pass@127.0.0.1:${fake.port}` });
    assert.equal(error.permanent, true);
    assert.match(error.message, /does not accept user and password/);
    assert.doesNotMatch(error.message, /wr0ng-pass/);
  });

  for (const [step, reply, permanent] of [
    ['connect', '421 busy', false],
    ['AUTH', '454 try later', false],
    ['MAIL', '452 no room', false],
    ['RCPT', '550 no such user', true],
    ['DATA', '554 no', true],
    ['END', '451 greylisted', false],
    ['END', '554 spam', true],
  ] as const)
    it(`takes "${reply}" at ${step} as ${permanent ? 'final' : 'passing'}`, async () => {
      fake.fail(step, reply);
      assert.equal((await refused()).permanent, permanent);
    });

  it('warns when one of the addresses is refused', async () => {
    fake.fail('RCPT', '550 no such user', 1);
    const sent = await email.send(config(), sampleMessage(), contextOf());
    assert.ok(sent.ok);
    assert.match(sent.value.warning ?? '', /team@onai\.example/);
  });

  it('says that the mail has perhaps arrived when the server is silent after its end, and not before', async () => {
    fake.fail('MAIL', 'hang', 1);
    assert.equal((await refused({}, 300)).perhapsSent, undefined);
    fake.fail('END', 'hang', 1);
    assert.equal((await refused({}, 300)).perhapsSent, true);
  });

  it('sends no password in clear to another machine', async () => {
    const error = await refused({
      smtp: 'smtp://watch:secret-word@mail.onai.example:587',
      apiRoot: `smtp://0.0.0.0:${fake.port}`,
    });
    assert.equal(error.permanent, true);
    assert.match(error.message, /no STARTTLS, so the password was not sent/);
    assert.ok(!fake.commands.some((command) => command.startsWith('AUTH')));
  });

  it('says what is wrong with an address that is none', () => {
    assert.match(email.validate?.(config({ smtp: 'smtp://a:b#c@d:x' })) ?? '', /%40/);
    assert.equal(email.validate?.(config()), undefined);
  });
});
