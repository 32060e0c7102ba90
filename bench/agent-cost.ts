/**
 * What an agent takes on a host with ten apps under a real PM2: memory and CPU of `dozor agent`, beside PM2's own daemon in the same span. Needs
 * `.cache/pm2-7`, which `node scripts/prepare.js` installs. Run: `node bench/agent-cost.ts [seconds]`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, openMending } from '../test/e2e/mending.ts';
import { startProgram } from '../test/e2e/program.ts';
import { LOOPBACK_CONTROLS } from '../test/e2e/settings.ts';
import { onStage } from './rig/brain.ts';
import { report, reportAtMost } from './rig/figure.ts';
import { cpuSeconds, residentKb } from './rig/process.ts';

const APPS = 10;
const MOST_MB = 80;
const SETTLE_MS = 30_000;

const [seconds = 60] = process.argv.slice(2).map(Number);

await onStage(async (stage) => {
  const endings: (() => Promise<void>)[] = [];
  const mending = await openMending({ after: (end) => endings.push(end) });
  await stage.keep({ close: async () => endings[0]?.() });
  const ports: number[] = [];
  for (let one = 0; one < APPS; one += 1) ports.push(await freePort());
  await mending.write({
    'src/server.js':
      'require("http").createServer((request, response) => response.end("{}")).listen(process.env.PORT);\n',
    'ecosystem.config.js': `module.exports = { apps: ${JSON.stringify(
      ports.map((port, at) => ({ name: `app-${at}`, script: 'src/server.js', env: { PORT: port } })),
    )} };\n`,
  });
  await mending.pm2('delete', 'onai-backend');
  await mending.pm2('start', 'ecosystem.config.js');
  const listen = `127.0.0.1:${await freePort()}`;
  const brain = await stage.brain({
    listen,
    config: {
      locale: 'en',
      timezone: 'UTC',
      network: LOOPBACK_CONTROLS,
      services: [{ name: 'api', monitors: [] }],
      hosts: [{ name: 'vps' }],
      apps: ports.map((port, at) => ({
        name: `app-${at}`,
        service: 'api',
        host: 'vps',
        dir: mending.dir,
        ecosystem: 'ecosystem.config.js',
        health: `http://127.0.0.1:${port}/`,
        artifacts: ['dist/'],
      })),
    },
  });
  const code = JSON.parse((await brain.dozor('hosts', 'code', 'vps', '--address', listen, '--json')).out) as {
    readonly code: string;
  };
  const data = join(stage.dir, 'agent');
  const joined = await mending.dozor('join', code.code, '--data', data);
  if (joined.code !== 0) throw new Error(joined.error);
  const agent = startProgram(['agent', '--data', data], { env: mending.env, cwd: mending.dir });
  await brain.until(
    'all apps to be seen up',
    async () => {
      const { body } = await brain.api('GET', '/apps');
      return (body.items as { readonly verdict: string }[]).every(({ verdict }) => verdict === 'up');
    },
    120_000,
  );
  await pause(SETTLE_MS);
  const daemon = Number(await readFile(join(mending.home, '.pm2/pm2.pid'), 'utf8'));
  const before = { agent: cpuSeconds(agent.pid), daemon: cpuSeconds(daemon) };
  await pause(seconds * 1_000);
  const used = { agent: cpuSeconds(agent.pid) - before.agent, daemon: cpuSeconds(daemon) - before.daemon };
  const mb = { agent: residentKb(agent.pid) / 1024, daemon: residentKb(daemon) / 1024 };
  reportAtMost(`Memory of the agent with ${APPS} apps`, mb.agent, MOST_MB, ' MiB', 0);
  const percent = (cpu: number): string => `${((cpu / seconds) * 100).toFixed(2)} %`;
  report({
    what: `CPU of the agent with ${APPS} apps, of one core, beside PM2's own daemon`,
    goal: '≤ 2 %',
    measured: `${percent(used.agent)}; PM2 ${percent(used.daemon)} and ${mb.daemon.toFixed(0)} MiB`,
    reached: used.agent / seconds <= 0.02,
  });
  agent.signal('SIGTERM');
  await agent.ended;
  await brain.stop();
});
