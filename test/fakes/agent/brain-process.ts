// A brain for agents as a process of its own, so that it can be killed: what it has taken stands in a file before it answers.
// node brain-process.ts FOLDER PORT: prints "listening PORT FINGERPRINT".
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fingerprintOf, openCertificate } from '#auth/certificate.ts';
import type { AgentSignals } from '#host/contract.ts';
import { openForWriting, inTransaction, numberOf } from '#store/sqlite/database.ts';

const [dir = '', port = '0'] = process.argv.slice(2);
const certificate = openCertificate(dir, ['localhost'], Date.now());
const database = openForWriting(join(dir, 'taken.db'));
database.exec('CREATE TABLE IF NOT EXISTS taken (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)');
const insert = database.prepare('INSERT INTO taken (seq, body) VALUES (?, ?)');

const take = ({ signals }: AgentSignals): number => {
  let highest = numberOf(database, 'SELECT coalesce(max(seq), 0) FROM taken');
  inTransaction(database, 'BEGIN', () => {
    for (const { seq, signal } of signals) {
      if (seq <= highest) continue;
      insert.run(seq, JSON.stringify(signal));
      highest = seq;
    }
  });
  return highest;
};

const server = createServer({ ...certificate }, (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const acked = take(JSON.parse(Buffer.concat(parts).toString('utf8')) as AgentSignals);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ acked, now: Date.now() }));
  });
});
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port} ${fingerprintOf(certificate.cert)}\n`);
});
