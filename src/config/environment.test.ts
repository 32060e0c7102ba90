import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEnvironment, secretsFrom } from './environment.ts';

test('variables come from the environment, files without their last line break', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'dozor-environment-')), 'secret');
  const secrets = secretsFrom({ NAME: 'value' });
  for (const [content, text] of [
    ['a\nb\n', 'a\nb'],
    ['a\r\n', 'a'],
    ['a', 'a'],
    ['a\n\n', 'a\n'],
  ] as const) {
    writeFileSync(file, content);
    assert.equal(secrets.file(file), text);
  }
  assert.equal(secrets.env('NAME'), 'value');
  assert.equal(secrets.env('OTHER'), undefined);
  assert.equal(secrets.file(`${file}.none`), undefined);
});

test('the variables of Dozor are read, and an empty one counts as absent', () => {
  assert.deepEqual(
    readEnvironment({ DOZOR_URL: 'https://a.example', DOZOR_TOKEN: '', DOZOR_DATA: '/data', PATH: '/bin' }),
    {
      url: 'https://a.example',
      data: '/data',
    },
  );
});
