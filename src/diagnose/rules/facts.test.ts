import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { app, crash, dist, env, facts, GB, NOW, packages, source, up } from '../../../test/fakes/facts.ts';
import type { AppFacts } from '../app-facts.ts';
import type { Crash } from '../crash.ts';
import { known, unknown } from '../known.ts';
import { lastCrash } from '../last-crash.ts';
import { withLastChange } from '../last-change.ts';
import { diagnose } from './index.ts';

const SILENT: Crash = { output: '' };

const STALE = `Error: Cannot find module './db/connect'
Require stack:
- /srv/app/dist/server.js
- /srv/app/src/server.ts
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Object.<anonymous> (/srv/app/dist/server.js:3:12) {
  code: 'MODULE_NOT_FOUND'
}`;

const REFUSED = `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)
    at async connect (/srv/app/dist/db.js:3:1) {
  errno: -111,
  code: 'ECONNREFUSED',
  syscall: 'connect',
  address: '127.0.0.1',
  port: 5432
}`;

const TAKEN = `Error: listen EADDRINUSE: address already in use :::3000
    at Server.setupListenHandle [as _listen2] (node:net:1898:16) {
  code: 'EADDRINUSE',
  errno: -98,
  syscall: 'listen',
  address: '::',
  port: 3000
}`;

const says = (found: ReturnType<typeof diagnose>[number] | undefined, key: string): boolean =>
  found?.evidence.some((clue) => 'says' in clue && clue.says === key) === true;

describe('a build beside its source', () => {
  it('is the cause when the crash comes out of it, with how it came to be here', () => {
    const [first] = diagnose(crash(STALE), facts({ artifacts: known([dist]) }));
    assert.equal(first?.cause, 'stale-artifact');
    assert.ok(first.confidence >= 0.95);
    assert.equal(first.action, 'stale-artifacts');
    for (const key of ['artifact-appeared', 'built-from-other-text', 'entry-is-source'])
      assert.ok(says(first, key), key);
    const appeared = first.evidence.find((clue) => 'says' in clue && clue.says === 'artifact-appeared');
    assert.equal(appeared !== undefined && 'params' in appeared && appeared.params['beforeMs'], 12_000);
  });

  it('is not moved away when git tracks it', () => {
    const [first] = diagnose(crash(STALE), facts({ artifacts: known([{ ...dist, isTracked: known(true) }]) }));
    assert.equal(first?.cause, 'stale-artifact');
    assert.equal(first.action, undefined);
  });

  it('is no cause of a database that is away, though the error comes out of it', () => {
    const product = { ...dist, holdsEntry: true };
    const entry = known({ ...source, file: 'dist/server.js', artifact: 'dist' });
    const [first] = diagnose(crash(REFUSED), facts({ artifacts: known([product]), entry }));
    assert.equal(first?.cause, 'dependency-unreachable');
  });

  it('is found without a word, when source leads into it and it cannot be whole', () => {
    const entry = known({ ...source, leadsInto: [{ from: 'server.js', to: 'dist/server.js', artifact: 'dist' }] });
    const [first] = diagnose(SILENT, facts({ artifacts: known([dist]), entry }));
    assert.equal(first?.cause, 'stale-artifact');
    assert.ok(first.confidence >= 0.8);
  });

  it('does not outrank a package that package.json lists and nobody installed', () => {
    const output = STALE.replace("'./db/connect'", "'express'");
    const missing = known({ ...packages, missing: ['express'] });
    const [first] = diagnose(crash(output), facts({ artifacts: known([dist]), packages: missing }));
    assert.equal(first?.cause, 'package-missing');
  });
});

