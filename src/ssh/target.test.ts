import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '#kernel/fault.ts';
import { parseTarget, targetText } from '#ssh/target.ts';
import { sshWords } from '#ssh/words.ts';

test('a target is a host, a user with it, a port with it', () => {
  assert.deepEqual(parseTarget('vps'), { host: 'vps' });
  assert.deepEqual(parseTarget('root@203.0.113.30'), { host: '203.0.113.30', user: 'root' });
  assert.deepEqual(parseTarget('root@vps:2222'), { host: 'vps', user: 'root', port: 2222 });
  assert.deepEqual(parseTarget('ssh://root@vps:2222/'), { host: 'vps', user: 'root', port: 2222 });
  assert.deepEqual(parseTarget('a@b.example@vps'), { host: 'vps', user: 'a@b.example' });
});

test('an address of IPv6 has a port only in brackets', () => {
  assert.deepEqual(parseTarget('root@[2001:db8::1]:22'), { host: '2001:db8::1', user: 'root', port: 22 });
  assert.deepEqual(parseTarget('[2001:db8::1]'), { host: '2001:db8::1' });
  assert.deepEqual(parseTarget('2001:db8::22'), { host: '2001:db8::22' });
  assert.deepEqual(parseTarget('fe80::1%eth0'), { host: 'fe80::1%eth0' });
});

test('options beside the target win over what it says itself', () => {
  assert.deepEqual(parseTarget('vps:22', { port: '2222', identity: '/k', configFile: '/c' }), {
    host: 'vps',
    port: 2222,
    identity: '/k',
    configFile: '/c',
  });
});

for (const text of [
  '',
  '@',
  'root@',
  '-oProxyCommand=id',
  'root@-oProxyCommand=id',
  '-oProxyCommand=id@vps',
  '[-oProxyCommand=id]:22',
  'ssh://-oProxyCommand=id',
  'a b',
  'vps; id',
  'vps$(id)',
  'vps`id`',
  '"vps"',
  "vps'",
  'vps\nid',
  'ro ot@vps',
  'root;id@vps',
  '$(id)@vps',
  'vps:0',
  'vps:65536',
  'vps:22x',
  'vps:',
])
  test(`${JSON.stringify(text)} is refused as a target`, () => {
    if (text === 'vps:') return assert.deepEqual(parseTarget(text), { host: 'vps' });
    assert.throws(
      () => parseTarget(text),
      (error) => error instanceof Fault && error.code === 'USAGE',
    );
  });

const SIGNS = ['-', 'o', '@', ':', '[', ']', '%', '.', '/', 'a', '$', ';', "'", '"', ' ', '`', '\n'];

test('whatever is taken for a target gives ssh no option and a shell no sign', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...SIGNS) })), (text) => {
      let words: readonly string[];
      try {
        words = sshWords(parseTarget(text), '/tmp/x');
      } catch (error) {
        assert.ok(error instanceof Fault);
        return;
      }
      const host = words.at(-2) ?? '';
      assert.equal(words.at(-3), '--');
      assert.doesNotMatch(host, /^-|[\s$`'"\\;&|<>(){}!*?#~]/);
      const user = words.includes('-l') ? (words[words.indexOf('-l') + 1] ?? '') : '';
      assert.doesNotMatch(user, /^-|[\s$`'"\\;&|<>(){}!*?#~]/);
    }),
  );
});

test('a target is written as it can be read again', () => {
  for (const text of ['vps', 'root@vps:2222', 'root@[2001:db8::1]:22', '2001:db8::1'])
    assert.equal(targetText(parseTarget(text)), text);
});
