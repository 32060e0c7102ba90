import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretsWith } from '../auth/secrets.ts';
import type { Resource } from '../store/contract.ts';
import { openedResource, sealedRow } from './sealing.ts';

const HOOK: Resource = {
  id: 'c1',
  num: 1,
  kind: 'channel',
  parentId: 'p1',
  name: 'hook',
  origin: 'file',
  spec: { kind: 'webhook', url: 'https://hooks.example.com/x', secret: 'the-secret-of-the-hook' },
  position: 0,
  createdAt: 1,
};

const ours = secretsWith(Buffer.alloc(32, 1));
const other = secretsWith(Buffer.alloc(32, 2));
const rowOf = (resource: Resource): Resource => sealedRow(ours, resource).resource;
const nothingToTell = (text: string): void => assert.fail(text);

test('a secret that stands in the file is encrypted at rest, and comes back as it was', () => {
  const row = rowOf(HOOK);
  assert.doesNotMatch(JSON.stringify(row), /the-secret-of-the-hook/);
  assert.deepEqual(openedResource(ours, row, nothingToTell), HOOK);
});

test('under another key what the file defines counts as unknown, and what was made here is told of', () => {
  const told: string[] = [];
  assert.deepEqual(openedResource(other, rowOf(HOOK), (text) => told.push(text)).spec, {});
  assert.equal(told.length, 0);
  openedResource(other, rowOf({ ...HOOK, origin: 'stored' }), (text) => told.push(text));
  assert.match(told[0] ?? '', /channel "hook"/);
});
