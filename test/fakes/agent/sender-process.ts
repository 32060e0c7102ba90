// An agent's spool and courier as a process of its own, so that it can be killed.
// node sender-process.ts FILE ADDRESS FINGERPRINT RUN COUNT: puts so many signals, prints "put RUN-N" when one is durable, "empty" when all are taken.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '#engine/system-clock.ts';
import { Courier } from '#host/courier.ts';
import { BrainLink } from '#host/link.ts';
import { Spool } from '#host/spool.ts';

const [file = '', address = '', fingerprint = '', run = '', count = '0'] = process.argv.slice(2);
const spool = new Spool(file, Date.now());
const now = (): number => Date.now();
const uplink = new BrainLink({ brain: { addresses: [address], fingerprint }, version: 'test', key: 'k', now });
const courier = new Courier({ spool, uplink, clock: systemClock, random: Math.random, onChange: () => undefined });
courier.start();
for (let n = 1; n <= Number(count); n += 1) {
  spool.put({ type: 'process', at: n, app: `${run}-${n}`, what: 'exit' });
  process.stdout.write(`put ${run}-${n}\n`);
  courier.nudge();
  await pause(Math.random() * 3);
}
while (spool.waiting.signals > 0) await pause(20);
process.stdout.write('empty\n');
await courier.stop();
uplink.close();
spool.close();
