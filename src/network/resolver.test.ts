import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Clock } from '#kernel/clock.ts';
import { a, aaaa, startNameServer, type FakeNameServer, type NameAnswer } from '../../test/fakes/name-server.ts';
import { parseHosts } from './hosts-file.ts';
import { isPrivate, publicOnly } from './private-address.ts';
import { createResolver, ResolveError } from './resolver.ts';

const NEVER = new AbortController().signal;

const steppedClock = (): Clock & { forward(span: number): void } => {
  let time = 1_000_000;
  return {
    now: () => time,
    monotonic: () => time,
    after: (span, call) => {
      const timer = setTimeout(call, span);
      return () => clearTimeout(timer);
    },
    forward: (span) => {
      time += span;
    },
  };
};

const serve = async (
  test: TestContext,
  answer: (type: string, name: string) => NameAnswer,
): Promise<FakeNameServer> => {
  const server = await startNameServer(answer);
  test.after(() => server.close());
  return server;
};

const codeOf = (error: unknown): string => (error instanceof ResolveError ? error.code : String(error));

describe('the resolver', () => {
  it('answers addresses, the hosts file and localhost without asking anybody', async (test) => {
    const dir = mkdtempSync(join(tmpdir(), 'dozor-hosts-'));
    test.after(() => rmSync(dir, { recursive: true }));
    const hostsFile = join(dir, 'hosts');
    writeFileSync(hostsFile, '# ours\n192.0.2.7 intranet Intra.Example # comment\n2001:db8::7 intranet\n');
    const server = await serve(test, () => ({ rcode: 3 }));
    const resolver = createResolver({ servers: [server.address], hostsFile, clock: steppedClock() });
    assert.deepEqual(await resolver.addresses('203.0.113.9', 0, NEVER), ['203.0.113.9']);
    assert.deepEqual(await resolver.addresses('intranet', 0, NEVER), ['192.0.2.7', '2001:db8::7']);
    assert.deepEqual(await resolver.addresses('INTRA.example', 4, NEVER), ['192.0.2.7']);
    assert.deepEqual(await resolver.addresses('app.localhost', 6, NEVER), ['::1']);
    await assert.rejects(resolver.addresses('203.0.113.9', 6, NEVER), (error) => codeOf(error) === 'ENODATA');
    assert.deepEqual(server.asked, []);
  });

  it('reads the hosts file again when it changed', async (test) => {
    const dir = mkdtempSync(join(tmpdir(), 'dozor-hosts-'));
    test.after(() => rmSync(dir, { recursive: true }));
    const hostsFile = join(dir, 'hosts');
    const clock = steppedClock();
    const server = await serve(test, () => ({ records: [a('192.0.2.1')] }));
    const resolver = createResolver({ servers: [server.address], hostsFile, clock });
    assert.deepEqual(await resolver.addresses('box.example', 4, NEVER), ['192.0.2.1']);
    writeFileSync(hostsFile, '192.0.2.99 box.example\n');
    clock.forward(1_000);
    assert.deepEqual(await resolver.addresses('box.example', 4, NEVER), ['192.0.2.99']);
  });

  it('gives both families, IPv4 first, and the other family alone when one has no records', async (test) => {
    const server = await serve(test, (type, name) => {
      if (name === 'six.example' && type === 'A') return { records: [] };
      return { records: type === 'A' ? [a('192.0.2.1'), a('192.0.2.2')] : [aaaa('::1')] };
    });
    const resolver = createResolver({ servers: [server.address], clock: steppedClock() });
    const both = await resolver.addresses('both.example', 0, NEVER);
    assert.deepEqual(both.toSorted(), ['192.0.2.1', '192.0.2.2', '::1']);
    assert.equal(both.at(-1), '::1');
    assert.deepEqual(await resolver.addresses('six.example', 0, NEVER), ['::1']);
  });

  it('keeps an answer for its TTL and ten seconds at most, and asks again when a re-check wants it fresh', async (test) => {
    const clock = steppedClock();
    const server = await serve(test, (_type, name) => ({
      records: [a('192.0.2.1', name === 'brief.example' ? 3 : 3_600)],
    }));
    const resolver = createResolver({ servers: [server.address], clock });
    const count = async (name: string, fresh = false): Promise<number> => {
      await resolver.addresses(name, 4, NEVER, fresh);
      return server.asked.length;
    };
    assert.equal(await count('long.example'), 1);
    clock.forward(9_999);
    assert.equal(await count('long.example'), 1);
    assert.equal(await count('long.example', true), 2);
    clock.forward(10_000);
    assert.equal(await count('long.example'), 3);
    assert.equal(await count('brief.example'), 4);
    clock.forward(3_000);
    assert.equal(await count('brief.example'), 5);
  });

  it('asks once for many askers at the same time', async (test) => {
    const server = await serve(test, () => ({ records: [a('192.0.2.1')] }));
    const resolver = createResolver({ servers: [server.address], clock: steppedClock() });
    await Promise.all(Array.from({ length: 1_000 }, () => resolver.addresses('many.example', 4, NEVER)));
    assert.deepEqual(server.asked, ['A many.example']);
  });

  it('tells a missing name from a failing server, and keeps neither', async (test) => {
    let isBroken = true;
    const server = await serve(test, (_type, name) => {
      if (!isBroken) return { records: [a('192.0.2.5')] };
      return { rcode: name === 'gone.example' ? 3 : 2 };
    });
    const resolver = createResolver({ servers: [server.address], clock: steppedClock() });
    await assert.rejects(resolver.addresses('gone.example', 0, NEVER), (error) => codeOf(error) === 'ENOTFOUND');
    await assert.rejects(resolver.addresses('sick.example', 4, NEVER), (error) => codeOf(error) === 'ESERVFAIL');
    isBroken = false;
    assert.deepEqual(await resolver.addresses('sick.example', 4, NEVER), ['192.0.2.5']);
    assert.deepEqual(await resolver.addresses('gone.example', 4, NEVER), ['192.0.2.5']);
  });

  it('gives up at the asker’s deadline while the server is silent, and answers others meanwhile', async (test) => {
    const server = await serve(test, (_type, name) =>
      name === 'silent.example' ? { silence: true } : { records: [a('192.0.2.6')] },
    );
    const resolver = createResolver({ servers: [server.address], clock: steppedClock() });
    const deadline = new AbortController();
    const silent = resolver.addresses('silent.example', 0, deadline.signal);
    assert.deepEqual(await resolver.addresses('prompt.example', 4, NEVER), ['192.0.2.6']);
    deadline.abort();
    await assert.rejects(silent, (error) => codeOf(error) === 'ETIMEOUT');
  });

  it('does not let a fresh asker inherit a question that hangs', async (test) => {
    const clock = steppedClock();
    let count = 0;
    const server = await serve(test, () => {
      count += 1;
      return count === 1 ? { silence: true } : { records: [a('192.0.2.8')] };
    });
    const resolver = createResolver({ servers: [server.address], clock });
    const deadline = new AbortController();
    const hung = resolver.addresses('slow.example', 4, deadline.signal);
    clock.forward(1_000);
    assert.deepEqual(await resolver.addresses('slow.example', 4, NEVER, true), ['192.0.2.8']);
    deadline.abort();
    await assert.rejects(hung);
  });
});

