import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { makeAuthority } from '../fakes/certificates.ts';
import { a, startNameServer } from '../fakes/name-server.ts';
import { startTargetProcess, type TargetProcess } from '../fakes/target-process.ts';
import { startTarget, WELL, type Conduct, type Target } from '../fakes/target.ts';
import type { FakeTelegramMessage } from '../fakes/telegram.ts';
import { openCast, type Cast, type Player } from './cast.ts';
import { openStage } from './harness.ts';
import { http, service, type Piece } from './settings.ts';

const NAMES = ['killed', 'frozen', 'hung', 'dripping', 'cut', 'failing', 'slow', 'wrong', 'tls', 'dns'];
const FAILS = { do: 'answer', status: 500 } as const;

describe('an outage is seen and told of as what it is', { concurrency: true }, () => {
  const stage = openStage({ after });
  const authority = makeAuthority();
  const known = new Set(['gone.test']);
  let cast: Cast;
  let killed: TargetProcess;
  let frozen: TargetProcess;
  let tls: Target;
  after(() => authority.remove());

  before(async () => {
    killed = await stage.keep(startTargetProcess());
    frozen = await stage.keep(startTargetProcess());
    tls = await stage.keep(startTarget({ certificate: authority.issue(['IP:127.0.0.1'], -1, 90) }));
    const ca = join(stage.dir, 'ca.pem');
    writeFileSync(ca, authority.ca);
    const answer = (name: string) => (known.has(name) ? { records: [a('127.0.0.1', 0)] } : { rcode: 3 });
    const { address } = await stage.keep(startNameServer((_type, name) => answer(name)));
    const monitors: Readonly<Record<string, (url: string) => Piece>> = {
      killed: () => http('health', killed.url),
      frozen: () => http('health', frozen.url, { timeout: '1s' }),
      hung: (url) => http('health', url, { timeout: '1s' }),
      dripping: (url) => http('health', url, { timeout: '1s' }),
      slow: (url) => http('health', url, { timeout: '3s', expect: { maxLatency: '250ms' } }),
      wrong: (url) => http('health', url, { expect: { json: { '$.status': 'ok' } } }),
      tls: () => http('health', tls.url, { ca }),
      dns: () => ({ name: 'n', kind: 'dns', host: 'gone.test', server: address, every: '300ms', timeout: '3s' }),
    };
    cast = await openCast(stage, {
      names: NAMES,
      serviceOf: (name, url) => service(name, [monitors[name]?.(url) ?? http('health', url)]),
    });
    await Promise.all(NAMES.map((name) => player(name).line('up')));
  });

  const player = (name: string): Player => cast.player(name);
  const alertOf = (name: string): Promise<FakeTelegramMessage> => player(name).told('the alert', / is (down|degraded)/);
  const fails = async (name: string, conduct: Conduct, says: RegExp): Promise<FakeTelegramMessage> => {
    player(name).target.becomes(conduct);
    const alert = await alertOf(name);
    assert.match(alert.text, says);
    player(name).target.becomes(WELL);
    await player(name).recovered(alert);
    return alert;
  };

  it('a process that is killed refuses connections; its return changes the first message and answers it', async () => {
    await killed.kill();
    const alert = await alertOf('killed');
    assert.match(alert.text, /🔴 killed is down/);
    assert.match(alert.text, /GET 127\.0\.0\.1:\d+\/health: connection refused \(tcp, \d+ of \d+ checks, last /);
    const labels = alert.buttons.map(({ text }) => text);
    assert.deepEqual(labels, ['Acknowledge', 'Mute 1 h']);
    await killed.restart();
    await player('killed').recovered(alert);
  });

  it('a process that stands still accepts and never answers', async () => {
    frozen.signal('SIGSTOP');
    const alert = await alertOf('frozen');
    assert.match(alert.text, /connected, but no answer within 1 s/);
    frozen.signal('SIGCONT');
    await player('frozen').recovered(alert);
  });

  it('a server that hangs is down', async () => {
    await fails('hung', { do: 'hang' }, /hung is down[\s\S]*no answer within 1 s/);
  });

  it('a server that drips its answer without end is down', async () => {
    await fails('dripping', { do: 'drip', everyMs: 50 }, /dripping is down[\s\S]*answer not finished within 1 s/);
  });

  it('a server that resets connections is down', async () => {
    await fails('cut', { do: 'reset' }, /cut is down[\s\S]*connection reset/);
  });

  it('500 is down', async () => {
    await fails('failing', FAILS, /failing is down[\s\S]*status 500, expected 200-299/);
  });

  it('answers slower than maxLatency are degraded, not down, and wake nobody', async () => {
    const alert = await fails('slow', { do: 'slow', byMs: 350 }, /🟠 slow is degraded[\s\S]*slower than 0\.3 s/);
    assert.equal(alert.silent, true);
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
    await player('tls').recovered(alert);
    tls.present(authority.issue(['DNS:other.example'], -1, 90));
    const again = await player('tls').told('the second alert', /certificate is for another host/);
    assert.equal(again.silent, false);
  });

  it('a name that is not found is loud at once', async () => {
    known.delete('gone.test');
    const alert = await alertOf('dns');
    assert.match(alert.text, /name not found: gone\.test/);
    assert.equal(alert.silent, false);
    known.add('gone.test');
    await player('dns').recovered(alert);
  });
});

test('500 now and then is degraded; in every other request it is down; both are one incident', async (t) => {
  const cast = await openCast(openStage(t), { names: ['API'], detection: { partial: { minEpisodes: 4 } } });
  const one = cast.player('API');
  await one.line('up');
  one.target.becomes({ do: 'every', nth: 6, conduct: FAILS });
  const first = await one.told('the alert', /🟠 API is degraded[\s\S]*\d+ of \d+ requests fail/);
  one.target.becomes({ do: 'every', nth: 2, conduct: FAILS });
  const worse = await one.told('the worse news', /🔴 API is down/);
  assert.match(worse.text, /status 500/);
  one.target.becomes(WELL);
  await one.recovered(first);
  assert.equal((await cast.brain().api('GET', '/incidents')).body.items.length, 1);
});
