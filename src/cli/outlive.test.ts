import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';

const OUTLIVE = JSON.stringify(new URL('./outlive.ts', import.meta.url).href);
const TERMINAL = JSON.stringify(new URL('./terminal.ts', import.meta.url).href);

/** Ends with 7 once a write has failed and all that follows from it has happened, and with 8 once a rejection was heard of. */
const ends = async (script: string): Promise<number | null> => {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { processTerminal } = await import(${TERMINAL}); const { outlive } = await import(${OUTLIVE}); processTerminal(); ${script}`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exit = once(child, 'exit');
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await exit) as [number | null];
  return code;
};

const WRITE = `const write = () => process.stdout.write('x', (error) => setImmediate(() => setImmediate(() => error ? process.exit(7) : write()))); write();`;

describe('a watch', () => {
  it('goes on when the pipe that it writes to is gone, unlike a command that only prints', async () => {
    assert.equal(await ends(`outlive(() => undefined); ${WRITE}`), 7);
    assert.equal(await ends(WRITE), 0);
  });

  it('goes on when a promise rejects that nobody waits for, and hears of it as a bug', async () => {
    assert.equal(await ends(`outlive(() => process.exit(8)); void Promise.reject(new Error('a slip'));`), 8);
  });
});
