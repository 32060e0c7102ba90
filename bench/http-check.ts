/**
 * What an HTTP check costs: CPU of Dozor's check against a bare `node:http` loop with a new connection each, in alternating rounds against one server in
 * a process of its own. Run: `node bench/http-check.ts [checks a round] [rounds]`. Prints the CPU of both and the ratio (medians).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '#engine/system-clock.ts';
import { http } from '#monitor/kinds/http.ts';
import { createResolver } from '#network/resolver.ts';
import { reportAtMost } from './rig/figure.ts';
import { median } from './rig/numbers.ts';

const AT_ONCE = 20;
const LIMIT = 1.45;
const TIMEOUT_MS = 5_000;

const serve = async (): Promise<void> => {
  const body = JSON.stringify({ status: 'ok', uptime: 12_345, version: '1.2.3' });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1', 1_024), 'listening');
  process.send?.((server.address() as AddressInfo).port);
};

const bare = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (answer) => {
      answer.resume();
      answer.once('end', resolve);
    });
    request.once('error', reject);
  });

const checking = (port: number): (() => Promise<void>) => {
  const resolver = createResolver({ clock: systemClock });
  const expect = { json: { '$.status': 'ok' }, maxLatency: '2s' };
  const config = http.config.parse({ kind: 'http', url: `http://127.0.0.1:${port}/health`, expect }) as {
    kind: string;
  };
  return async () => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), TIMEOUT_MS);
    const context = {
      source: 'full',
      signal: deadline.signal,
      timeoutMs: TIMEOUT_MS,
      resolver,
      clock: systemClock,
    } as const;
    const result = await http.check?.(config, context);
    clearTimeout(timer);
    if (result?.class !== 'ok') throw new Error(`a check failed: ${JSON.stringify(result)}`);
  };
};

/** CPU seconds of so many askings, a fixed number of them at once. */
const measure = async (ask: () => Promise<void>, count: number): Promise<number> => {
  const before = process.cpuUsage();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
};

const run = async (count: number, rounds: number): Promise<void> => {
  const server = fork(import.meta.filename, ['serve']);
  const [port] = (await once(server, 'message')) as [number];
  const check = checking(port);
  const loop = (): Promise<void> => bare(port);
  for (const ask of [loop, check]) await measure(ask, count);
  const spent = { bare: [] as number[], check: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    spent.bare.push(await measure(loop, count));
    spent.check.push(await measure(check, count));
  }
  server.kill();
  const per = (seconds: number): string => ((seconds / count) * 10_000).toFixed(2);
  const [bareCpu, checkCpu] = [median(spent.bare), median(spent.check)];
  console.log(`bare node:http loop  ${per(bareCpu)} CPU s per 10,000`);
  console.log(`Dozor's HTTP check   ${per(checkCpu)} CPU s per 10,000`);
  reportAtMost('CPU of the HTTP check alone over a bare node:http loop', checkCpu / bareCpu, LIMIT, '', 2);
};

if (process.argv[2] === 'serve') await serve();
else await run(Number(process.argv[2] ?? 2_000), Number(process.argv[3] ?? 7));
