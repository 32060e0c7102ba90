import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '#kernel/fault.ts';
import { definitionsFromUrls } from './cli-urls.ts';
import { compile } from './compile.ts';
import { secretsFrom } from './environment.ts';
import { merge } from './merge.ts';

const shown = (...urls: string[]): readonly string[] =>
  definitionsFromUrls(urls).map(({ parent, name, spec }) =>
    parent === undefined ? name : `${parent} / ${name}: ${JSON.stringify(spec)}`,
  );
const refused = (url: string, words: RegExp): void => {
  assert.throws(
    () => definitionsFromUrls([url]),
    (error) => error instanceof Fault && error.code === 'USAGE' && words.test(error.message) && error.hint !== '',
  );
};

test('a URL is a service by its host, with a check of its health and of its certificate', () => {
  assert.deepEqual(shown('https://api.example.com:8443/health?deep=1#top'), [
    'api.example.com:8443',
    'api.example.com:8443 / health: {"kind":"http","url":"https://api.example.com:8443/health?deep=1"}',
    'api.example.com:8443 / certificate: {"kind":"tls","host":"api.example.com","port":8443}',
  ]);
  assert.deepEqual(shown('http://api.example.com'), [
    'api.example.com',
    'api.example.com / health: {"kind":"http","url":"http://api.example.com/"}',
  ]);
});

test('a bare host is asked by https, this very machine by http', () => {
  assert.match(shown('api.example.com/health')[1] ?? '', /"https:\/\/api\.example\.com\/health"/);
  for (const own of ['localhost:3000', '127.0.0.1:3000/x', '[::1]:3000'])
    assert.match(shown(own)[1] ?? '', /"url":"http:/);
});

test('a port is asked by TCP', () => {
  assert.deepEqual(shown('tcp://[2001:db8::1]:5432'), [
    '[2001:db8::1]:5432',
    '[2001:db8::1]:5432 / port: {"kind":"tcp","host":"2001:db8::1","port":5432}',
  ]);
});

test('several URLs on one host are told apart by the path, else by the whole URL', () => {
  const names = (...urls: string[]): readonly string[] =>
    definitionsFromUrls(urls)
      .filter(({ kind }) => kind === 'service')
      .map(({ name }) => name);
  assert.deepEqual(names('https://a.example/x', 'https://a.example/y', 'b.example'), [
    'a.example/x',
    'a.example/y',
    'b.example',
  ]);
  assert.deepEqual(names('https://a.example/', 'http://a.example/'), ['https://a.example/', 'http://a.example/']);
  assert.deepEqual(names('https://a.example', 'a.example', ' https://a.example/ '), ['a.example']);
});

test('what cannot be watched is refused with what to write instead', () => {
  refused('not-a-url', /no URL/);
  refused('check', /no URL/);
  refused('ftp://a.example', /ftp is not asked/);
  refused('tcp://a.example', /needs a port/);
  refused('tcp://a.example:80/path', /has no path/);
  refused('http://', /no URL/);
  refused('', /no URL/);
  refused('two words', /no URL/);
  refused('--lisen', /no URL/);
  refused('https://me:secret@a.example', /read by everyone/);
  assert.throws(
    () => definitionsFromUrls(['https://me:secret@a.example']),
    (error) => error instanceof Fault && !/secret/.test(error.message),
  );
});

test('whatever URLs are given, each is watched once and compiles', () => {
  const secrets = secretsFrom({});
  fc.assert(
    fc.property(fc.array(fc.webUrl({ withQueryParameters: true }), { minLength: 1, maxLength: 5 }), (urls) => {
      let count = 0;
      const definitions = definitionsFromUrls(urls);
      const { resources } = merge([], definitions, 'cli', { id: () => `id${(count += 1)}`, num: () => count, now: 0 });
      assert.equal(resources.length, definitions.length);
      for (const resource of resources) compile(resource, secrets);
      const asked = new Set(definitions.flatMap(({ spec }) => (spec as { url?: string }).url ?? []));
      assert.deepEqual(asked, new Set(urls.map((url) => new URL(url).href)));
    }),
  );
});
