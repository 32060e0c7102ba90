import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '#kernel/fault.ts';
import { compile } from './compile.ts';
import type { SecretSource } from './contract.ts';
import { defaultConfig } from './defaults.ts';
import { secretsFrom } from './environment.ts';
import { loadConfig, loadText } from './load.ts';
import { merge } from './merge.ts';

const EXAMPLE = join(import.meta.dirname, '../../test/fixtures/dozor.yaml');
const BOT = `123456:${'A'.repeat(35)}`;
const none: SecretSource = { env: () => undefined, file: () => undefined };
const every: SecretSource = {
  env: (name) => (name === 'TELEGRAM_BOT_TOKEN' ? BOT : `value of ${name}`),
  file: () => undefined,
};
const load = (text: string, secrets = none): ReturnType<typeof loadText> => loadText(text, 'dozor.yaml', secrets);
const folder = (): string => mkdtempSync(join(tmpdir(), 'dozor-config-'));
const code = (wanted: string, words: RegExp) => (error: unknown) =>
  error instanceof Fault && error.code === wanted && words.test(error.message);

const SMALL = 'services: [{ name: api, monitors: [{ name: health, kind: http, url: "https://a.example" }] }]\n';

test('the example is right as a whole, and only deploys are not acted on yet', async () => {
  const config = await loadConfig(EXAMPLE, every);
  assert.deepEqual(config.warnings, []);
  assert.deepEqual(config.notActedOn, ['deploy of onai-backend']);
  assert.deepEqual(config.files, [EXAMPLE]);
  assert.deepEqual(
    config.definitions.map(({ kind, parent, name }) =>
      [kind, parent, name].filter((part) => part !== undefined).join('/'),
    ),
    [
      'service/OnAI Backend API',
      'monitor/OnAI Backend API/health',
      'monitor/OnAI Backend API/certificate',
      'monitor/OnAI Backend API/nightly backup',
      'contact/duty',
      'channel/duty/tg',
      'channel/duty/sms',
      'channel/duty/call',
      'contact/team',
      'channel/team/mail',
      'channel/team/hook',
      'policy/default',
      'watcher/office',
      'watcher/outside',
      'maintenance/weekly restart',
      'host/vps',
      'app/onai-backend',
    ],
  );
});

test('definitions are as written: references stand unresolved, numbers are exact, places are known', async () => {
  const { definitions } = await loadConfig(EXAMPLE, every);
  const channel = definitions.find(({ name }) => name === 'tg');
  assert.deepEqual(channel?.spec, {
    kind: 'telegram',
    botToken: '${TELEGRAM_BOT_TOKEN}',
    chatId: -1_001_234_567_890,
    allow: [11_111_111],
  });
  assert.deepEqual(channel?.place, { file: EXAMPLE, line: 35, column: 17 });
  assert.deepEqual(
    definitions.map(({ position }) => position),
    definitions.map((_, index) => index),
  );
});

test('settings come from the file, else from the defaults', () => {
  const { settings } = load(
    'listen: "[::1]:0"\npublicUrl: https://a.example/\ndetection: { minSpan: 2s, storm: { hold: 1s } }\n',
  );
  assert.deepEqual(settings.listen, { host: '::1', port: 0 });
  assert.equal(settings.publicUrl, 'https://a.example');
  assert.equal(settings.detection.minSpanMs, 2_000);
  assert.equal(settings.detection.storm.holdMs, 1_000);
  const { settings: byDefault } = defaultConfig(none);
  assert.equal(settings.detection.storm.suspects, byDefault.detection.storm.suspects);
  assert.deepEqual(settings.retention, byDefault.retention);
  assert.deepEqual(byDefault.listen, { host: '127.0.0.1', port: 4_600 });
});

test('a byte-order mark and Windows line ends change nothing', () => {
  assert.deepEqual(
    load(`\uFEFF${SMALL.replaceAll('\n', '\r\n')}`).definitions.map(({ name, spec }) => [name, spec]),
    load(SMALL).definitions.map(({ name, spec }) => [name, spec]),
  );
});

test('a reference that stands alone may stand for a number or a yes-or-no', () => {
  const env = secretsFrom({ PORT: '5432', PAUSED: 'true', HOST: 'db.example', EVERY: '10s' });
  const text =
    'services: [{ name: db, monitors: [{ name: p, kind: tcp, host: "${HOST}", port: "${PORT}", paused: "${PAUSED}", every: "${EVERY}" }] }]';
  assert.equal(load(text, env).definitions.length, 2);
});

test('a monitor of every kind can be written, named and compiled', () => {
  const { definitions } = load(`services:
  - name: all
    monitors:
      - { name: web, kind: http, url: "https://a.example" }
      - { name: port, kind: tcp, host: a.example, port: 1 }
      - { name: certificate, kind: tls, host: a.example }
      - { name: records, kind: dns, host: a.example, type: MX }
      - { name: echo, kind: ping, host: a.example }
      - { name: job, kind: heartbeat, every: 1h }
`);
  let count = 0;
  const make = { id: () => `id${(count += 1)}`, num: () => count, now: 0 };
  const compiled = merge([], definitions, 'file', make).resources.map((resource) => compile(resource, none));
  assert.deepEqual(
    compiled.flatMap((one) => (one.kind === 'monitor' ? [`${one.value.name}: ${one.value.kind}`] : [])),
    ['web: http', 'port: tcp', 'certificate: tls', 'records: dns', 'echo: ping', 'job: heartbeat'],
  );
  assert.deepEqual(compiled[4]?.kind === 'monitor' ? compiled[4].value.config : undefined, {
    kind: 'dns',
    host: 'a.example',
    type: 'MX',
  });
});

