import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault, type FaultCode } from '../kernel/fault.ts';
import { monitor } from '../../test/fakes/samples.ts';
import type { Resource, ResourceKind } from '../store/contract.ts';
import { Registry } from './registry.ts';

const resource = (kind: ResourceKind, id: string, name: string, more: Partial<Resource> = {}): Resource => ({
  id,
  num: 1,
  kind,
  name,
  origin: 'file',
  spec: {},
  position: 0,
  createdAt: 0,
  ...more,
});

const putService = (registry: Registry, id: string, name: string, more: Partial<Resource> = {}): void =>
  registry.put(resource('service', id, name, more), {
    kind: 'service',
    value: { id, name, origin: 'file', dependsOn: [] },
  });

const putMonitor = (registry: Registry, id: string, name: string, serviceId: string, position = 0): void =>
  registry.put(resource('monitor', id, name, { parentId: serviceId, position }), {
    kind: 'monitor',
    value: monitor(id, { name, serviceId }),
  });

const two = (): Registry => {
  const registry = new Registry();
  putService(registry, 's1', 'api', { position: 2 });
  putService(registry, 's2', 'shop', { position: 1 });
  putMonitor(registry, 'm1', 'health', 's1');
  putMonitor(registry, 'm2', 'health', 's2');
  putMonitor(registry, 'm3', 'port', 's2', 1);
  return registry;
};

const faultOf = (code: FaultCode, words: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === code && words.test(`${error.message} ${error.hint}`);

describe('the registry', () => {
  it('finds by id, by name, and a monitor by service/monitor', () => {
    const registry = two();
    assert.equal(registry.find('service', 's1').name, 'api');
    assert.equal(registry.find('service', 'shop').id, 's2');
    assert.equal(registry.find('monitor', 'port').id, 'm3');
    assert.equal(registry.find('monitor', 'shop/health').id, 'm2');
  });

  it('names what there is when it finds nothing', () => {
    assert.throws(
      () => two().find('service', 'apu'),
      faultOf('NOT_FOUND', /no service "apu"\. There are: shop, api\./),
    );
    assert.throws(() => new Registry().find('policy', 'x'), faultOf('NOT_FOUND', /No policy is defined yet/));
  });

  it('does not find a thing of another kind by its id', () => {
    assert.throws(() => two().find('monitor', 's1'), faultOf('NOT_FOUND', /no monitor "s1"/));
  });

  it('does not choose between monitors of the same name', () => {
    assert.throws(() => two().find('monitor', 'health'), faultOf('CONFLICT', /service\/monitor/));
  });

  it('lists in the order of definition, each service with its own monitors', () => {
    const registry = two();
    assert.deepEqual(
      registry.services().map(({ name }) => name),
      ['shop', 'api'],
    );
    assert.deepEqual(
      registry.monitorsOf('s2').map(({ id }) => id),
      ['m2', 'm3'],
    );
    assert.deepEqual(registry.monitorsOf('nobody'), []);
  });

  it('shows a change at once, also in what was listed before', () => {
    const registry = two();
    assert.equal(registry.monitorsOf('s1').length, 1);
    putMonitor(registry, 'm4', 'port', 's1');
    assert.equal(registry.monitorsOf('s1').length, 2);
    putMonitor(registry, 'm4', 'port', 's2');
    assert.equal(registry.monitorsOf('s1').length, 1);
  });

  it('keeps what is retired as a resource only', () => {
    const registry = two();
    registry.put(resource('monitor', 'm3', 'port', { parentId: 's2', retiredAt: 5 }), undefined);
    assert.deepEqual(
      registry.monitorsOf('s2').map(({ id }) => id),
      ['m2'],
    );
    assert.equal(registry.resource('m3')?.retiredAt, 5);
    assert.throws(() => registry.find('monitor', 'm3'), faultOf('NOT_FOUND', /m3/));
  });

  it('remembers where the file defines a thing, also when it is put again', () => {
    const registry = two();
    registry.placed(new Map([['s1', { file: 'dozor.yaml', line: 7 }]]));
    registry.put(resource('service', 's1', 'api'), undefined);
    assert.deepEqual(registry.place('s1'), { file: 'dozor.yaml', line: 7 });
  });
});
