import assert from 'node:assert/strict';
import { it } from 'node:test';
import { complaintAbout } from './telegram-rules.ts';

const withButton = (button: object) => ({ text: 'a', reply_markup: { inline_keyboard: [[button]] } });

for (const [what, message, complaint] of [
  ['a bare <', { text: 'a < b', parse_mode: 'HTML' }, /can't parse entities/],
  ['a bare &', { text: 'a & b', parse_mode: 'HTML' }, /can't parse entities/],
  ['an unknown tag', { text: '<h1>a</h1>', parse_mode: 'HTML' }, /Unsupported start tag "h1"/],
  ['a tag that is not closed', { text: '<b>a', parse_mode: 'HTML' }, /Can't find end tag/],
  ['tags that cross', { text: '<b><i>a</b></i>', parse_mode: 'HTML' }, /Unmatched end tag/],
  ['an empty text', { text: ' ' }, /empty/],
  ['a text that is too long', { text: 'a'.repeat(4_097) }, /too long/],
  ['data that is too long', withButton({ text: 'b', callback_data: 'ы'.repeat(33) }), /BUTTON_DATA_INVALID/],
  ['a button without a label', withButton({ text: '', callback_data: 'b' }), /BUTTON_TEXT_EMPTY/],
  ['a button to localhost', withButton({ text: 'b', url: 'http://localhost:4600/' }), /Wrong HTTP URL/],
  ['a button to loopback', withButton({ text: 'b', url: 'http://127.0.0.1/' }), /Wrong HTTP URL/],
] as const)
  it(`the fake Telegram refuses ${what}`, () => {
    assert.match(complaintAbout(message) ?? '', complaint);
  });

it('the fake Telegram takes what the real one takes, entities counted as one character', () => {
  assert.equal(complaintAbout({ text: `<b>a</b>${'&amp;'.repeat(4_095)}`, parse_mode: 'HTML' }), undefined);
  assert.equal(complaintAbout({ text: 'a < b' }), undefined);
  assert.equal(complaintAbout(withButton({ text: 'b', url: 'https://watch.onai.example/i/1' })), undefined);
});
