import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, nodeLacks } from '#ssh/failure.ts';

const TARGET = { host: 'vps.example', user: 'root', port: 2222 };

const fault = (error: string, more: { wasReady?: boolean; code?: number; noise?: string } = {}) =>
  failureOf({ target: TARGET, code: 255, signal: null, noise: '', wasReady: false, error, ...more });

const SAID: readonly (readonly [string, string, RegExp, RegExp])[] = [
  [
    'No ED25519 host key is known for [vps.example]:2222 and you have requested strict checking.\nHost key verification failed.',
    'SSH_REFUSED',
    /not known here/,
    /ssh-keyscan -p 2222 vps\.example \| ssh-keygen -lf -[^]*accept the key once: ssh -p 2222 root@vps\.example$/,
  ],
  [
    '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nOffending ED25519 key in /root/.ssh/known_hosts:3\nHost key verification failed.',
    'SSH_REFUSED',
    /another one than before/,
    /another machine stands in between[^]*ssh-keygen -R "\[vps\.example\]:2222"/,
  ],
  ['root@vps.example: Permission denied (publickey).', 'SSH_REFUSED', /no key fits/, /ssh-copy-id -p 2222 root@vps/],
  ['Received disconnect: Too many authentication failures', 'SSH_REFUSED', /too many keys/, /--identity/],
  [
    'ssh: Could not resolve hostname vps.example: Name or service not known',
    'SSH_UNREACHABLE',
    /cannot be resolved/,
    /~\/\.ssh/,
  ],
  ['ssh: connect to host vps.example port 2222: Connection refused', 'SSH_UNREACHABLE', /refuses/, /another port/],
  ['ssh: connect to host vps.example port 2222: No route to host', 'SSH_UNREACHABLE', /no way/, /online/],
  ['ssh: connect to host vps.example port 2222: Connection timed out', 'SSH_UNREACHABLE', /in time/, /firewall/],
  ['Connection timed out during banner exchange', 'SSH_UNREACHABLE', /in time/, /firewall/],
  ['kex_exchange_identification: Connection closed by remote host', 'SSH_UNREACHABLE', /before anybody/, /fail2ban/],
  ['/root/.ssh/config: line 1: Bad configuration option: hots', 'SSH_REFUSED', /configuration of ssh/, /ssh -G/],
];

for (const [error, code, message, hint] of SAID)
  test(`"${error.split('\n')[0]}" is ${code}`, () => {
    const found = fault(error);
    assert.equal(found.code, code);
    assert.match(found.message, message);
    assert.match(found.message, /It said: /);
    assert.match(found.hint, hint);
  });

test('what ends after it had answered is a lost connection, whatever was said', () => {
  const found = fault('Connection to vps.example closed by remote host: timed out', { wasReady: true });
  assert.equal(found.code, 'SSH_BROKEN');
  assert.match(found.message, /lost before the answer/);
});

test('a shell that says something else is quoted', () => {
  const found = fault('', { code: 1, noise: 'This account is currently not available.\n' });
  assert.equal(found.code, 'SSH_BROKEN');
  assert.match(found.message, /exit code 1[^]*This account is currently not available/);
});

test('no Node and one that is too old are told apart', () => {
  assert.match(nodeLacks(TARGET, '').message, /There is no Node on root@vps\.example:2222/);
  assert.match(
    nodeLacks(TARGET, '16.20.0 /opt/my node/bin/node').message,
    /too old: 16\.20\.0 \(\/opt\/my node\/bin\/node\)/,
  );
});
