// First part of `npm test`, in JavaScript that Node 20 runs: sees to the Debian packages that the tests need.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the tests need besides npm's packages: the program that is looked for, the Debian package that has it, what for. */
const NEEDED = [
  ['chromium', 'chromium', 'pages are tested in a real browser'],
  ['ip', 'iproute2', 'network namespaces: own network cut, a machine unplugged'],
  ['nft', 'nftables', 'packets dropped on the way, inside those namespaces'],
  ['ping', 'iputils-ping', 'monitors of kind ping'],
  ['openssl', 'openssl', 'certificates that are expired, for another host, revoked'],
  ['faketime', 'faketime', 'the clock moved by an hour'],
  ['systemd-analyze', 'systemd', 'the written units are verified'],
  ['unshare', 'util-linux', 'namespaces of a test of its own'],
  ['mount', 'mount', 'a full disk: a small tmpfs'],
  ['git', 'git', 'the package is made from what is tracked'],
  ['sshd', 'openssh-server', 'the way to another host: a real sshd on 127.0.0.1'],
];

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin'];

const isThere = (program) =>
  FOLDERS.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Services that come with a package must not start by themselves: policy-rc.d says no (101) while apt-get works. */
const INSTALL = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "$@"
`;

const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const rights = () => {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
};

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return;
  fail(
    `The tests run on the pinned Node 24, but this is Node ${process.versions.node}: its install script did not run.\n` +
      'Type: npm install && npm rebuild node',
  );
};

const missing = () => NEEDED.filter(([program]) => !isThere(program));

checkNode();
const lacking = missing();
if (lacking.length > 0) {
  const packages = lacking.map(([, name]) => name);
  for (const [program, name, reason] of lacking) console.log(`missing: ${program} (package ${name}): ${reason}`);
  const prefix = isThere('apt-get') ? rights() : undefined;
  if (prefix === undefined)
    fail(`Install them and try again. On Debian: sudo apt-get install --no-install-recommends ${packages.join(' ')}`);
  console.log(`Installing with apt-get (their services are kept from starting): ${packages.join(' ')}`);
  const [program, ...words] = [...prefix, 'sh', '-c', INSTALL, 'sh', ...packages];
  const done = spawnSync(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) fail('apt-get failed: see above.');
  const still = missing();
  if (still.length > 0) fail(`Still missing: ${still.map(([name]) => name).join(', ')}`);
}
