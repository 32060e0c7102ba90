/**
 * What a witness holds in memory after a while of watching, its own questions over TLS and the look at the own network included. Run:
 * `node bench/witness-memory.ts [seconds]` (60). Fails above 60 MiB.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fingerprintOf, openCertificate } from '../src/auth/certificate.ts';
import { reportAtMost } from './rig/figure.ts';
import { peakKb, residentKb } from './rig/process.ts';

const LIMIT_MIB = 60;
const SECONDS = Number(process.argv[2] ?? 60);
const BIN = join(import.meta.dirname, '../bin/dozor.js');
const EVERY_MS = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'dozor-bench-'));
const certificate = openCertificate(folder, ['127.0.0.1'], Date.now());
const briefing = {
  brain: { name: 'stand-in', startedAt: 0, healthy: true, problems: [] },
  services: Array.from({ length: 20 }, (_, at) => ({ name: `service ${at}`, url: `http://127.0.0.1/${at}` })),
  locale: 'en',
  everyMs: EVERY_MS,
};
let reports = 0;
const brain = createServer({ ...certificate }, (_, response) => {
  reports += 1;
  response.end(JSON.stringify(briefing));
});
await new Promise<void>((done) => void brain.listen(0, '127.0.0.1', done));
const address = `127.0.0.1:${(brain.address() as AddressInfo).port}`;
const dir = mkdtempSync(join(tmpdir(), 'dozor-bench-witness-'));
const membership = {
  brain: 'stand-in',
  name: 'bench',
  key: 'dzk_none',
  fingerprint: fingerprintOf(certificate.cert),
  addresses: [address],
};
writeFileSync(join(dir, 'witness.json'), JSON.stringify(membership));
const config = join(dir, 'witness.yaml');
writeFileSync(
  config,
  'contacts: [{ name: me, channels: [{ name: hook, kind: webhook, url: "http://127.0.0.1:9/", secret: s }] }]\n',
);

const witness = spawn(process.execPath, [BIN, 'witness', '--data', dir, '--config', config], { stdio: 'ignore' });
try {
  // asking ten times as often as usual, so that a minute shows what ten do
  await pause(SECONDS * 1_000);
  if (witness.pid === undefined || reports < SECONDS / 2) throw new Error(`only ${reports} reports in ${SECONDS} s`);
  console.log(`${reports} reports in ${SECONDS} s; peak ${(peakKb(witness.pid) / 1024).toFixed(1)} MiB`);
  reportAtMost('memory of a witness', residentKb(witness.pid) / 1024, LIMIT_MIB, ' MiB');
} finally {
  witness.kill();
  brain.close();
  brain.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}
