import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { smsLength } from './sms-length.ts';

const gsmText = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '@', 'é', 'Ω', '\n'), maxLength: 500 });
const extendedText = fc.string({ unit: fc.constantFrom('a', '€', '[', '~'), maxLength: 500 });
const cyrillicText = fc
  .string({ unit: fc.constantFrom('ы', 'a', 'Ж'), minLength: 1, maxLength: 300 })
  .map((text) => `ж${text}`);
const emojiText = fc.string({ unit: fc.constantFrom('🔴', 'ы'), maxLength: 200 }).map((text) => `🔴${text}`);

describe('the length of an SMS', () => {
  for (const [text, encoding, units, parts] of [
    ['', 'gsm-7', 0, 1],
    ['a'.repeat(160), 'gsm-7', 160, 1],
    ['a'.repeat(161), 'gsm-7', 161, 2],
    ['a'.repeat(306), 'gsm-7', 306, 2],
    ['a'.repeat(307), 'gsm-7', 307, 3],
    ['€'.repeat(80), 'gsm-7', 160, 1],
    ['€'.repeat(81), 'gsm-7', 162, 2],
    ['ы'.repeat(70), 'ucs-2', 70, 1],
    ['ы'.repeat(71), 'ucs-2', 71, 2],
    ['ы'.repeat(134), 'ucs-2', 134, 2],
    ['ы'.repeat(135), 'ucs-2', 135, 3],
    ['🔴'.repeat(35), 'ucs-2', 70, 1],
    ['`', 'ucs-2', 1, 1],
  ] as const)
    it(`counts ${text.length} units of "${text.slice(0, 2)}" as ${parts} of ${encoding}`, () => {
      assert.deepEqual(smsLength(text), { encoding, units, parts });
    });

  it('moves a character of two places to the next part whole', () => {
    // 152 + an escape pair does not fit into 153, so 153 + 153 places are not enough for it
    assert.equal(smsLength(`${'a'.repeat(152)}€${'a'.repeat(152)}`).parts, 3);
    assert.equal(smsLength(`${'ы'.repeat(66)}🔴${'ы'.repeat(66)}`).parts, 3);
  });

  it('takes as many parts as plain letters fill', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        const { units, parts, encoding } = smsLength(text);
        assert.equal(encoding, 'gsm-7');
        assert.equal(units, text.length);
        assert.equal(parts, text.length <= 160 ? 1 : Math.ceil(text.length / 153));
      }),
    );
    fc.assert(
      fc.property(cyrillicText, (text) => {
        assert.equal(smsLength(text).parts, text.length <= 70 ? 1 : Math.ceil(text.length / 67));
      }),
    );
  });

  it('never takes less than its places need, nor more than one wasted place a part costs', () => {
    const bounds = (text: string, single: number, joined: number): void => {
      const { units, parts } = smsLength(text);
      if (units <= single) assert.equal(parts, 1);
      else {
        assert.ok(parts >= Math.ceil(units / joined));
        assert.ok(parts <= Math.ceil(units / (joined - 1)));
      }
    };
    fc.assert(fc.property(extendedText, (text) => bounds(text, 160, 153)));
    fc.assert(fc.property(emojiText, (text) => bounds(text, 70, 67)));
  });

  it('grows with the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), gsmText, (text, more) => {
        assert.ok(smsLength(text + more).parts >= smsLength(text).parts);
      }),
    );
  });
});
