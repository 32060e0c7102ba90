import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '#kernel/json.ts';
import { MASK, masked, mergePatch, unmasked } from './mask.ts';

test('secrets are masked by schema and by name, references and the rest are left', () => {
  const spec = {
    kind: 'telegram',
    botToken: '1:abc',
    chatId: 5,
    apiRoot: 'http://u:pw@127.0.0.1:1080',
    extra: { password: 'x' },
  };
  assert.deepEqual(masked('channel', spec), {
    kind: 'telegram',
    botToken: MASK,
    chatId: 5,
    apiRoot: `http://u:${MASK}@127.0.0.1:1080`,
    extra: { password: MASK },
  });
  assert.deepEqual(masked('channel', { kind: 'telegram', botToken: '${TELEGRAM_BOT_TOKEN}' }), {
    kind: 'telegram',
    botToken: '${TELEGRAM_BOT_TOKEN}',
  });
});

test('headers that a channel sends are secrets, whatever their names', () => {
  for (const kind of [{ kind: 'webhook' }, { kind: 'sms', provider: 'http' }])
    assert.deepEqual(masked('channel', { ...kind, headers: { 'X-Team': 'plain' } }), {
      ...kind,
      headers: { 'X-Team': MASK },
    });
});

test('the telling parameters of a URL are secrets; they come back as they were', () => {
  const spec = { kind: 'http', url: 'https://api.example.com/health?page=2&token=abc&api_key=${KEY}' };
  const shown = { kind: 'http', url: `https://api.example.com/health?page=2&token=${MASK}&api_key=\${KEY}` };
  assert.deepEqual(masked('monitor', spec), shown);
  assert.deepEqual(unmasked(shown, spec), spec);
});

test("a webhook's and a gateway's URL are secrets: their paths are all that the far side asks for", () => {
  const url = 'https://hooks.onai.example/services/T01/B02/oRuyEL';
  for (const kind of [{ kind: 'webhook' }, { kind: 'sms', provider: 'http', to: '+77011234567' }])
    assert.deepEqual(masked('channel', { ...kind, url }), { ...kind, url: MASK });
});

test("a dead-man's URL is a secret", () => {
  assert.deepEqual(masked('watcher', { kind: 'deadman', url: 'https://hc.onai.example/ping/6f2c' }), {
    kind: 'deadman',
    url: MASK,
  });
});

const jsonTree = fc.dictionary(
  fc.constantFrom('url', 'password', 'headers', 'token', 'name', 'list'),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

test('what was masked and comes back as it was shown is what it was', () => {
  fc.assert(
    fc.property(jsonTree, (tree) => {
      assert.equal(JSON.stringify(unmasked(masked('monitor', tree), tree)), JSON.stringify(tree));
    }),
  );
});

test('a merge patch replaces, removes by null and leaves the rest (RFC 7396)', () => {
  assert.deepEqual(mergePatch({ a: 'b', c: { d: 'e', f: 'g' } }, { a: 'z', c: { f: null } }), {
    a: 'z',
    c: { d: 'e' },
  });
  assert.deepEqual(mergePatch({ a: ['b'] }, { a: 'c' }), { a: 'c' });
  assert.deepEqual(mergePatch({}, { a: { bb: { ccc: null } } }), { a: { bb: {} } });
});
