import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import type { LoadedConfig } from './contract.ts';
import { loadText } from './load.ts';

const none = { env: () => undefined, file: () => undefined };
const load = (text: string): LoadedConfig => loadText(text, 'dozor.yaml', none);
const mistakes = (text: string): readonly string[] => {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.places.map(({ path, message, hint = '' }) => `${path}: ${message}${hint === '' ? '' : ` (${hint})`}`);
  }
};

const API = 'services: [{ name: API }]\n';
const TWO = 'services: [{ name: API }, { name: worker }]\n';

test('an app without a service carries the only one, or the one that is called like it', () => {
  assert.deepEqual(mistakes(`${API}apps: [{ name: backend }]\n`), []);
  assert.deepEqual(mistakes(`${TWO}apps: [{ name: worker }]\n`), []);
  assert.deepEqual(mistakes(`${TWO}apps: [{ name: backend }]\n`), [
    'apps[0].name: app "backend" does not say which service it carries (add service: one of "API", "worker")',
  ]);
  assert.deepEqual(mistakes('apps: [{ name: backend }]\n'), [
    'apps[0].name: app "backend" does not say which service it carries (define one under services:)',
  ]);
});

test('an app without a host runs on the only one, or the only local one', () => {
  const apps = 'apps: [{ name: backend }]\n';
  assert.deepEqual(mistakes(`${API}hosts: [{ name: vps }]\n${apps}`), []);
  assert.deepEqual(mistakes(`${API}hosts: [{ name: vps }, { name: here, local: true }]\n${apps}`), []);
  assert.deepEqual(mistakes(`${API}hosts: [{ name: vps }, { name: vds }]\n${apps}`), [
    'apps[0].name: app "backend" does not say which host it runs on (add host: one of "vps", "vds")',
  ]);
});

test('what an app names must be there', () => {
  assert.deepEqual(mistakes(`${API}hosts: [{ name: vps }]\napps: [{ name: a, service: APi, host: vsp }]\n`), [
    'apps[0].service: there is no service "APi" (did you mean "API"?)',
    'apps[0].host: there is no host "vsp" (did you mean "vps"?)',
  ]);
});

test('one machine is the local one, and it is not reached by ssh', () => {
  assert.deepEqual(mistakes('hosts: [{ name: a, local: true, ssh: root@a.example }, { name: b, local: true }]\n'), [
    'hosts[0].ssh: a local host is not reached by ssh (leave out either local or ssh)',
    'hosts[1].local: another host is the machine that Dozor runs on already (only one can be: "a" is)',
  ]);
  assert.deepEqual(mistakes('hosts: [{ name: a, ssh: -oProxyCommand=x }]\n'), ['hosts[0].ssh: must be user@host']);
});

test('artifacts lie within the app and never are all of it', () => {
  const artifact = (glob: string): readonly string[] =>
    mistakes(`${API}apps: [{ name: a, artifacts: [${JSON.stringify(glob)}] }]\n`);
  for (const good of ['dist/', '*.tar.gz', 'packages/*/dist', '.next/']) assert.deepEqual(artifact(good), [], good);
  for (const bad of ['/', '/etc', '~/x', '../dist', 'a/../../b', '*', '.', './', '**/*', ''])
    assert.equal(artifact(bad).length > 0, true, bad);
});

test('apps without any host run on this machine, and what they carry is watched', () => {
  const { definitions, warnings } = load(`${API}apps: [{ name: backend }]\n`);
  const host = definitions.find(({ kind }) => kind === 'host');
  assert.deepEqual([host?.name, host?.spec, host?.implicit], ['local', { local: true }, true]);
  assert.deepEqual(
    warnings.filter(({ message }) => message.includes('no monitors')),
    [],
  );
});