test('a doubled dollar sign keeps the signs, and files are read and watched', () => {
  const file = join(folder(), 'name');
  writeFileSync(file, 'api from file\n');
  const { definitions, files } = load(`services: [{ name: "\${file:${file}} $\${X}" }]`, secretsFrom({}));
  assert.equal(definitions[0]?.name, 'api from file ${X}');
  assert.deepEqual(files, ['dozor.yaml', file]);
});

test('without channels and policies the bot of the environment and a policy for it exist', () => {
  const { definitions } = load(SMALL, secretsFrom({ TELEGRAM_BOT_TOKEN: BOT }));
  assert.deepEqual(
    definitions.filter(({ implicit }) => implicit).map(({ kind, name }) => `${kind}/${name}`),
    ['contact/me', 'channel/tg', 'policy/default'],
  );
});

test('without policies the free channels are told at once and the paid ones when it lasts', () => {
  const { definitions } = load(`${SMALL}contacts:
  - name: c
    channels:
      - { name: h, kind: webhook, url: "https://h.example" }
      - { name: s, kind: sms, provider: smsc, login: a, password: b, to: "+77011234567" }
`);
  const policy = definitions.find(({ kind }) => kind === 'policy');
  assert.deepEqual(policy?.spec, {
    steps: [
      { after: '0s', notify: ['h'], loud: 'auto' },
      { after: '45s', notify: ['h', 's'], loud: 'always' },
    ],
    repeatEvery: '30m',
    until: 'acknowledged',
  });
});

test('what leaves somebody untold is a warning', () => {
  const words = (text: string, secrets = none): readonly string[] =>
    load(text, secrets).warnings.map(({ message }) => message);
  assert.deepEqual(words(SMALL), ['no channel is defined: nobody is told']);
  assert.deepEqual(words('services: [{ name: a }]\n', secretsFrom({ TELEGRAM_BOT_TOKEN: BOT })), [
    'service "a" has no monitors: nothing is asked',
    'channel "tg" has no chatId yet',
  ]);
  const channels =
    'contacts: [{ name: c, channels: [{ name: h, kind: webhook, url: "https://h.example" }, { name: i, kind: webhook, url: "https://h.example" }] }]\n';
  assert.deepEqual(words(`${SMALL}${channels}policies: [{ name: night, steps: [{ notify: [h] }] }]`), [
    'service "api" has no policy, and there is no policy "default": nobody is told of it',
    'channel "i" is in no policy: nothing is ever sent to it',
  ]);
});

test('what is around a definition and holds for it is written into it', () => {
  const { definitions } = load(`timezone: Asia/Almaty
services:
  - name: api
    severity: warning
    monitors:
      - { name: a, kind: http, url: "https://a.example" }
      - { name: b, kind: http, url: "https://a.example", severity: info }
      - { name: c, kind: heartbeat, schedule: "0 3 * * *" }
      - { name: d, kind: heartbeat, schedule: "0 3 * * *", timezone: UTC }
maintenance: [{ name: m, cron: "0 4 * * 0", for: 30m }]
`);
  const spec = (wanted: string): unknown => definitions.find(({ name }) => name === wanted)?.spec;
  assert.deepEqual(spec('a'), { kind: 'http', url: 'https://a.example', severity: 'warning' });
  assert.deepEqual(spec('b'), { kind: 'http', url: 'https://a.example', severity: 'info' });
  assert.deepEqual(spec('c'), {
    kind: 'heartbeat',
    schedule: '0 3 * * *',
    severity: 'warning',
    timezone: 'Asia/Almaty',
  });
  assert.deepEqual(spec('d'), { kind: 'heartbeat', schedule: '0 3 * * *', severity: 'warning', timezone: 'UTC' });
  assert.deepEqual(spec('m'), { cron: '0 4 * * 0', for: '30m', timezone: 'Asia/Almaty' });
});

test('a file that cannot be read is told as such', async () => {
  const dir = folder();
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  await assert.rejects(loadConfig(join(dir, 'none.yaml'), none), code('CONFIG_UNREADABLE', /is not there/));
  await assert.rejects(loadConfig(dir, none), code('CONFIG_UNREADABLE', /is a folder/));
  await assert.rejects(
    loadConfig(file('large', `# ${'x'.repeat(10_000_000)}`), none),
    code('CONFIG_UNREADABLE', /larger than 10 MB/),
  );
  await assert.rejects(
    loadConfig(file('latin', Buffer.from([0x6c, 0xe9, 0x0a])), none),
    code('CONFIG_UNREADABLE', /not UTF-8/),
  );
  await assert.rejects(
    loadConfig(file('wide', Buffer.from(SMALL, 'utf16le')), none),
    code('CONFIG_INVALID', /mistake/),
  );
  if (process.getuid?.() === 0) return;
  chmodSync(file('closed', SMALL), 0);
  await assert.rejects(loadConfig(join(dir, 'closed'), none), code('CONFIG_UNREADABLE', /may not be read/));
});

test('the example fixture is read from disk as it is in memory', async () => {
  const text = readFileSync(EXAMPLE, 'utf8');
  assert.deepEqual(await loadConfig(EXAMPLE, every), loadText(text, EXAMPLE, every));
});
