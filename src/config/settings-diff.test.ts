import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from './schema-settings.ts';
import { settingChanges } from './settings-diff.ts';

test('what changed in the settings is said as it is written in the file', () => {
  const before = defaultSettings();
  const after = {
    ...before,
    locale: 'ru' as const,
    publicUrl: 'https://watch.example.com',
    network: { ...before.network, allowPrivate: true, resolvers: ['1.1.1.1'] },
    detection: { ...before.detection, relapseMs: 60_000 },
  };
  assert.deepEqual(
    settingChanges(before, after).map(({ kind, name, details }) => [kind, name, ...details]),
    [
      ['setting', 'locale', 'en → ru'],
      ['setting', 'network.resolvers', '[] → [1.1.1.1]'],
      ['setting', 'network.allowPrivate', 'false → true'],
      ['setting', 'detection.relapse', '10m → 1m'],
      ['setting', 'publicUrl', '– → https://watch.example.com'],
    ],
  );
  assert.deepEqual(settingChanges(before, before), []);
});
