import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const PACKED = ['bin', 'src', 'docs', 'scripts', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];

/** Has a script see another version of Node than the one it runs on. */
const OLD_NODE = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })",
)}`;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

const end = async (words: readonly string[], cwd: string): Promise<Ended> =>
  new Promise((done) => {
    execFile(process.execPath, words, { cwd, encoding: 'utf8' }, (error, out, text) =>
      done({ code: error === null ? 0 : Number(error.code), out, error: text }),
    );
  });

let folder = '';
let bin = '';
let server: Server;
let address = '';

/** Packs a copy of the tree, so that no bundle ever lies in the tree itself while other tests run. */
const pack = (): string => {
  const copy = join(folder, 'copy');
  for (const name of PACKED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: copy, stdio: 'pipe' });
  assert.ok(!existsSync(join(copy, 'bundle')), 'postpack takes the bundle away again');
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
};

/** Puts the package where npm would put it, with its declared dependencies and no others beside it. */
const install = (tarball: string): string => {
  const modules = join(folder, 'elsewhere/node_modules');
  mkdirSync(join(modules, 'dozor'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'dozor')]);
  const manifest = JSON.parse(readFileSync(join(modules, 'dozor/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  return join(modules, 'dozor');
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dozor-package-'));
  bin = join(install(pack()), 'bin/dozor.js');
  server = createServer((_request, response) => response.end('all well'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the package has the bundle, no sources and no tests', () => {
  const files = readdirSync(dirname(dirname(bin)), { recursive: true }).map(String);
  assert.ok(files.includes('bundle/main.js'));
  assert.ok(files.includes('docs/exit-codes.md'));
  assert.deepEqual(
    files.filter((name) => /\.ts$|^src|^test|^bench/.test(name)),
    [],
  );
});

test('from another folder it says its version', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  assert.deepEqual(await end([bin, '--version'], folder), { code: 0, out: `${version}\n`, error: '' });
});

test('from another folder it asks a URL', async () => {
  const { code, out } = await end([bin, 'check', address, '--keyword', 'all well'], folder);
  assert.equal(code, 0);
  assert.match(out, /^● up\n/);
});

test('from another folder it starts the watch, worker threads and all, and answers over its socket', async () => {
  const data = join(folder, 'data');
  const up = execFile(process.execPath, [bin, 'up', address, '--data', data, '--listen', '127.0.0.1:0'], {
    cwd: folder,
  });
  try {
    let text = '';
    for await (const part of up.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      text += String(part);
      if (/● up/.test(text)) break;
    }
    const status = await end([bin, 'status', '--data', data, '--json'], folder);
    assert.equal(status.code, 0, status.error);
    assert.equal((JSON.parse(status.out) as { services: { verdict: string }[] }).services[0]?.verdict, 'up');
  } finally {
    up.kill('SIGKILL');
  }
});

test('on an old Node it says what is needed and what to type', async () => {
  const { code, error } = await end(['--import', OLD_NODE, bin, 'status', '--json'], folder);
  assert.equal(code, 7);
  assert.match(error, /Node 24\.15 or newer is needed; this is Node 18\.20\.0/);
  assert.match(error, /npx -p node@24 -p dozor dozor status --json/);
});

test('in a checkout an old Node hands over to the pinned one, with its exit code', async () => {
  const checkout = join(ROOT, 'bin/dozor.js');
  const good = await end(['--import', OLD_NODE, checkout, '--version'], folder);
  assert.equal(good.code, 0, good.error);
  assert.equal((await end(['--import', OLD_NODE, checkout, 'nonsense'], folder)).code, 2);
});
