import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { fileJsonSchema, jsonSchemaOf, schemaOf, type JsonSchema } from './json-schema.ts';
import { detectionDefaults } from './schema-settings.ts';
import { RULE_WORDS } from './rule-words.ts';

const fixture = (name: string): unknown =>
  parseDocument(readFileSync(join(import.meta.dirname, '../../test/fixtures', name), 'utf8'), {
    version: '1.2',
  }).toJS();
const schema = fileJsonSchema();

test('the schema for editors is draft 2020-12 and says how to use it', () => {
  assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
  assert.match(String(schema['$comment']), /yaml-language-server/);
  assert.doesNotMatch(JSON.stringify(schema), /\/work|file:\/\//);
});

test('the example is right by the schema for editors, and the broken one wrong', () => {
  const reader = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  assert.deepEqual(reader.safeParse(fixture('dozor.yaml')).error?.issues, undefined);
  assert.equal(reader.safeParse(fixture('broken.yaml')).success, false);
  assert.equal(reader.safeParse({ servces: [] }).success, false);
});

test('every key of the file has a description or a title', () => {
  const bare: string[] = [];
  const look = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    const { properties } = part as { properties?: Readonly<Record<string, JsonSchema>> };
    for (const [key, child] of Object.entries(properties ?? {}))
      if (child['description'] === undefined && child['title'] === undefined && child['const'] === undefined)
        bare.push(`${path}.${key}`);
    for (const [key, child] of Object.entries(part)) look(child, `${path}/${key}`);
  };
  // Kinds describe their own keys; here it is about the keys that all share.
  const {
    services: _services,
    contacts: _contacts,
    ...own
  } = schema['properties'] as Readonly<Record<string, unknown>>;
  look({ properties: own }, '');
  assert.deepEqual(
    bare.filter((path) => !path.includes('/apps')),
    [],
  );
});

test('each kind of thing has a schema for forms that knows its keys and not its name', () => {
  const keys = (kind: Parameters<typeof jsonSchemaOf>[0]): readonly string[] =>
    Object.keys((jsonSchemaOf(kind)['properties'] ?? {}) as object);
  assert.deepEqual(keys('service'), ['policy', 'dependsOn', 'severity']);
  assert.deepEqual(keys('policy'), ['steps', 'repeatEvery', 'until']);
  const monitors = jsonSchemaOf('monitor')['oneOf'] as readonly JsonSchema[];
  assert.ok(monitors.length >= 6);
  for (const option of monitors) assert.equal(Object.hasOwn(option['properties'] as object, 'id'), false);
  assert.equal(schemaOf('monitor').safeParse({ kind: 'tcp', host: 'a', port: 1, every: '1m' }).success, true);
});

test('the reference names every threshold of detection with its default', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  for (const [key, byDefault] of detectionDefaults()) {
    assert.ok(text.includes(`| \`${key}\` | ${byDefault} |`), `${key} ${byDefault}`);
    assert.ok(RULE_WORDS[key] !== undefined, `${key} has words`);
  }
});

test('the reference names every section and every kind', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  const kinds = [
    ...(jsonSchemaOf('monitor')['oneOf'] as readonly JsonSchema[]),
    ...(jsonSchemaOf('channel')['oneOf'] as readonly JsonSchema[]),
  ].map((option) => String((option['properties'] as Readonly<Record<string, JsonSchema>>)['kind']?.['const']));
  for (const word of [...Object.keys(schema['properties'] as object), ...kinds])
    assert.ok(text.includes(`\`${word}\``), word);
});
