import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startEngine, type TestEngine } from '../../test/fakes/engine.ts';
import type { Actor } from '../incident/incident.ts';
import { Fault, type FaultCode } from '../kernel/fault.ts';
import { kindOf } from '../monitor/kinds/index.ts';
import { Objects } from './objects.ts';

const AIDAR: Actor = { name: 'Aidar', via: 'api' };
const CONFIG = `services:
  - name: api
    monitors: [{ name: job, kind: heartbeat, every: 7d }]
contacts: [{ name: team }]
`;

const rig = async (
  context: TestContext,
  options: Parameters<typeof startEngine>[1] = {},
): Promise<{ readonly engine: TestEngine; readonly objects: Objects }> => {
  const engine = await startEngine(context, { config: CONFIG, ...options });
  const { core, definitions, secrets, resolver } = engine.parts;
  const apply = (applied: Parameters<typeof engine.life.apply>[0]): void => engine.life.apply(applied);
  return { engine, objects: new Objects({ core, definitions, secrets, resolver, kindOf, apply }) };
};

const isFault =
  (code: FaultCode, words = /./) =>
  (error: unknown): boolean =>
    error instanceof Fault && error.code === code && words.test(`${error.message} ${error.hint}`);

const hook = (
  name: string,
): { readonly name: string; readonly parent: string; readonly spec: Record<string, string> } => ({
  name,
  parent: 'team',
  spec: { kind: 'webhook', url: 'https://hooks.example/1', secret: 'signing-secret' },
});