describe('facts beside a crash', () => {
  it('name who holds the port', () => {
    const ports = known([{ port: 3_000, address: '::', pid: 77, program: 'node', command: 'node /srv/old/server.js' }]);
    const [first] = diagnose(crash(TAKEN), facts({}, { ports }));
    assert.equal(first?.cause, 'port-in-use');
    assert.match(String(first.params['owner']), /old\/server\.js.*77/);
  });

  it('say that a port is free by now', () => {
    const [first] = diagnose(crash(TAKEN), facts());
    assert.equal(first?.cause, 'port-in-use');
    assert.ok(says(first, 'port-free-now'));
  });

  it('name the variable that the failing line reads', () => {
    const output =
      "TypeError [ERR_INVALID_URL]: Invalid URL\n    at new URL (node:internal/url:806:29)\n    at Object.<anonymous> (/srv/app/src/db.ts:4:9) {\n  code: 'ERR_INVALID_URL',\n  input: 'undefined'\n}";
    const missing = [{ name: 'DATABASE_URL', file: 'src/db.ts', line: 4 }];
    const [first] = diagnose(crash(output), facts({ environment: known({ ...env, missing }) }));
    assert.equal(first?.cause, 'env-missing');
    assert.equal(first.params['names'], 'DATABASE_URL');
    assert.ok(first.confidence >= 0.9);
  });

  it('show where the room of a full disk went', () => {
    const disks = known([
      { mount: '/', totalBytes: 40 * GB, freeBytes: 0, inodesTotal: 1_000, inodesFree: 900, isReadOnly: false },
    ]);
    const largest = known([{ path: '/root/.pm2/logs', bytes: 30 * GB, files: 2 }]);
    const output =
      "Error: ENOSPC: no space left on device, write\n    at writeSync (node:fs:924:3) {\n  code: 'ENOSPC'\n}";
    const [first] = diagnose(crash(output), facts({}, { disks, largest }));
    assert.equal(first?.cause, 'disk-full');
    assert.ok(says(first, 'room-left') && says(first, 'takes-room'));
  });

  it('tell the kernel from a person with kill -9', () => {
    const exits = [{ at: NOW - 20_000, signal: 'SIGKILL' }];
    const logs = known({ errorLines: [], outLines: [], exits, starts: [] });
    const kill = { pid: 31, program: 'node', at: NOW - 20_800, isGroupLimit: false, rssBytes: GB };
    const [first] = diagnose({ output: '', signal: 'SIGKILL' }, facts({ logs }, { oomKills: known([kill]) }));
    assert.equal(first?.cause, 'kernel-out-of-memory');
    for (const oomKills of [known([]), known([{ ...kill, at: NOW - 900_000 }])]) {
      const [other] = diagnose({ output: '', signal: 'SIGKILL' }, facts({ logs }, { oomKills }));
      assert.equal(other?.cause, 'killed-by-signal');
    }
    const quiet = known({ errorLines: [], outLines: [], exits: [], starts: [] });
    const found = diagnose(SILENT, facts({ ...up, logs: quiet }, { oomKills: known([kill]) }));
    assert.ok(!found.some(({ cause }) => cause === 'kernel-out-of-memory'), 'killed was another program');
  });

  it('say whether the database answers by now', () => {
    const one = { name: 'DATABASE_URL', kind: 'postgres', host: '127.0.0.1', port: 5_432, tookMs: 2 };
    const [away] = diagnose(
      crash(REFUSED),
      facts({ dependencies: known([{ ...one, answers: false, error: 'ECONNREFUSED' }]) }),
    );
    assert.ok(says(away, 'server-silent'));
    const [back] = diagnose(crash(REFUSED), facts({ dependencies: known([{ ...one, answers: true }]) }));
    assert.equal(back?.cause, 'dependency-unreachable');
    assert.ok(says(back, 'server-answers-now'));
  });

  it('name a start file that is not there, and what may not be read', () => {
    const [gone] = diagnose(SILENT, facts({ entry: known({ ...source, exists: false }) }));
    assert.equal(gone?.cause, 'entry-missing');
    const denied = known([{ path: 'env.env', needs: 'read', user: 'www-data', why: 'rights' } as const]);
    const output =
      "Error: EACCES: permission denied, open '/srv/app/env.env'\n    at openSync (node:fs:600:3) {\n  code: 'EACCES',\n  path: '/srv/app/env.env'\n}";
    const [first] = diagnose(crash(output), facts({ denied }));
    assert.equal(first?.cause, 'permission-denied');
    assert.ok(says(first, 'may-not-read'));
  });
});

