import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startSshd } from '../fakes/sshd.ts';
import { openStage } from './harness.ts';
import { configuration, service } from './settings.ts';

const BROUGHT_MS = 120_000;

/** A process ends by its number; one that has ended already is what is wanted. */
const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** What a process was called with; empty when it is gone. */
const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // gone between two looks
    return '';
  }
};

const processNumbers = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);

/** The processes that run from below a folder. */
const runningFrom = (folder: string): readonly number[] =>
  processNumbers().filter((pid) => commandOf(pid).includes(folder));

test('an agent is brought to another machine over ssh, reports, is brought again for nothing, and is taken away', async (t) => {
  const stage = openStage(t);
  const sshd = await startSshd();
  t.after(async () => {
    for (const pid of runningFrom(sshd.home)) end(pid);
    await sshd.close();
  });
  const brain = await stage.brain({
    config: configuration({ services: [service('api', [])], more: { hosts: [{ name: 'vps' }] } }),
  });
  const { port, configFile = '' } = sshd.target;
  const far = ['vps', '--ssh', `root@127.0.0.1:${port}`, '--ssh-config', configFile];
  const address = new URL(brain.url).host.replace('localhost', '127.0.0.1');

  const dry = await brain.dozor('agent', 'install', ...far, '--address', address, '--dry-run');
  assert.equal(dry.code, 0, dry.out + dry.error);
  assert.match(dry.out, /Nothing was changed/);
  assert.deepEqual(runningFrom(sshd.home), []);

  const brought = await brain.dozor('agent', 'install', ...far, '--address', address, '--yes');
  assert.equal(brought.code, 0, brought.out + brought.error);
  assert.match(brought.out, /The agent of vps runs and reports/);
  const connected = async (): Promise<boolean> => (await brain.api('GET', '/hosts/vps')).body?.agent === 'connected';
  await brain.until('the agent to be connected', connected, BROUGHT_MS);

  const again = await brain.dozor('agent', 'install', ...far, '--yes', '--json');
  assert.equal(again.code, 0, again.out + again.error);
  assert.equal((JSON.parse(again.out) as { readonly changed: boolean }).changed, false);

  const gone = await brain.dozor('agent', 'uninstall', ...far, '--yes');
  assert.equal(gone.code, 0, gone.out + gone.error);
  assert.deepEqual(runningFrom(sshd.home), []);
  await brain.stop();
});
