/**
 * The local server that is watched in measurements, a process of its own. Counts requests, and tells on demand when each path was asked:
 * send `count`, `arrivals` or `forget`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const BODY = JSON.stringify({ status: 'ok', uptime: 12_345, version: '1.2.3' });
const HEADERS = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };

let count = 0;
const arrivals = new Map<string, number[]>();

const server = createServer((request, response) => {
  count += 1;
  const path = request.url ?? '';
  if (path.startsWith('/m/')) {
    const seen = arrivals.get(path);
    const at = performance.timeOrigin + performance.now();
    if (seen === undefined) arrivals.set(path, [at]);
    else seen.push(at);
  }
  response.writeHead(200, HEADERS).end(BODY);
});

process.on('message', (ask: string) => {
  if (ask === 'forget') arrivals.clear();
  process.send?.(ask === 'arrivals' ? [...arrivals] : count);
});
process.once('disconnect', () => process.exit());
await once(server.listen(0, '127.0.0.1', 4_096), 'listening');
process.send?.((server.address() as AddressInfo).port);
