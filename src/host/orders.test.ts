import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostSignal, IssuedOrder } from './contract.ts';
import type { Carried } from './hands.ts';
import { Orders, type OrdersOptions } from './orders.ts';

const order = (id: string): IssuedOrder => ({
  id,
  at: 1,
  by: { name: 'Aigerim', via: 'telegram' },
  order: { do: 'recover', app: 'api' },
});

const setUp = (more: Partial<OrdersOptions> = {}) => {
  const told: HostSignal[] = [];
  const carried: string[] = [];
  let kept: OrdersOptions['kept'] = more.kept ?? [];
  const orders = new Orders({
    now: () => 7,
    carryOut: async ({ id }) => {
      carried.push(id);
      return { outcome: 'done', output: 'healthy' };
    },
    tell: (signal) => void told.push(signal),
    keep: (now) => {
      kept = now;
    },
    ...more,
    kept,
  });
  return { orders, told, carried, keptNow: () => kept };
};

describe('the orders of a brain', () => {
  it('are carried out once and answered, however often they come', async () => {
    const { orders, told, carried } = setUp();
    await orders.take([order('o1')]);
    await orders.take([order('o1'), order('o2')]);
    assert.deepEqual(carried, ['o1', 'o2']);
    const answer = { type: 'order-done', at: 7, orderId: 'o1', outcome: 'done', output: 'healthy' };
    assert.deepEqual(told.slice(0, 2), [answer, answer]);
  });

  it('are not begun again while they are being carried out', async () => {
    const { promise, resolve } = Promise.withResolvers<Carried>();
    let begun = 0;
    const { orders, told } = setUp({
      carryOut: () => {
        begun += 1;
        return promise;
      },
    });
    const first = orders.take([order('o1')]);
    await orders.take([order('o1')]);
    assert.deepEqual([begun, told.length], [1, 0]);
    resolve({ outcome: 'failed', output: 'not healthy' });
    await first;
    assert.equal(told.length, 1);
  });

  it('are answered as interrupted when the agent died in the middle', async () => {
    const { orders, told, carried } = setUp({ kept: [['o1', 'begun']] });
    await orders.take([order('o1')]);
    assert.deepEqual(carried, []);
    assert.equal(told[0]?.type === 'order-done' && told[0].outcome, 'failed');
  });

  it('are forgotten after a while, the oldest first', async () => {
    const { orders, keptNow } = setUp();
    for (let count = 0; count < 250; count += 1) await orders.take([order(`o${count}`)]);
    assert.equal(keptNow().length, 200);
    assert.equal(keptNow()[0]?.[0], 'o50');
  });
});
