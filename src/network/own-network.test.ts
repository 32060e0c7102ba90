import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { Clock } from '#kernel/clock.ts';
import { startNameServer } from '../../test/fakes/name-server.ts';
import { answersDns, answersPing, answersTcp, splitHostPort } from './control.ts';
import { createLookHistory, type Look } from './look-history.ts';
import { createOwnNetwork } from './own-network.ts';
import { createResolver } from './resolver.ts';
import { parseGateways4, parseGateways6, routeTo } from './route.ts';

const NEVER = new AbortController().signal;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (span, call) => {
    const timer = setTimeout(call, span);
    return () => clearTimeout(timer);
  },
};

describe('routes', () => {
  it('tell loopback, own addresses and the world apart', () => {
    assert.equal(routeTo('127.0.0.53'), 'loopback');
    assert.equal(routeTo('::1'), 'loopback');
    assert.equal(routeTo('::ffff:127.0.0.1'), 'loopback');
    assert.equal(routeTo('localhost'), 'loopback');
    assert.equal(routeTo(undefined), 'beyond');
    assert.equal(routeTo('api.example.com'), 'beyond');
    assert.equal(routeTo('fe80::1234%eth9'), 'on-link');
  });

  it('read default gateways from the kernel’s tables, the lower metric first', () => {
    const head = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
    const wifi = 'wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n';
    const wire = 'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n';
    const link = 'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n';
    assert.deepEqual(parseGateways4(head + wifi + wire + link), ['192.0.2.1', '192.168.1.1']);
    const zeros = '0'.repeat(32);
    const six = (hop: string, device: string): string =>
      `${zeros} 00 ${zeros} 00 ${hop} 00000400 00000002 00000000 00000003 ${device.padStart(8)}\n`;
    const text =
      six('fe80000000000000000000000000000a', 'eth0') +
      six('fd000000000000000000000000000001', 'eth1') +
      six(zeros, 'lo');
    assert.deepEqual(parseGateways6(text), ['fe80::a%eth0', 'fd00::1']);
  });
});

describe('controls', () => {
  it('answer when they accept or refuse, not when they are silent', async (test) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    assert.equal(await answersTcp('127.0.0.1', port, NEVER), true);
    server.close();
    await once(server, 'close');
    assert.equal(await answersTcp('127.0.0.1', port, NEVER), true);
    const names = await startNameServer((type) => (type === 'NS' ? { rcode: 5 } : { silence: true }));
    test.after(() => names.close());
    const { host, port: namesPort } = splitHostPort(names.address, 53);
    assert.equal(await answersDns(host, namesPort, NEVER), true);
    assert.deepEqual(names.asked, ['NS ']);
  });

  it('have not answered when they are cut off', async (test) => {
    const names = await startNameServer(() => ({ silence: true }));
    test.after(() => names.close());
    const { host, port } = splitHostPort(names.address, 53);
    const deadline = new AbortController();
    const silent = answersDns(host, port, deadline.signal);
    deadline.abort();
    assert.equal(await silent, false);
    assert.equal(await answersTcp('127.0.0.1', port, AbortSignal.abort()), false);
    assert.equal(await answersPing('127.0.0.1', AbortSignal.abort()), false);
  });

  it('are named by host and port in every way of writing them', () => {
    assert.deepEqual(splitHostPort('::1', 53), { host: '::1', port: 53 });
    assert.deepEqual(splitHostPort('[::1]:5353', 53), { host: '::1', port: 5353 });
    assert.deepEqual(splitHostPort('one.example:443', 53), { host: 'one.example', port: 443 });
    assert.deepEqual(splitHostPort('192.0.2.1', 53), { host: '192.0.2.1', port: 53 });
  });
});

describe('the history of looks', () => {
  const look = (at: number, near: number, beyond: number, total = 6): Look => ({
    from: at,
    to: at + 100,
    near: { ok: near, total: 1 },
    beyond: { ok: beyond, total },
    silent: [],
  });

  it('gives the worst look that touches a span, by the route to the target', () => {
    const history = createLookHistory();
    for (const [at, near, beyond] of [
      [1_000, 1, 6],
      [3_000, 1, 2],
      [5_000, 0, 0],
      [7_000, 1, 6],
    ] as const)
      history.add(look(at, near, beyond));
    assert.equal(history.worst(900, 1_050, 'beyond'), 'ok');
    assert.equal(history.worst(1_050, 3_000, 'beyond'), 'poor');
    assert.equal(history.worst(1_050, 3_000, 'on-link'), 'ok');
    assert.equal(history.worst(2_000, 9_000, 'beyond'), 'bad');
    assert.equal(history.worst(5_100, 6_000, 'on-link'), 'bad');
    assert.equal(history.worst(5_101, 6_999, 'beyond'), 'none');
    for (const route of ['loopback', 'own', 'gateway'] as const) {
      assert.equal(history.worst(0, 9_000, route), 'none');
      assert.equal(history.latest(route).total, 0);
    }
    assert.deepEqual(history.latest('beyond'), { at: 7_100, ok: 6, total: 6 });
  });

  it('has no veto as long as no control ever answered', () => {
    const history = createLookHistory();
    history.add(look(1_000, 0, 0, 0));
    assert.equal(history.worst(0, 2_000, 'beyond'), 'none');
  });
});

