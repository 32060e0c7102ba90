import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { startFakeHttp, type FakeHttp } from '../../../test/fakes/http.ts';
import { configured, contextOf, sampleMessage } from '../../../test/fakes/message.ts';
import { startSilentServer, type SilentServer } from '../../../test/fakes/silent.ts';
import { startFakeSmtp, type FakeSmtp } from '../../../test/fakes/smtp.ts';
import type { ChannelContext, ChannelKind, DeliveryError } from '../channel.ts';
import { CHANNELS, channelOf } from './index.ts';

const SECRET = 'very-s3cret-W0rd';
const NUMBER = { to: '8 701 123 45 67', country: 'KZ' };

type Settings = Readonly<Record<string, unknown>>;

/** One set-up per kind (and per provider of it), with its address left open. */
const SETUPS: readonly { readonly name: string; readonly kind: string; readonly at: (port: number) => Settings }[] = [
  {
    name: 'telegram',
    kind: 'telegram',
    at: (port) => ({ botToken: SECRET, chatId: 1, apiRoot: `http://127.0.0.1:${port}` }),
  },
  ...['sms', 'call'].flatMap((kind) => [
    {
      name: `${kind} by smsc`,
      kind,
      at: (port: number) => ({
        provider: 'smsc',
        login: 'onai',
        password: SECRET,
        ...NUMBER,
        apiRoot: `http://127.0.0.1:${port}`,
      }),
    },
    {
      name: `${kind} by twilio`,
      kind,
      at: (port: number) => ({
        provider: 'twilio',
        accountSid: 'AC1',
        token: SECRET,
        from: '+15005550006',
        ...NUMBER,
        apiRoot: `http://127.0.0.1:${port}`,
      }),
    },
  ]),
  {
    name: 'sms by mobizon',
    kind: 'sms',
    at: (port) => ({ provider: 'mobizon', apiKey: SECRET, ...NUMBER, apiRoot: `http://127.0.0.1:${port}` }),
  },
  {
    name: 'sms by http',
    kind: 'sms',
    at: (port) => ({
      provider: 'http',
      url: `http://gateway.example/send?key=${SECRET}&to={to}&text={text}`,
      ...NUMBER,
      apiRoot: `http://127.0.0.1:${port}`,
    }),
  },
  {
    name: 'email',
    kind: 'email',
    at: (port) => ({
      smtp: `smtp://user:${SECRET}@mail.example:587`,
      from: 'dozor@onai.example',
      to: ['team@onai.example'],
      apiRoot: `smtp://127.0.0.1:${port}`,
    }),
  },
  {
    name: 'webhook',
    kind: 'webhook',
    at: (port) => ({ url: `http://hooks.example/${SECRET}`, secret: SECRET, apiRoot: `http://127.0.0.1:${port}` }),
  },
];

const kindOf = (kind: string): ChannelKind => {
  const channel = channelOf(kind);
  assert.ok(channel, `no channel ${kind}`);
  return channel;
};

/** Sends and gives the error; fails when it was accepted, when it threw, or when a secret shows. */
const refusal = async (kind: string, settings: Settings, context: ChannelContext): Promise<DeliveryError> => {
  const channel = kindOf(kind);
  const sent = await channel.send(configured(channel, settings), sampleMessage(), context);
  assert.ok(!sent.ok, 'it was accepted');
  assert.ok(!JSON.stringify(sent.error).includes(SECRET), `a secret shows in: ${sent.error.message}`);
  assert.ok(sent.error.message.length > 0);
  return sent.error;
};

/** A port that nobody listens on: it was free a moment ago. */
const closedPort = async (): Promise<number> => {
  const server = await startSilentServer();
  await server.close();
  return server.port;
};

it('every kind of channel has a set-up in this test', () => {
  assert.deepEqual(new Set(SETUPS.map(({ kind }) => kind)), new Set(CHANNELS.map(({ kind }) => kind)));
});