describe('private addresses', () => {
  it('are loopback, private, link-local, metadata and what hides them in IPv6', () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
    ])
      assert.equal(isPrivate(address), true, address);
    for (const address of ['::1', '::', 'fe80::1%eth0', 'fd00::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])
      assert.equal(isPrivate(address), true, address);
    for (const address of ['::127.0.0.1', '2001:0:7f00:1::', '2002:7f00:1::', '192.88.99.1'])
      assert.equal(isPrivate(address), true, address);
    for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700::1111', '2001:4860:4860::8888'])
      assert.equal(isPrivate(address), false, address);
  });

  it('are left out of what a resolver for public targets gives', async (test) => {
    const server = await serve(test, () => ({ records: [a('10.0.0.1'), a('8.8.8.8')] }));
    const resolver = publicOnly(createResolver({ servers: [server.address], clock: steppedClock() }));
    assert.deepEqual(await resolver.addresses('mixed.example', 4, NEVER), ['8.8.8.8']);
    await assert.rejects(resolver.addresses('127.0.0.1', 0, NEVER), (error) => codeOf(error) === 'EPRIVATE');
    await assert.rejects(resolver.addresses('localhost', 0, NEVER), (error) => codeOf(error) === 'EPRIVATE');
  });
});

describe('a hosts file', () => {
  it('is read line by line; what is no address is passed over', () => {
    const names = parseHosts('127.0.0.1\tlocalhost\nnonsense here\n\n ::1 ip6-localhost ip6-loopback # six\n');
    assert.deepEqual([...names.keys()], ['localhost', 'ip6-localhost', 'ip6-loopback']);
    assert.deepEqual(names.get('ip6-loopback'), ['::1']);
  });
});
