import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Json } from '#kernel/json.ts';
import { callFor, refusedWith, withSshd } from '../../test/fakes/ssh-calls.ts';
import { startSshd, type Sshd } from '../../test/fakes/sshd.ts';

let sshd: Sshd;
before(async () => {
  sshd = await startSshd();
});
after(async () => sshd.close());

/** The Node that the machine itself has, whatever it is; the pinned one where it has no other. */
const machinesNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path)) ?? process.execPath;

/** A folder with nothing in it but Node, before the system's programs. */
const pathWith = (dir: string, node: string): string => {
  mkdirSync(join(dir, 'node only'), { recursive: true });
  symlinkSync(node, join(dir, 'node only/node'));
  return `${join(dir, 'node only')}:/usr/bin:/bin`;
};

test('an unknown host key is refused, with how to compare it, and is not written down', async () => {
  await withSshd({}, async ({ target, knownHosts }) => {
    writeFileSync(knownHosts, '');
    const fault = await refusedWith(callFor({ target }, 'echo', {}), 'SSH_REFUSED');
    assert.match(fault.message, /not known here/);
    assert.match(fault.hint, new RegExp(`ssh-keyscan -p ${target.port} 127\\.0\\.0\\.1`));
    assert.equal(readFileSync(knownHosts, 'utf8'), '');
  });
});

test('another host key than the known one is refused', async () => {
  await withSshd({}, async ({ target, knownHosts }) => {
    writeFileSync(knownHosts, `[127.0.0.1]:${target.port} ${sshd.hostKey}\n`);
    const fault = await refusedWith(callFor({ target }, 'echo', {}), 'SSH_REFUSED');
    assert.match(fault.message, /another one than before/);
  });
});

test('a configuration that would accept any key is overruled', async () => {
  await withSshd({}, async ({ dir, target, knownHosts }) => {
    writeFileSync(knownHosts, '');
    const configFile = join(dir, 'careless');
    writeFileSync(configFile, `StrictHostKeyChecking no\n${readFileSync(target.configFile ?? '', 'utf8')}`);
    await refusedWith(callFor({ target: { ...target, configFile } }, 'echo', {}), 'SSH_REFUSED');
  });
});

test('a key that does not fit is refused without asking for a password', async () => {
  await withSshd({}, async ({ dir, target }) => {
    writeFileSync(join(dir, 'authorized'), '');
    const fault = await refusedWith(callFor({ target }, 'echo', {}), 'SSH_REFUSED');
    assert.match(fault.message, /no key fits/);
  });
});

test('a port where nobody listens is unreachable', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as { port: number };
  gone.close();
  await once(gone, 'close');
  const fault = await refusedWith(callFor({ target: { ...sshd.target, port } }, 'echo', {}), 'SSH_UNREACHABLE');
  assert.match(fault.message, /refuses the connection/);
});

test('a port where no SSH speaks is unreachable', async () => {
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  try {
    const { port } = web.address() as { port: number };
    await refusedWith(callFor({ target: { ...sshd.target, port } }, 'echo', {}), 'SSH_UNREACHABLE');
  } finally {
    web.close();
  }
});

test('settings of a person’s own sessions do no harm', async () => {
  const configFile = join(sshd.dir, 'own');
  writeFileSync(
    configFile,
    `Host near\n  HostName 127.0.0.1\n  Port ${sshd.target.port}\n  User root\n  RemoteCommand top\n  RequestTTY force\n  LocalForward 127.0.0.1:1 127.0.0.1:1\n  ExitOnForwardFailure yes\n  PermitLocalCommand yes\n  LocalCommand touch ${join(sshd.dir, 'touched')}\n  ForwardAgent yes\n  LogLevel QUIET\n${readFileSync(sshd.target.configFile ?? '', 'utf8')}`,
  );
  const { input } = (await callFor({ target: { host: 'near', configFile } }, 'echo', { via: 'alias' })) as {
    input: Json;
  };
  assert.deepEqual(input, { via: 'alias' });
  assert.ok(!existsSync(join(sshd.dir, 'touched')));
});

test('the machine’s own Node will do', async () => {
  await withSshd({}, async ({ dir, target }) => {
    const other = await startSshd({ path: pathWith(dir, machinesNode) });
    try {
      const { node } = (await callFor(other, 'echo', {})) as { node: string };
      const asked = execFileSync(machinesNode, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
      assert.equal(node, asked);
    } finally {
      await other.close();
    }
    assert.ok(target.port !== other.target.port);
  });
});

/** Where Node may lie on the machine that runs this test. */
const EVERY_NODE = [
  ...new Set(
    [process.execPath, '/usr/bin/node', '/usr/bin/nodejs', '/usr/local/bin/node', '/snap/bin/node'].filter((path) =>
      existsSync(path),
    ),
  ),
];

test('a machine without Node is said to have none', async () => {
  await withSshd({ without: EVERY_NODE, path: '/usr/bin:/bin' }, async ({ target }) => {
    const fault = await refusedWith(callFor({ target }, 'echo', {}), 'MACHINE_LACKS');
    assert.match(fault.message, /There is no Node on root@127\.0\.0\.1/);
    assert.match(fault.hint, /Install Node 18 or newer/);
  });
});

test('a machine whose Node is too old is told its version and where it lies', async () => {
  await withSshd({ without: EVERY_NODE, path: '/usr/bin:/bin' }, async ({ home, target }) => {
    const node = join(home, '.nvm/versions/node/v16.20.2/bin/node');
    mkdirSync(dirname(node), { recursive: true });
    writeFileSync(node, '#!/bin/sh\necho 16.20.2\n', { mode: 0o755 });
    const fault = await refusedWith(callFor({ target }, 'echo', {}), 'MACHINE_LACKS');
    assert.match(fault.message, /too old: 16\.20\.2 \(.*\/\.nvm\/versions\/node\/v16\.20\.2\/bin\/node\)/);
  });
});

test('NODE_OPTIONS of the machine does not reach what is sent', async () => {
  await withSshd({ env: { NODE_OPTIONS: '--require /nowhere.js' } }, async ({ target }) => {
    assert.deepEqual(((await callFor({ target }, 'echo', 1)) as { input: Json }).input, 1);
  });
});
