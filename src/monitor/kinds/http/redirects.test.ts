import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { askOnce } from '../../../../test/fakes/asking.ts';
import { serveWeb as serve } from '../../../../test/fakes/web.ts';
import type { CheckResult } from '../../check.ts';

const ask = async (url: string, more: object = {}): Promise<CheckResult> =>
  await askOnce({ kind: 'http', url, ...more });

const code = async (url: string, more: object = {}): Promise<string> => (await ask(url, more)).reason?.code ?? 'ok';

describe('redirects', () => {
  it('are followed, summing the phases, and judged by the last answer', async (test) => {
    const url = await serve(test, (request, response) => {
      if (request.url === '/end') return response.end('here');
      return response.writeHead(302, { location: request.url === '/' ? '/next' : '/end' }).end();
    });
    const result = await ask(url, { expect: { keyword: 'here' } });
    assert.equal(result.class, 'ok');
    assert.equal(await code(url, { redirects: 1 }), 'http.redirect-loop');
    assert.equal((await ask(url, { redirects: 0 })).reason?.code, 'http.status');
    assert.equal(await code(url, { expect: { status: 302 } }), 'ok');
  });

  it('without end are told as a loop', async (test) => {
    const url = await serve(test, (request, response) =>
      response.writeHead(301, { location: request.url === '/a' ? '/b' : '/a' }).end(),
    );
    const result = await ask(`${url}/a`, { redirects: 20 });
    assert.equal(result.reason?.code, 'http.redirect-loop');
    assert.match(String(result.reason.params['location']), /\/a$/);
  });

  it('to another host carry neither sign-in nor configured headers; to the same host they do', async (test) => {
    const seen: (string | undefined)[] = [];
    const note: RequestListener = (request, response) => {
      seen.push(request.headers['authorization'], request.headers['x-key'] as string | undefined);
      response.end();
    };
    const other = await serve(test, note);
    const url = await serve(test, (request, response) => {
      if (request.url === '/same') return note(request, response);
      const location = request.url === '/' ? other.replace('127.0.0.1', 'localhost') : '/same';
      return response.writeHead(307, { location }).end();
    });
    const secrets = { auth: { bearer: 'b' }, headers: { 'x-key': 'k' } };
    await ask(url, secrets);
    await ask(`${url}/go`, secrets);
    assert.deepEqual(seen, [undefined, undefined, 'Bearer b', 'k']);
  });

  it('turn a POST into a GET, but for 307 and 308', async (test) => {
    const seen: string[] = [];
    const url = await serve(test, (request, response) => {
      const status = Number(request.url?.slice(1));
      if (status > 0) return response.writeHead(status, { location: '/' }).end();
      seen.push(String(request.method));
      return response.end();
    });
    for (const status of [301, 302, 303, 307, 308]) await ask(`${url}/${status}`, { method: 'POST', body: 'x' });
    assert.deepEqual(seen, ['GET', 'GET', 'GET', 'POST', 'POST']);
  });
});