for (const channel of CHANNELS) {
  describe(`channel ${channel.kind}`, () => {
    it('has a title in both languages', () => {
      assert.ok(channel.title.en.length > 0);
      assert.ok(channel.title.ru.length > 0);
    });

    it('has a configuration that becomes JSON Schema, with its kind, apiRoot and marked secrets', () => {
      const schema = z.toJSONSchema(channel.config) as {
        properties: Record<string, { const?: string; secret?: boolean }>;
      };
      assert.equal(schema.properties['kind']?.const, channel.kind);
      assert.ok(schema.properties['apiRoot']);
      assert.ok(Object.values(schema.properties).some(({ secret }) => secret === true));
    });
  });
}

it('takes the channels of the example configuration as they are written', () => {
  const example = parseDocument(`
- { name: tg, kind: telegram, botToken: "1:x", chatId: -1001234567890, allow: [11111111] }
- { name: sms, kind: sms, provider: smsc, login: onai, password: "x", to: "8 701 123 45 67", country: KZ, cap: { perDay: 20 } }
- { name: call, kind: call, provider: smsc, login: onai, password: "x", to: "8 701 123 45 67", country: KZ, cap: { perDay: 5 } }
- { name: mail, kind: email, smtp: "smtp://user:x@mail.onai.example:587", from: dozor@onai.example, to: [team@onai.example] }
- { name: hook, kind: webhook, url: https://hooks.onai.example/dozor, secret: "x" }
`).toJS() as { kind: string; name: string; cap?: unknown }[];
  for (const { name: _name, cap: _cap, ...written } of example) {
    const channel = kindOf(written.kind);
    const config = configured(channel, written);
    assert.equal(channel.validate?.(config), undefined);
  }
});

for (const { name, kind, at } of SETUPS) {
  describe(`sending by ${name}`, () => {
    let silent: SilentServer;
    let http: FakeHttp;
    let smtp: FakeSmtp;
    before(async () => {
      [silent, http, smtp] = await Promise.all([startSilentServer(), startFakeHttp(() => ({})), startFakeSmtp()]);
    });
    after(() => Promise.all([silent.close(), http.close(), smtp.close()]));

    const answering = (status: number): number => {
      if (kind === 'email') {
        smtp.behave();
        smtp.fail('MAIL', status >= 500 ? '451 try later' : '550 refused');
        return smtp.port;
      }
      http.behave();
      http.misbehave({ do: 'answer', reply: { status, body: { echo: SECRET } } });
      return http.port;
    };

    it('ends by its signal when the server says nothing, and may be tried again', async () => {
      const error = await refusal(kind, at(silent.port), contextOf(150));
      assert.equal(error.permanent, false);
    });

    it('ends at once when aborted while it waits', async () => {
      const stopping = new AbortController();
      const ended = refusal(kind, at(silent.port), { ...contextOf(), signal: stopping.signal });
      await silent.connected();
      stopping.abort();
      assert.equal((await ended).permanent, false);
    });

    it('does not even connect when aborted before', async () => {
      const connections = silent.connections();
      await refusal(kind, at(silent.port), { ...contextOf(), signal: AbortSignal.abort() });
      assert.equal(silent.connections(), connections);
    });

    it('may be tried again when nobody listens, and surely has not arrived', async () => {
      const error = await refusal(kind, at(await closedPort()), contextOf());
      assert.equal(error.permanent, false);
      assert.equal(error.perhapsSent, undefined);
    });

    it('may be tried again when the server has trouble of its own', async () => {
      assert.equal((await refusal(kind, at(answering(503)), contextOf())).permanent, false);
    });

    it('is given up when the server refuses it', async () => {
      assert.equal((await refusal(kind, at(answering(403)), contextOf())).permanent, true);
    });
  });
}

it('imports the heavy libraries only at first use', () => {
  for (const file of ['email.ts', 'phone/number.ts', '../../network/request.ts']) {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    assert.doesNotMatch(source, /^import (?!type).*'(nodemailer|socks|libphonenumber-js.*)'/m);
  }
});