describe('what is known of the last crash', () => {
  const logs = (errorAt: number) =>
    known({ errorLines: TAKEN.split('\n'), errorAt, outLines: [], exits: [{ at: NOW - 20_000, code: 1 }], starts: [] });

  it('is the end of the error log, unless that is older than the last exit', () => {
    assert.match(lastCrash(app({ logs: logs(NOW - 20_000) }), NOW).output, /EADDRINUSE/);
    assert.equal(lastCrash(app({ logs: logs(NOW - 3_600_000) }), NOW).output, '');
  });

  it('is nothing for an app that has been up for long', () => {
    assert.equal(lastCrash(app({ ...up, logs: logs(NOW - 20_000) }), NOW + 3_600_000).output, '');
    assert.match(lastCrash(app({ ...up, logs: logs(NOW - 20_000) }), NOW).output, /EADDRINUSE/);
  });

  it('gets what changed last before it as a clue', () => {
    const changes = known([
      { at: NOW - 1_000, what: 'env-file', path: 'env.env' } as const,
      { at: NOW - 32_000, what: 'git-head', path: 'abc', detail: 'pull' } as const,
    ]);
    const all = facts({ changes });
    const [first] = withLastChange(diagnose(crash(TAKEN), all), all);
    const change = first?.evidence.at(-1);
    assert.deepEqual(change !== undefined && 'params' in change && change.params, {
      what: 'git-head',
      path: 'abc',
      detail: 'pull',
      beforeMs: 12_000,
    });
  });
});

describe('circumstances alone', () => {
  const bad: Partial<AppFacts> = {
    artifacts: known([dist]),
    environment: known({ ...env, missing: [{ name: 'A_KEY', file: 'a.ts', line: 1 }] }),
    packages: known({ ...packages, missing: ['left-pad'], broken: ['half'] }),
    denied: known([{ path: 'logs', needs: 'write', user: 'deploy', why: 'rights' }]),
    dependencies: known([
      {
        name: 'REDIS_URL',
        kind: 'redis',
        host: '10.0.0.9',
        port: 6_379,
        answers: false,
        error: 'ETIMEDOUT',
        tookMs: 9,
      },
    ]),
    node: known({ runsOn: 'v18.0.0', wanted: [{ from: '.nvmrc', range: '22', isMet: false, isTooOld: true }] }),
  };

  it('never outrank what the crash itself says', () => {
    for (const output of [
      TAKEN,
      REFUSED,
      'SyntaxError: Unexpected identifier\n    at wrapSafe (node:internal/modules/cjs/loader:1378:20)',
      'TypeError: total is not iterable\n    at sum (/srv/app/src/sum.ts:9:2)',
    ]) {
      const [alone] = diagnose(crash(output));
      const [withFacts] = diagnose(crash(output), facts(bad));
      assert.equal(withFacts?.cause, alone?.cause, output);
    }
  });

  it('claim nothing of an app that is up', () => {
    for (const finding of diagnose(SILENT, facts({ ...bad, ...up })))
      assert.ok(finding.confidence < 0.5, `${finding.cause} ${finding.confidence}`);
    assert.deepEqual(
      diagnose(SILENT, facts(up)).filter(({ cause }) => cause !== 'unknown' && cause !== 'unsettled-await'),
      [],
    );
  });

  it('never throw, whatever is known and whatever the crash says', () => {
    const parts = Object.entries(bad);
    fc.assert(
      fc.property(fc.string(), fc.subarray(parts), fc.subarray(Object.keys(app())), (output, some, lost) => {
        const ofApp = {
          ...Object.fromEntries(some),
          ...Object.fromEntries(
            lost
              .filter((key) => key !== 'name' && key !== 'dir' && key !== 'port')
              .map((key) => [key, unknown('late')]),
          ),
        };
        for (const { confidence, evidence } of diagnose(crash(output), facts(ofApp))) {
          assert.ok(confidence >= 0 && confidence <= 1);
          assert.ok(evidence.length > 0);
        }
      }),
    );
  });
});
