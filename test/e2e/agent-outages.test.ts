import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramMessage } from '../fakes/telegram.ts';
import { openStage, type RunningBrain } from './harness.ts';
import { freePort, openMending, type Mending } from './mending.ts';
import { configuration, service, telegram } from './settings.ts';

const APP = 'onai-backend';
const WITHIN_MS = 120_000;

/** Serves health, after what stands before it went well. */
const server = (port: number, first = ''): string => `${first}
require('http').createServer((request, response) => response.end('{}')).listen(${port}, '127.0.0.1');
`;

const listen = async (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const one = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1', () => resolve(one));
  });

/** An app under a PM2 of its own, a brain with its agent, a phone; opened before the tests of the suite. */
const openWatch = () => {
  const stage = openStage({ after });
  const endings: (() => Promise<void>)[] = [];
  after(async () => {
    for (const end of endings) await end();
  });
  let mending: Mending;
  let tg: FakeTelegram;
  let brain: RunningBrain;

  const untilUp = async (): Promise<void> => {
    const isWell = async (): Promise<boolean> => {
      const [app, incidents] = [
        await brain.api('GET', `/apps/${APP}`),
        await brain.api('GET', '/incidents?state=open'),
      ];
      return app.body?.verdict === 'up' && incidents.body.items.length === 0;
    };
    await brain.until('the app to be well and its incident over', isWell, WITHIN_MS);
  };
  /** The first message that fits among those that came after `from` others. */
  const told = async (from: number, what: string, fits: RegExp): Promise<FakeTelegramMessage> =>
    brain.until(what, async () => tg.messages.items.slice(from).find(({ text }) => fits.test(text)), WITHIN_MS);
  const restart = async (text: string): Promise<void> => {
    await mending.write({ 'src/server.js': text });
    await mending.pm2('restart', APP);
  };
  /** Breaks it by this source, waits for what is told, mends it. */
  const causeOf = async (text: string, fits: RegExp): Promise<FakeTelegramMessage> => {
    const from = tg.messages.items.length;
    await restart(text);
    const message = await told(from, `a message that fits ${fits}`, fits);
    await restart(server(mending.port));
    await told(from, 'the end', /🟢 api works again/);
    await untilUp();
    return message;
  };

  before(async () => {
    mending = await openMending({ after: (end) => endings.push(end) });
    // a small heap, so that its limit is reached soon
    const heap = "node_args: '--max-old-space-size=40'";
    await mending.write({
      'src/server.js': server(mending.port),
      'ecosystem.config.js': `module.exports = { apps: [{ name: '${APP}', script: 'src/server.js', ${heap} }] };\n`,
    });
    await mending.pm2('delete', APP);
    await mending.pm2('start', 'ecosystem.config.js');
    tg = await stage.keep(startFakeTelegram());
    brain = await stage.brain({
      env: mending.env,
      config: configuration({
        services: [service('api', [])],
        channels: [telegram(tg)],
        // as it is by default: what passes sooner wakes nobody
        detection: { loudAfter: '45s' },
        more: {
          hosts: [{ name: 'vps', local: true }],
          apps: [
            { name: APP, dir: mending.dir, ecosystem: 'ecosystem.config.js', health: mending.health, repair: 'ask' },
          ],
        },
      }),
    });
    await untilUp();
  });
  return { untilUp, told, restart, causeOf, mending: () => mending, tg: () => tg, brain: () => brain };
};

describe('outages of an app under a real PM2, with the agent inside the brain', () => {
  const watch = openWatch();

  it('a package that is not installed is named at once and aloud', async () => {
    const message = await watch.causeOf(server(watch.mending().port, "require('express');"), /express/);
    assert.match(message.text, /🔴 api is down/);
    assert.equal(message.silent, false);
  });

  it('a variable that is missing is named', async () => {
    const first = "if (!process.env.JWT_SECRET) throw new Error('JWT_SECRET is required');";
    await watch.causeOf(server(watch.mending().port, first), /JWT_SECRET/);
  });

  it('a port that somebody else holds is named', async (t) => {
    const taken = await freePort();
    const holder = await listen(taken);
    t.after(() => void holder.close());
    await watch.causeOf(server(taken), new RegExp(`${taken}`));
  });

  it('a heap at its limit is named', async () => {
    const fill = 'const all = []; for (;;) all.push(new Array(10_000).fill(all.length));';
    await watch.causeOf(fill, /memory/i);
  });

  it('a process that PM2 calls online while its port stays closed is down', async () => {
    const message = await watch.causeOf("setInterval(() => {}, 1000); Promise.reject(new Error('no pool'));", /online/);
    assert.match(message.text, new RegExp(`${watch.mending().port}`));
  });

  it('a restart by hand alerts nobody', async () => {
    const before = watch.tg().messages.items.length;
    await watch.mending().pm2('restart', APP);
    await watch.mending().pm2('restart', APP);
    await watch.untilUp();
    const said = watch
      .tg()
      .messages.items.slice(before)
      .map(({ text }) => text);
    assert.deepEqual(said, []);
  });
});

describe('an outage that passes', () => {
  const watch = openWatch();

  it('a database that is away for a while wakes nobody, and the app is back by itself', async (t) => {
    const database = await freePort();
    const first = await listen(database);
    t.after(() => void first.close());
    const connects = `const socket = require('net').connect(${database}, '127.0.0.1'); socket.on('error', (error) => { throw error; });`;
    await watch.mending().write({
      'ecosystem.config.js': `module.exports = { apps: [{ name: '${APP}', script: 'src/server.js', max_restarts: 3, min_uptime: '30s' }] };\n`,
      'src/server.js': server(watch.mending().port, connects),
    });
    await watch.mending().pm2('reload', 'ecosystem.config.js');
    await watch.untilUp();
    const from = watch.tg().messages.items.length;
    first.close();
    await watch.mending().pm2('sendSignal', 'SIGKILL', APP);
    const given = async (): Promise<boolean> => (await watch.mending().pm2('jlist')).includes('"status":"errored"');
    await watch.brain().until('PM2 to have given up', given, WITHIN_MS);
    const second = await listen(database);
    t.after(() => void second.close());
    await watch.untilUp();
    assert.equal(await watch.mending().status(), 200);
    const loud = watch
      .tg()
      .messages.items.slice(from)
      .filter(({ silent, method }) => method === 'sendMessage' && !silent);
    assert.deepEqual(
      loud.map(({ text }) => text),
      [],
    );
  });
});
