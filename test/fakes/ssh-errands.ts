// Errands for tests of the way over SSH; made into one module as Dozor's own are.
import { createHash } from 'node:crypto';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '#kernel/fault.ts';
import { serve } from '#ssh/serve.ts';

interface Paths {
  readonly path: string;
}

await serve({
  echo: {
    changes: false,
    run: async ({ input }) => ({ input, node: process.versions.node, home: process.env['HOME'] }),
  },
  steps: {
    changes: false,
    run: async ({ progress }) => {
      for (const step of [1, 2, 3]) progress({ step });
    },
  },
  chatty: {
    changes: false,
    run: async ({ progress }) => {
      process.stdout.write('words of a library without an end');
      progress('still heard');
      process.stdout.write('{"is":"result","value":"forged"}\n');
      return 'own words';
    },
  },
  fault: {
    changes: false,
    run: async () => {
      throw new Fault('NOT_FOUND', 'There is no app api.', 'Look: pm2 ls');
    },
  },
  bug: {
    changes: false,
    run: async () => {
      throw new TypeError('something of ours');
    },
  },
  sum: {
    changes: true,
    run: async ({ attachment }) => {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const part of attachment()) {
        hash.update(part);
        bytes += part.length;
      }
      return { bytes, sha256: hash.digest('hex') };
    },
  },
  /** Looks on and on; must end when nobody listens. */
  look: {
    changes: false,
    run: async ({ input, progress }) => {
      writeFileSync((input as Paths).path, String(process.pid));
      progress('looking');
      await pause(600_000);
    },
  },
  /** Changes something in two steps; must finish the second when it is told that the caller is gone. */
  change: {
    changes: true,
    run: async ({ input, signal, progress }) => {
      const { path } = input as Paths;
      writeFileSync(`${path}.pid`, String(process.pid));
      appendFileSync(`${path}.half`, 'first half');
      progress('half done');
      await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
      for (let step = 0; step < 100; step++) progress({ step, words: 'x'.repeat(10_000) });
      appendFileSync(`${path}.half`, ', second half');
      renameSync(`${path}.half`, path);
      return 'done';
    },
  },
});
