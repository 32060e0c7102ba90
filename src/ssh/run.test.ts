import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import type { RemoteOptions } from '#ssh/run.ts';
import { controlFolder } from '#ssh/words.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { callFor, refusedWith, withSshd } from '../../test/fakes/ssh-calls.ts';
import { startSshd, type Sshd } from '../../test/fakes/sshd.ts';

const QUOTES = `it's "quoted" $(id) \`id\` ; & | \\ -rf * ~ é 🔴`;

let sshd: Sshd;
before(async () => {
  sshd = await startSshd({ path: `${dirname(process.execPath)}:/usr/bin:/bin` });
});
after(async () => sshd.close());

const call = async (errand: string, input: Json = {}, options: RemoteOptions = {}): Promise<unknown> =>
  callFor(sshd, errand, input, options);

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** The processes of ssh that this process has started. */
const clients = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.slice(1) ?? [];
        return name === 'ssh' && Number(parent) === process.pid;
      } catch (error) {
        // it ended while we looked
        assert.match(String(error), /ENOENT|ESRCH/);
        return false;
      }
    });

test('an errand gets its input untouched, whatever a shell would make of it, and gives its answer back', async () => {
  const { input, home } = (await call('echo', { words: QUOTES })) as { input: Json; home: string };
  assert.deepEqual(input, { words: QUOTES });
  assert.equal(home, sshd.home);
});

test('news come one by one before the answer', async () => {
  const news: Json[] = [];
  assert.equal(await call('steps', {}, { onProgress: (step) => news.push(step) }), null);
  assert.deepEqual(news, [{ step: 1 }, { step: 2 }, { step: 3 }]);
});

test('what a library prints there is neither news nor an answer', async () => {
  const news: Json[] = [];
  assert.equal(await call('chatty', {}, { onProgress: (step) => news.push(step) }), 'own words');
  assert.deepEqual(news, ['still heard']);
});

test('a Fault comes back as it is, a bug with its stack', async () => {
  const fault = await refusedWith(call('fault'), 'NOT_FOUND');
  assert.equal(fault.message, 'There is no app api.');
  assert.equal(fault.hint, 'Look: pm2 ls');
  await assert.rejects(call('bug'), (error: Error) => {
    assert.ok(!(error instanceof Fault));
    assert.match(error.message, /^on root@127\.0\.0\.1:\d+: TypeError: something of ours\n.*far-side\.mjs/);
    return true;
  });
});

test('an errand that is not there is a bug, also when it has the name of something in JavaScript', async () => {
  await assert.rejects(call('toString'), /there is no errand toString/);
});

test('megabytes go with a call, whole and in order', async () => {
  const parts = Array.from({ length: 40 }, (_, at) => randomBytes(at * 7919));
  const sent = Buffer.concat(parts);
  const attachment = (async function* () {
    yield* parts;
  })();
  assert.deepEqual(await call('sum', {}, { attachment }), {
    bytes: sent.length,
    sha256: createHash('sha256').update(sent).digest('hex'),
  });
});

test('calls share one connection, also two at once, in a folder that is nobody else’s', async () => {
  const connections = (): number => [...sshd.log().matchAll(/Accepted publickey/g)].length;
  await call('echo');
  const before = connections();
  await Promise.all([call('echo'), call('steps'), call('echo')]);
  assert.equal(connections(), before);
  assert.equal(statSync(controlFolder()).mode & 0o777, 0o700);
});

test('two first calls at once both succeed', async () => {
  await withSshd({}, async ({ target }) => {
    const both = await Promise.all([callFor({ target }, 'echo', 1), callFor({ target }, 'echo', 2)]);
    assert.deepEqual(
      both.map((one) => (one as { input: number }).input),
      [1, 2],
    );
  });
});

test('what start-up files print is no part of the answer, with or without an end of line', async () => {
  await withSshd({}, async ({ home, target }) => {
    writeFileSync(
      join(home, '.bashrc'),
      'echo "Welcome to vps! {\\"is\\":\\"result\\"}"\necho "on stderr" >&2\nprintf "no end of line"\n',
    );
    assert.deepEqual(((await callFor({ target }, 'echo', { a: 1 })) as { input: Json }).input, { a: 1 });
  });
});

test('start-up files that exit are named as what stands in the way, with what they said', async () => {
  await withSshd({}, async ({ home, target }) => {
    writeFileSync(join(home, '.bashrc'), 'echo "maintenance until noon"\nexit 3\n');
    const fault = await refusedWith(callFor({ target }, 'echo', {}), 'SSH_BROKEN');
    assert.match(fault.message, /exit code 3[^]*maintenance until noon/);
    assert.match(fault.hint, /\.bashrc/);
  });
});

test('when ssh is killed midway, what only looks ends, and the caller is told', async () => {
  await withSshd({}, async ({ dir, target }) => {
    const path = join(dir, 'looker');
    let looking: () => void = () => undefined;
    const isLooking = new Promise<void>((done) => (looking = done));
    const calling = refusedWith(callFor({ target }, 'look', { path }, { onProgress: () => looking() }), 'SSH_BROKEN');
    await isLooking;
    for (const pid of clients()) process.kill(pid, 'SIGKILL');
    const fault = await calling;
    assert.match(fault.message, /lost before the answer/);
    await eventually('the looker to end', () => !isAlive(Number(readFileSync(path, 'utf8'))));
  });
});

for (const [what, victims] of [
  ['ssh itself', clients],
  ['the shared connection', (other: Sshd) => other.masters()],
] as const)
  test(`when ${what} is killed midway, what changes something is finished there`, async () => {
    await withSshd({}, async (other) => {
      await callFor(other, 'echo', {});
      const path = join(other.dir, 'it’s "changed"');
      let halfDone: () => void = () => undefined;
      const isHalfDone = new Promise<void>((done) => (halfDone = done));
      const calling = refusedWith(callFor(other, 'change', { path }, { onProgress: () => halfDone() }), 'SSH_BROKEN');
      await isHalfDone;
      const pids = victims(other);
      assert.ok(pids.length > 0);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await calling;
      await eventually('the change to be finished', () => existsSync(path));
      assert.equal(readFileSync(path, 'utf8'), 'first half, second half');
      await eventually('its process to end', () => !isAlive(Number(readFileSync(`${path}.pid`, 'utf8'))));
    });
  });

test('a caller that wants no more ends the call', async () => {
  const path = join(sshd.dir, 'aborted');
  const ending = new AbortController();
  const calling = call('look', { path }, { signal: ending.signal, onProgress: () => ending.abort() });
  await assert.rejects(calling, { name: 'AbortError' });
  await eventually('the looker to end', () => !isAlive(Number(readFileSync(path, 'utf8'))));
});

test('an errand that takes too long is ended', async () => {
  const path = join(sshd.dir, 'late');
  const fault = await refusedWith(call('look', { path }, { timeoutMs: 50 }), 'SSH_UNREACHABLE');
  assert.match(fault.message, /was not done in 0\.05 s/);
});
