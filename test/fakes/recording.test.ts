import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recording } from './recording.ts';

describe('a recording', () => {
  it('gives each item to one wait only, whether it came before or after', async () => {
    const kept = recording<string>((item) => item);
    kept.add('a');
    const later = kept.next((item) => item === 'b');
    kept.add('b');
    kept.add('b');
    assert.equal(await kept.next(), 'a');
    assert.equal(await later, 'b');
    assert.equal(await kept.next(), 'b');
    assert.deepEqual(kept.items, ['a', 'b', 'b']);
  });

  it('fails a wait at its deadline with what was waited for and what came', async () => {
    const kept = recording<string>((item) => item);
    kept.add('something else');
    await assert.rejects(
      kept.next((item) => item === 'x', { withinMs: 5, what: 'an x' }),
      {
        message: 'waited 5 ms for an x; came: something else',
      },
    );
  });
});