describe('an object that is made through API or screens', () => {
  it('is in force at once, saved, and in the audit log', async (context) => {
    const { engine, objects } = await rig(context);
    const { core, hearts } = engine.parts;
    const spec = { kind: 'heartbeat', every: '1h' };
    const made = await objects.create('monitor', { name: 'nightly', parent: 'api', spec }, AIDAR, false);
    assert.equal(core.registry.find('monitor', 'api/nightly').id, made.id);
    assert.ok(hearts.of(made.id));
    const { items } = await core.store.audit({ limit: 5 });
    assert.deepEqual(
      items.map(({ action, subject, actor }) => [action, subject, actor]),
      [['monitor.create', 'nightly', 'Aidar']],
    );
    const saved = await core.store.load(0, core.clock.now());
    assert.ok(saved.resources.some(({ id, origin }) => id === made.id && origin === 'stored'));
  });

  it('is still there after a restart, with its number', async (context) => {
    const { engine, objects } = await rig(context);
    const spec = { kind: 'heartbeat', every: '1h' };
    const made = await objects.create('monitor', { name: 'nightly', parent: 'api', spec }, AIDAR, false);
    await engine.kill();
    const next = await rig(context, { dir: engine.dir, clock: engine.clock });
    assert.equal(next.engine.parts.core.registry.find('monitor', 'nightly').num, made.num);
    const other = await next.objects.create('monitor', { name: 'weekly', parent: 'api', spec }, AIDAR, false);
    assert.ok(other.num > made.num);
  });

  it('keeps its secrets encrypted in the store and in the clear in force', async (context) => {
    const { engine, objects } = await rig(context);
    await objects.create('channel', hook('hook'), AIDAR, false);
    const { resources } = await engine.parts.core.store.load(0, engine.clock.now());
    assert.doesNotMatch(JSON.stringify(resources), /signing-secret/);
    const channel = engine.parts.core.registry.find('channel', 'hook');
    assert.equal((channel.config as { secret?: string }).secret, 'signing-secret');
  });

  it('is refused with the places when its spec is wrong, and changes nothing', async (context) => {
    const { engine, objects } = await rig(context);
    const wrong = { name: 'x', parent: 'api', spec: { kind: 'heartbeat', evry: '1h' } };
    await assert.rejects(objects.create('monitor', wrong, AIDAR, false), isFault('INPUT_INVALID', /evry/));
    const leak = { name: 'x', parent: 'team', spec: { kind: 'webhook', url: 'https://x.example', secret: '${HOME}' } };
    await assert.rejects(objects.create('channel', leak, AIDAR, false), isFault('INPUT_INVALID', /references/));
    assert.equal(engine.parts.core.registry.monitors().length, 1);
    assert.deepEqual((await engine.parts.core.store.audit({ limit: 5 })).items, []);
  });

  it('names only what is there, and what others name is not removed under them', async (context) => {
    const { objects } = await rig(context);
    const step = { after: '0s', notify: ['hook'] };
    const policy = { name: 'loud', spec: { steps: [step] } };
    await assert.rejects(objects.create('policy', policy, AIDAR, false), isFault('INPUT_INVALID', /hook/));
    await objects.create('channel', hook('hook'), AIDAR, false);
    await objects.create('policy', policy, AIDAR, false);
    const service = { name: 'shop', spec: { policy: 'nobody' } };
    await assert.rejects(objects.create('service', service, AIDAR, false), isFault('INPUT_INVALID', /nobody/));
    await objects.create('service', { ...service, spec: { policy: 'loud' } }, AIDAR, false);
    await assert.rejects(objects.remove('channel', 'hook', AIDAR), isFault('CONFLICT', /policy loud/));
    await assert.rejects(objects.remove('policy', 'loud', AIDAR), isFault('CONFLICT', /service shop/));
    await objects.remove('service', 'shop', AIDAR);
    await objects.remove('policy', 'loud', AIDAR);
  });

  it('belongs to something that exists', async (context) => {
    const { objects } = await rig(context);
    const spec = { kind: 'heartbeat', every: '1h' };
    await assert.rejects(
      objects.create('monitor', { name: 'x', spec }, AIDAR, false),
      isFault('INPUT_INVALID', /service/),
    );
    await assert.rejects(
      objects.create('monitor', { name: 'x', parent: 'nobody', spec }, AIDAR, false),
      isFault('NOT_FOUND', /api/),
    );
  });

  it('has a name of its own: a channel among all, a monitor within its service', async (context) => {
    const { objects } = await rig(context);
    await objects.create('contact', { name: 'Dana', spec: {} }, AIDAR, false);
    await objects.create('channel', hook('hook'), AIDAR, false);
    await assert.rejects(
      objects.create('channel', { ...hook('hook'), parent: 'Dana' }, AIDAR, false),
      isFault('CONFLICT', /already/),
    );
    const spec = { kind: 'heartbeat', every: '1h' };
    await assert.rejects(
      objects.create('monitor', { name: 'job', parent: 'api', spec }, AIDAR, false),
      isFault('CONFLICT'),
    );
    await objects.create('service', { name: 'shop', spec: {} }, AIDAR, false);
    await objects.create('monitor', { name: 'job', parent: 'shop', spec }, AIDAR, false);
  });

  it('is changed in place, renamed too, but not to a name that is taken', async (context) => {
    const { engine, objects } = await rig(context);
    const made = await objects.create('service', { name: 'shop', spec: {} }, AIDAR, false);
    await objects.update('service', 'shop', { name: 'store', dependsOn: ['api'] }, AIDAR, false);
    const store = engine.parts.core.registry.find('service', 'store');
    assert.deepEqual([store.id, store.dependsOn], [made.id, ['api']]);
    await assert.rejects(objects.update('service', 'store', { name: 'api' }, AIDAR, false), isFault('CONFLICT'));
  });

  it('is retired with what belongs to it, and its name is free again', async (context) => {
    const { engine, objects } = await rig(context);
    const { core, hearts } = engine.parts;
    const spec = { kind: 'heartbeat', every: '1h' };
    await objects.create('service', { name: 'shop', spec: {} }, AIDAR, false);
    const monitor = await objects.create('monitor', { name: 'nightly', parent: 'shop', spec }, AIDAR, false);
    await objects.remove('service', 'shop', AIDAR);
    assert.equal(hearts.of(monitor.id), undefined);
    assert.notEqual(core.registry.resource(monitor.id)?.retiredAt, undefined);
    assert.throws(() => core.registry.find('service', 'shop'), isFault('NOT_FOUND'));
    await objects.create('service', { name: 'shop', spec: {} }, AIDAR, false);
  });

  it('is not put in force when it cannot be saved', async (context) => {
    const { engine, objects } = await rig(context);
    engine.parts.core.store.write = () => Promise.reject(new Fault('STORE_UNAVAILABLE', 'No space is left.'));
    await assert.rejects(
      objects.create('service', { name: 'shop', spec: {} }, AIDAR, false),
      isFault('STORE_UNAVAILABLE', /No space/),
    );
    assert.throws(() => engine.parts.core.registry.find('service', 'shop'), isFault('NOT_FOUND'));
  });
});

describe('what the file defines', () => {
  it('is read-only, and says where it is defined', async (context) => {
    const { objects } = await rig(context);
    await assert.rejects(objects.update('service', 'api', {}, AIDAR, true), isFault('READ_ONLY', /dozor\.yaml:2/));
    await assert.rejects(objects.remove('monitor', 'job', AIDAR), isFault('READ_ONLY', /dozor\.yaml:3/));
  });

  it('says so of the command line too', async (context) => {
    const engine = await startEngine(context, { urls: ['tcp://127.0.0.1:9'] });
    const { core, definitions, secrets, resolver } = engine.parts;
    const objects = new Objects({ core, definitions, secrets, resolver, kindOf, apply: () => undefined });
    await assert.rejects(objects.remove('service', '127.0.0.1:9', AIDAR), isFault('READ_ONLY', /command line/));
  });
});

