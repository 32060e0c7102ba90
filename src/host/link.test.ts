import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fingerprintOf, openCertificate, type OwnCertificate } from '#auth/certificate.ts';
import { BrainLink } from './link.ts';

const MOMENT = 1_800_000_000_000;

describe("an agent's link", () => {
  const servers: Server[] = [];
  const links: BrainLink[] = [];
  const sockets = new Set<Socket>();
  let dir: string;
  let own: OwnCertificate;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-agent-link-'));
    own = openCertificate(dir, ['localhost'], Date.now());
  });
  after(() => {
    for (const link of links) link.close();
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const brain = async (
    answer: (body: Record<string, unknown>, request: IncomingMessage, response: ServerResponse) => void,
  ) =>
    listen(
      createServer({ ...own }, (request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () =>
          answer(JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>, request, response),
        );
      }),
    );
  const linkTo = (addresses: readonly string[], fingerprint = fingerprintOf(own.cert)): BrainLink => {
    const link = new BrainLink({
      brain: { addresses, fingerprint },
      version: '1.2.3',
      key: 'dzk_x',
      now: () => MOMENT,
      briefing: () => 'r7',
    });
    links.push(link);
    return link;
  };

  it('hands over signals with key and version, over one connection that stays open', async () => {
    const seen: unknown[] = [];
    let connections = 0;
    const address = await brain((body, request, response) => {
      seen.push([request.url, request.headers['x-dozor-agent'], body]);
      response.end(JSON.stringify({ acked: 7, now: MOMENT }));
    });
    servers.at(-1)?.on('secureConnection', () => {
      connections += 1;
    });
    const link = linkTo([address]);
    const signal = { type: 'process', at: 1, app: 'api', what: 'exit' } as const;
    for (let round = 0; round < 3; round += 1) assert.equal(await link.hand([{ seq: 7, signal }]), 7);
    const said = { signals: [{ seq: 7, signal }], protocol: 1, version: '1.2.3' };
    assert.deepEqual(seen[2], ['/api/v1/agents/signals', 'dzk_x', said]);
    assert.equal(connections, 1);
  });

  it('names the briefing that it has while it listens, and sees how wrong its clock is', async () => {
    const address = await brain((body, _, response) => {
      const briefing = { revision: 'r8', host: 'vps', apps: [] };
      const orders = body['briefing'] === 'r7' ? [] : 'wrong';
      response.end(JSON.stringify({ orders, briefing, now: MOMENT - 90_000 }));
    });
    const link = linkTo([address]);
    const news = await link.listen(new AbortController().signal);
    assert.deepEqual(news, { orders: [], briefing: { revision: 'r8', host: 'vps', apps: [] } });
    assert.equal(link.clockSkewMs, 90_000);
  });

  it('asks again at once when the connection that was kept has gone', async () => {
    let asked = 0;
    const address = await brain((_, request, response) => {
      asked += 1;
      if (asked === 2) return void request.socket.destroy();
      response.end(JSON.stringify({ acked: asked, now: MOMENT }));
    });
    const link = linkTo([address]);
    assert.equal(await link.hand([]), 1);
    assert.equal(await link.hand([]), 3);
  });

  it('sends nothing to another certificate, and says so even when other addresses are silent', async () => {
    let asked = 0;
    const address = await brain(() => {
      asked += 1;
    });
    const link = linkTo(['127.0.0.1:1', address], '0'.repeat(64));
    await assert.rejects(link.hand([]), { code: 'JOIN_REFUSED', message: /another certificate/ });
    assert.equal(asked, 0);
  });

  it('goes on to the next address when one refuses, and when one hangs', async () => {
    const hanging = await listen(createTcp(() => undefined));
    const address = await brain((_, __, response) => response.end(JSON.stringify({ acked: 1, now: MOMENT })));
    assert.equal(await linkTo(['127.0.0.1:1', hanging, address]).hand([]), 1);
  });

  it("passes on the brain's own refusal, and calls silence and strangers by their names", async () => {
    const refusing = await brain((_, __, response) =>
      response.writeHead(409).end(JSON.stringify({ code: 'CONFLICT', detail: 'Too old.', hint: 'Update it.' })),
    );
    await assert.rejects(linkTo([refusing]).hand([]), { code: 'CONFLICT', message: 'Too old.', hint: 'Update it.' });
    await assert.rejects(linkTo(['127.0.0.1:1']).hand([]), { code: 'BRAIN_UNREACHABLE', message: /ECONNREFUSED/ });
    const stranger = await brain((_, __, response) => response.end('<html>'));
    await assert.rejects(linkTo([stranger]).hand([]), { code: 'BRAIN_UNREACHABLE', message: /no Dozor/ });
  });

  it('stops listening when it is told to', async () => {
    const address = await brain(() => over.abort());
    const over = new AbortController();
    await assert.rejects(linkTo([address]).listen(over.signal));
  });
});
