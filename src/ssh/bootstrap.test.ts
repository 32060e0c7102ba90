import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { LOADER, REMOTE_COMMAND } from '#ssh/bootstrap.ts';

const folder = mkdtempSync(join(tmpdir(), 'dozor-bootstrap-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A program that says it is Node of some version, and prints what it is called with. */
const fakeNode = (path: string, version: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n[ "$1" = -p ] && echo ${version} && exit\necho "$0 $*"\n`);
  chmodSync(path, 0o755);
};

/** Runs the command as sshd does: by a login shell, with a home folder and PATH of its own. */
const through = async (shell: string, home: string, path: string): Promise<string> =>
  new Promise((done) => {
    const child = execFile(shell, ['-c', REMOTE_COMMAND], { env: { HOME: home, PATH: path } }, (_error, out) =>
      done(out),
    );
    child.stdin?.end(`mark\nthe $loader \\ "it's"\n5\nrest`);
  });

test('the command is one line without signs that a login shell might change', () => {
  const [, script = ''] = /^exec \/bin\/sh -c '(.*)'$/.exec(REMOTE_COMMAND) ?? [];
  assert.ok(script.length > 100);
  assert.doesNotMatch(script, /['\\!\n]/);
  assert.doesNotMatch(LOADER, /\n/);
});

for (const shell of ['/bin/sh', '/bin/bash'])
  test(`${shell} finds Node on PATH, and hands over the mark, the loader and the size as they came`, async () => {
    const bin = join(folder, 'on path');
    fakeNode(join(bin, 'node'), '18.20.8');
    const out = await through(shell, join(folder, 'nobody'), `${bin}:/usr/bin:/bin`);
    assert.equal(out, `${bin}/node -e the $loader \\ "it's" mark 5\n`);
  });

for (const place of [
  '.nvm/versions/node/v22.1.0/bin/node',
  '.local/share/fnm/node-versions/v22.1.0/installation/bin/node',
  '.volta/tools/image/node/22.1.0/bin/node',
  '.local/bin/node',
  '.dozor-agent/node/abc/bin/node',
])
  test(`Node is found in ~/${place} when the one on PATH is too old`, async () => {
    const home = join(folder, `home of ${place.replaceAll('/', '_')}`);
    const bin = join(folder, 'old');
    for (const name of ['node', 'nodejs']) fakeNode(join(bin, name), '16.20.2');
    fakeNode(join(home, place), '22.1.0');
    const out = await through('/bin/sh', home, bin);
    assert.ok(out.startsWith(`${join(home, place)} -e `), out);
  });