describe('a target inside', () => {
  const inside = (
    url: string,
  ): { readonly name: string; readonly parent: string; readonly spec: Record<string, string> } => ({
    name: 'inside',
    parent: 'api',
    spec: { kind: 'http', url },
  });

  it('is refused to strangers, by address and by name', async (context) => {
    const { engine, objects } = await rig(context);
    for (const url of [
      'http://127.0.0.1:1/',
      'http://[::1]:1/',
      'http://169.254.169.254/latest',
      'http://localhost:1/',
    ])
      await assert.rejects(objects.create('monitor', inside(url), AIDAR, false), isFault('TARGET_PRIVATE'), url);
    await assert.rejects(
      objects.compileMonitor({ kind: 'tcp', host: '10.0.0.1', port: 1 }, false),
      isFault('TARGET_PRIVATE'),
    );
    assert.equal(engine.parts.core.registry.monitors().length, 1);
  });

  it("is refused as the address of a channel, of its proxy or standby host, and of a dead-man's URL", async (context) => {
    const { engine, objects } = await rig(context);
    const inward = [
      { kind: 'webhook', url: 'http://127.0.0.1:1/' },
      { kind: 'webhook', url: 'https://192.0.2.1/', apiRoot: 'http://[::ffff:10.0.0.1]/' },
      { kind: 'telegram', botToken: '123456:ABC', proxy: 'socks5://localhost:1080' },
      { kind: 'email', smtp: 'smtp://user:password@192.168.0.1', from: 'a@example.com', to: 'b@example.com' },
      {
        kind: 'sms',
        provider: 'mobizon',
        apiKey: 'key',
        to: '+77011234567',
        apiRoot: 'https://192.0.2.1',
        standbyRoot: 'http://169.254.169.254',
      },
    ];
    for (const spec of inward)
      await assert.rejects(
        objects.create('channel', { name: 'way', parent: 'team', spec }, AIDAR, false),
        isFault('TARGET_PRIVATE'),
        JSON.stringify(spec),
      );
    const deadman = { kind: 'deadman', url: 'http://127.0.0.1:1/ping', every: '1m' };
    await assert.rejects(
      objects.create('watcher', { name: 'outside', spec: deadman }, AIDAR, false),
      isFault('TARGET_PRIVATE'),
    );
    await objects.create('watcher', { name: 'outside', spec: deadman }, AIDAR, true);
    assert.equal(engine.parts.core.registry.channels().length, 0);
  });

  it('is not reached later either, when a name turns private or another channel is tried', async (context) => {
    const { engine, objects } = await rig(context);
    const far = { kind: 'webhook', url: 'https://192.0.2.1/' };
    const channel = await objects.create('channel', { name: 'far', parent: 'team', spec: far }, AIDAR, false);
    const near = { kind: 'webhook', url: 'http://127.0.0.1:1/' };
    const trusted = await objects.create('channel', { name: 'near', parent: 'team', spec: near }, AIDAR, true);
    const { reach } = engine.parts;
    const look = async (id: string): Promise<readonly string[]> =>
      reach.resolverFor(id).addresses('localhost', 4, new AbortController().signal);
    await assert.rejects(look(channel.id), /EPRIVATE/);
    await assert.rejects(look('unknown'), /EPRIVATE/);
    assert.deepEqual(await look(trusted.id), ['127.0.0.1']);
  });

  it('is allowed on the machine itself, and where the configuration allows it', async (context) => {
    const { objects } = await rig(context);
    await objects.create('monitor', inside('http://127.0.0.1:1/'), AIDAR, true);
    const open = await rig(context, { config: `${CONFIG}network: { allowPrivate: true }\n` });
    await open.objects.create('monitor', inside('http://127.0.0.1:1/'), AIDAR, false);
  });
});

describe('what comes from outside', () => {
  it('has a name of one line without control characters, also when it is changed', async (context) => {
    const { objects } = await rig(context);
    const unfit = ['', ' ', 'a\nb', 'a\u001B[31m', 'a\u202Eb', 'a\u2028b', 'x'.repeat(201)];
    for (const name of unfit)
      await assert.rejects(objects.create('service', { name, spec: {} }, AIDAR, false), isFault('INPUT_INVALID'), name);
    await objects.create('service', { name: '<b>"Tom & Jerry"</b>', spec: {} }, AIDAR, false);
    for (const name of unfit)
      await assert.rejects(
        objects.update('service', '<b>"Tom & Jerry"</b>', { name }, AIDAR, false),
        isFault('INPUT_INVALID'),
        name,
      );
  });

  it('names no file of the machine, unless it comes over the socket', async (context) => {
    const { objects } = await rig(context);
    const client = { cert: '/etc/hostname', key: '-----BEGIN PRIVATE KEY-----' };
    const reading = [
      { kind: 'tls', host: '192.0.2.1', ca: '/etc/hostname' },
      { kind: 'http', url: 'https://192.0.2.1/', clientCertificate: client },
    ];
    for (const spec of reading) {
      await assert.rejects(objects.compileMonitor(spec, false), isFault('INPUT_INVALID', /path of a file/));
      assert.equal((await objects.compileMonitor(spec, true)).kind, spec.kind);
    }
  });
});