/** Two network namespaces with a wire between them: the watch's and its gateway's. */
const wired = (name: string) => {
  const [here, there] = [`${name}a`, `${name}b`];
  const ip = (...args: readonly string[]): void => {
    execFileSync('ip', args, { stdio: 'pipe' });
  };
  const set = (space: string, address: string): void => {
    ip('-n', space, 'addr', 'add', address, 'dev', space);
    ip('-n', space, 'link', 'set', space, 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
  };
  ip('netns', 'add', here);
  ip('netns', 'add', there);
  ip('link', 'add', here, 'netns', here, 'type', 'veth', 'peer', 'name', there, 'netns', there);
  set(here, '10.99.0.2/24');
  set(there, '10.99.0.1/24');
  ip('-n', here, 'route', 'add', 'default', 'via', '10.99.0.1');
  ip('-n', there, 'addr', 'add', '198.51.100.1/32', 'dev', 'lo');
  return {
    here,
    remove: () => {
      ip('netns', 'del', here);
      ip('netns', 'del', there);
    },
  };
};

/** Looks with the link up, with the far side gone, with the link down, and up again; prints what it saw. */
const PROGRAM = `
import { execFileSync } from 'node:child_process';
const [, space] = process.argv;
const there = space.replace(/a$/, 'b');
const { createOwnNetwork } = await import('#network/own-network.ts');
const { createResolver } = await import('#network/resolver.ts');
const { systemClock: clock } = await import('#engine/system-clock.ts');
const anchors = ['198.51.100.1:443', '127.0.0.1:443'];
const loop = createOwnNetwork({ clock, resolver: createResolver({ clock }), everyMs: 1000, anchors, resolvers: ['198.51.100.1'] });
const changes = [];
loop.onChange(({ state, ok, total, silent }) => changes.push({ state, ok, total, silent }));
const seen = async () => {
  await loop.lookNow();
  const { ok, total } = loop.latest('beyond');
  return { beyond: [ok, total], near: [loop.latest('on-link').ok, loop.latest('on-link').total], route: loop.routeTo('10.99.0.1') };
};
const ip = (...args) => execFileSync('ip', args);
const looks = [await seen()];
ip('-n', there, 'addr', 'del', '198.51.100.1/32', 'dev', 'lo');
looks.push(await seen());
ip('link', 'set', space, 'down');
looks.push(await seen());
ip('link', 'set', space, 'up');
ip('route', 'add', 'default', 'via', '10.99.0.1');
ip('-n', there, 'addr', 'add', '198.51.100.1/32', 'dev', 'lo');
looks.push(await seen());
console.log(JSON.stringify({ looks, changes }));
process.exit();
`;

describe('the own-network loop', () => {
  it('asks nobody while nobody needs it', () => {
    let starts = 0;
    const loop = createOwnNetwork({
      clock: { ...clock, after: () => () => undefined },
      resolver: createResolver({ clock }),
      everyMs: 1_000,
      anchors: [],
      needed: () => {
        starts += 1;
        return false;
      },
    });
    loop.start();
    loop.stop();
    assert.equal(starts, 1);
    assert.equal(loop.worst(0, Date.now() + 1_000, 'beyond'), 'none');
  });

  it('in a network of its own sees the line behind the gateway lost, then the link, then all well again', () => {
    const wire = wired(`dzn${process.pid % 10_000}`);
    try {
      const args = ['netns', 'exec', wire.here, process.execPath, '--input-type=module', '-e', PROGRAM, wire.here];
      const printed = execFileSync('ip', args, { encoding: 'utf8', cwd: `${import.meta.dirname}/../..` });
      const { looks, changes } = JSON.parse(printed) as {
        looks: readonly unknown[];
        changes: readonly { state: string; silent: readonly string[] }[];
      };
      assert.deepEqual(looks, [
        { beyond: [3, 3], near: [1, 1], route: 'gateway' },
        { beyond: [0, 3], near: [1, 1], route: 'gateway' },
        { beyond: [0, 3], near: [0, 1], route: 'beyond' },
        { beyond: [3, 3], near: [1, 1], route: 'gateway' },
      ]);
      assert.deepEqual(
        changes.map(({ state }) => state),
        ['ok', 'bad', 'ok'],
      );
      assert.deepEqual(changes[1]?.silent, ['resolver 198.51.100.1', '198.51.100.1:443']);
    } finally {
      wire.remove();
    }
  });
});
