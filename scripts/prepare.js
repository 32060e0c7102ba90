// First part of `npm test`, in JavaScript that Node 20 runs: sees to the Debian packages and the PM2 versions that the tests need.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
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

/** Real PM2s that the client to its sockets is tested with: beside the project, never among its dependencies (PM2 is AGPL). */
const PM2S = ['5', '6', '7'];
const CACHE = join(import.meta.dirname ?? '.', '..', '.cache');

const installPm2 = (major) => {
  const folder = join(CACHE, `pm2-${major}`);
  if (existsSync(join(folder, 'node_modules/pm2/bin/pm2'))) return;
  console.log(`Installing PM2 ${major} for the tests into .cache/pm2-${major}`);
  // whole or not at all: an interrupted install must not look like one
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  const words = [
    'install',
    '--prefix',
    half,
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
  ];
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const done = spawnSync(program, [...first, ...words, `pm2@${major}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0 || !existsSync(join(half, 'node_modules/pm2/bin/pm2'))) {
    rmSync(half, { recursive: true, force: true });
    fail(
      `npm could not install pm2@${major} (see above): the tests run against real PM2s, so the registry has to be reachable once.\n` +
        `By hand: npm install --prefix .cache/pm2-${major} --no-save pm2@${major}`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(half, folder);
};

for (const major of PM2S) installPm2(major);
