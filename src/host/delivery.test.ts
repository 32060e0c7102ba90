import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openForReading } from '#store/sqlite/database.ts';
import type { HostSignal } from './contract.ts';

const FAKES = join(import.meta.dirname, '../../test/fakes/agent');

interface Started {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

describe('what an agent tells', () => {
  let dir: string;
  const children = new Set<ChildProcess>();
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-delivery-'));
  });
  after(async () => {
    await Promise.all([...children].map(kill));
    rmSync(dir, { recursive: true, force: true });
  });

  const kill = async (child: ChildProcess): Promise<void> => {
    children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const start = (program: string, ...words: readonly string[]): Started => {
    const child = spawn(process.execPath, [join(FAKES, program), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    return { child, lines: createInterface({ input: child.stdout }) };
  };
  const startBrain = async (port = '0') => {
    const { child, lines } = start('brain-process.ts', dir, port);
    const [line] = (await once(lines, 'line')) as [string];
    const [, listening = '', fingerprint = ''] = line.split(' ');
    return { child, port: listening, fingerprint };
  };

  it('arrives once and in order, however often agent and brain are killed', async () => {
    const told: string[] = [];
    let brain = await startBrain();
    const { port, fingerprint } = brain;
    const send = (run: number, count: number) => {
      const words = [join(dir, 'agent.db'), `127.0.0.1:${port}`, fingerprint, `r${run}`, String(count)];
      const started = start('sender-process.ts', ...words);
      const empty = new Promise<void>((resolve, reject) => {
        started.lines.on('line', (line) => {
          if (line === 'empty') return resolve();
          told.push(line.slice('put '.length));
        });
        started.child.once('exit', () => reject(new Error('it ended before all was taken')));
      });
      empty.catch(() => undefined);
      return { ...started, empty };
    };
    for (let run = 1; run <= 12; run += 1) {
      const { child, lines } = send(run, 10_000);
      await once(lines, 'line');
      await pause(Math.random() * 120);
      if (run % 2 === 0) {
        await kill(brain.child);
        if (run % 4 === 0) await pause(Math.random() * 150);
        brain = await startBrain(port);
        await pause(Math.random() * 120);
      }
      await kill(child);
    }
    await send(0, 1).empty;
    const database = openForReading(join(dir, 'taken.db'));
    const taken = database
      .prepare('SELECT body FROM taken ORDER BY seq')
      .all()
      .map((row) => (JSON.parse(String(row['body'])) as HostSignal & { readonly app: string }).app);
    database.close();
    assert.equal(new Set(taken).size, taken.length, 'none twice');
    const known = new Set(told);
    assert.deepEqual(
      taken.filter((name) => known.has(name)),
      told,
    );
    // A kill between the disk and the line that says so leaves at most one a run that was never said.
    assert.ok(taken.length - told.length <= 12);
  });
});
