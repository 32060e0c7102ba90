import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askOnce } from '../../../test/fakes/asking.ts';

describe('a ping', () => {
  it('of loopback is answered in both families, with its time', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const result = await askOnce({ kind: 'ping', host });
      assert.equal(result.class, 'ok', JSON.stringify(result));
      assert.equal(result.ip, host);
      assert.ok((result.phases.ttfb ?? 0) > 0);
    }
  });

  it('of what looks like an option is a name that is not there, never an option', async () => {
    const resolver = { addresses: () => Promise.reject(Object.assign(new Error('no'), { code: 'EBADNAME' })) };
    const result = await askOnce({ kind: 'ping', host: '-f' }, { resolver });
    assert.equal(result.reason?.code, 'dns.not-found');
  });
});
