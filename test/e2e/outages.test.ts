import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeAuthority } from '../fakes/certificates.ts';
import { a, startNameServer } from '../fakes/name-server.ts';
import { startTargetProcess, type TargetProcess } from '../fakes/target-process.ts';
import { startTarget, WELL, type Conduct, type Target } from '../fakes/target.ts';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramMessage } from '../fakes/telegram.ts';
import { openStage, type RunningBrain } from './harness.ts';
import { configuration, http, service, step, telegram, type Piece } from './settings.ts';

const NAMES = [
  'killed',
  'frozen',
  'hung',
  'dripping',
  'cut',
  'failing',
  'half',
  'slow',
  'wrong',
  'tls',
  'dns',
] as const;
type Name = (typeof NAMES)[number];

const chatOf = (name: Name): number => 2_000 + NAMES.indexOf(name);
const ASKED_WELL = { json: { '$.status': 'ok' } };

describe('an outage is seen and told of as what it is', { concurrency: true }, () => {
  const stage = openStage({ after });
  let tg: FakeTelegram;
  let brain: RunningBrain;
  let killed: TargetProcess;
  let frozen: TargetProcess;
  let tls: Target;
  const targets = new Map<Name, Target>();
  const authority = makeAuthority();
  const known = new Set(['gone.test']);

  before(async () => {
    tg = await stage.keep(startFakeTelegram());
    killed = await stage.keep(startTargetProcess());
    frozen = await stage.keep(startTargetProcess());
    for (const name of NAMES) targets.set(name, await stage.keep(startTarget()));
    tls = await stage.keep(startTarget({ certificate: authority.issue(['IP:127.0.0.1'], -1, 90) }));
    await writeFile(join(stage.dir, 'ca.pem'), authority.ca);
    const names = await startNameServer((_type, name) =>
      known.has(name) ? { records: [a('127.0.0.1', 0)] } : { rcode: 3 },
    );
    await stage.keep(names);
    const ask = (name: Name, more: Piece = {}): Piece => service(name, [http('health', urlOf(name), more)]);
    const services = [
      service('killed', killed.url),
      service('frozen', frozen.url),
      ask('hung'),
      ask('dripping'),
      ask('cut'),
      ask('failing'),
      ask('half'),
      ask('slow', { timeout: '3s', expect: { maxLatency: '250ms' } }),
      ask('wrong', { expect: ASKED_WELL }),
      service('tls', [http('health', tls.url, { ca: join(stage.dir, 'ca.pem'), timeout: '2s' })]),
      service('dns', [
        { name: 'name', kind: 'dns', host: 'gone.test', server: names.address, every: '300ms', timeout: '400ms' },
      ]),
    ];
    brain = await stage.brain({
      config: configuration({
        services: services.map((one) => ({ ...one, policy: String(one['name']) })),
        channels: NAMES.map((name) => telegram(tg, { name: `tg-${name}`, chatId: chatOf(name) })),
        detection: { storm: { suspects: 1_000 } },
        more: { policies: NAMES.map((name) => ({ name, steps: [step('0s', [`tg-${name}`])] })) },
      }),
    });
    await Promise.all(NAMES.map((name) => brain.line(new RegExp(` up +${name} /`))));
  });
  after(() => authority.remove());

  const urlOf = (name: Name): string => targets.get(name)?.url ?? '';
  const target = (name: Name): Target => targets.get(name) as Target;
  const message = (name: Name, what: string, fits: (one: FakeTelegramMessage) => boolean) =>
    brain.next(tg.messages, `${what} of ${name}`, (one) => one.chatId === String(chatOf(name)) && fits(one));
  const alertOf = (name: Name) => message(name, 'the alert', ({ text }) => / is (down|degraded)/.test(text));
  /** The first message is changed and answered. */
  const recoveryOf = async (name: Name, { messageId }: FakeTelegramMessage) => {
    const answer = await message(name, 'the recovery', ({ repliesTo }) => repliesTo === messageId);
    assert.match(answer.text, new RegExp(`🟢 ${name} works again · .* · (down|degraded) `));
    const edit = await message(
      name,
      'the change of the first message',
      (one) => one.method === 'editMessageText' && one.messageId === messageId && one.text.includes('works again'),
    );
    assert.equal(edit.buttons.length, 0, 'what is over needs no buttons');
  };
  const fails = async (name: Name, conduct: Conduct, says: RegExp): Promise<FakeTelegramMessage> => {
    target(name).becomes(conduct);
    const alert = await alertOf(name);
    assert.match(alert.text, says);
    target(name).becomes(WELL);
    await recoveryOf(name, alert);
    return alert;
  };

  it('a process that is killed refuses connections; its return changes the first message and answers it', async () => {
    await killed.kill();
    const alert = await alertOf('killed');
    assert.match(alert.text, /🔴 killed is down/);
    assert.match(alert.text, /GET 127\.0\.0\.1:\d+\/health: connection refused \(tcp, \d+ of \d+ checks, last /);
    assert.deepEqual(
      alert.buttons.map(({ text }) => text),
      ['Acknowledge', 'Mute 1 h'],
    );
    await killed.restart();
    await recoveryOf('killed', alert);
  });

  it('a process that stands still accepts and never answers', async () => {
    frozen.signal('SIGSTOP');
    const alert = await alertOf('frozen');
    assert.match(alert.text, /connected, but no answer within 0\.4 s/);
    frozen.signal('SIGCONT');
    await recoveryOf('frozen', alert);
  });

  it('a server that hangs is down', async () => {
    await fails('hung', { do: 'hang' }, /hung is down[\s\S]*no answer within 0\.4 s/);
  });

  it('a server that drips its answer without end is down', async () => {
    await fails('dripping', { do: 'drip', everyMs: 50 }, /dripping is down[\s\S]*answer not finished within 0\.4 s/);
  });

  it('a server that resets connections is down', async () => {
    await fails('cut', { do: 'reset' }, /cut is down[\s\S]*connection reset/);
  });

  it('500 is down', async () => {
    await fails('failing', { do: 'answer', status: 500 }, /failing is down[\s\S]*status 500, expected 200-299/);
  });

  it('500 now and then is degraded; in every other request it is down', async () => {
    const one = target('half');
    one.becomes({ do: 'every', nth: 6, conduct: { do: 'answer', status: 500 } });
    const first = await alertOf('half');
    assert.match(first.text, /🟠 half is degraded[\s\S]*\d+ of \d+ requests fail/);
    one.becomes({ do: 'every', nth: 2, conduct: { do: 'answer', status: 500 } });
    const worse = await message('half', 'the worse news', ({ text }) => /🔴 half is down/.test(text));
    assert.match(worse.text, /status 500/);
    one.becomes(WELL);
    await recoveryOf('half', first);
  });

  it('answers slower than maxLatency are degraded, not down', async () => {
    const alert = await fails('slow', { do: 'slow', byMs: 350 }, /🟠 slow is degraded[\s\S]*slower than 0\.3 s/);
    assert.equal(alert.silent, true, 'nobody is woken for it');
  });

  it('wrong content is down though the status is 200', async () => {
    const conduct = { do: 'answer', body: '{"status":"broken"}' } as const;
    await fails('wrong', conduct, /wrong content at \$\.status, expected "?ok"?, found "?broken"?/);
  });

  it('an expired certificate is loud at once, and so is one for another host', async () => {
    tls.present(authority.issue(['IP:127.0.0.1'], -30, -1));
    const alert = await alertOf('tls');
    assert.match(alert.text, /certificate expired on \d{4}-/);
    assert.equal(alert.silent, false);
    tls.present(authority.issue(['IP:127.0.0.1'], -1, 90));
    await recoveryOf('tls', alert);
    tls.present(authority.issue(['DNS:other.example'], -1, 90));
    const again = await message('tls', 'the second alert', ({ text }) => /certificate is for another host/.test(text));
    assert.equal(again.silent, false);
  });

  it('a name that is not found is loud at once', async () => {
    known.delete('gone.test');
    const alert = await alertOf('dns');
    assert.match(alert.text, /name not found: gone\.test/);
    assert.equal(alert.silent, false);
    known.add('gone.test');
    await recoveryOf('dns', alert);
  });
});
