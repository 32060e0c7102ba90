import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MASK, redact, redactJson } from './redact.ts';

const letters = (alphabet: string, min: number, max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from(alphabet)), { minLength: min, maxLength: max }).map((all) => all.join(''));
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const word = letters('abcdefghijklmnopqrstuvwxyz', 1, 8);
const prose = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));

/** A secret, and a text that carries it. */
const carriers: fc.Arbitrary<{ secret: string; text: string }> = fc.oneof(
  letters(`${ALNUM}!$%^*~-_@`, 4, 30).map((secret) => ({
    secret,
    text: `postgres://dozor:${secret}@db.example:5432/app`,
  })),
  letters(ALNUM, 4, 30).map((secret) => ({ secret, text: `redis://:${secret}@10.0.0.5:6379` })),
  letters(ALNUM, 32, 32).map((secret) => ({ secret, text: `https://a1b2c3:${secret}@sentry.example/7` })),
  letters(ALNUM, 24, 40).map((secret) => ({ secret, text: `https://${secret}@github.com/team/app` })),
  letters(`${ALNUM}_-`, 35, 35).map((secret) => ({
    secret,
    text: `https://api.telegram.org/bot123456789:${secret}/sendMessage`,
  })),
  letters(`${ALNUM}_-`, 35, 35).map((secret) => ({ secret, text: `token is 987654321:${secret}` })),
  letters(ALNUM, 15, 60).map((rest) => ({ secret: `${rest}7`, text: `Authorization: Bearer ${rest}7` })),
  letters(ALNUM, 12, 40).map((rest) => ({ secret: `${rest}8`, text: `sent with bearer ${rest}8` })),
  letters(ALNUM, 12, 40).map((rest) => ({ secret: `${rest}==`, text: `authorization=Basic ${rest}==` })),
  letters('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16, 16).map((rest) => ({
    secret: `AKIA${rest}`,
    text: `key AKIA${rest} used`,
  })),
  letters(ALNUM, 20, 60).map((rest) => ({ secret: `eyJ${rest}`, text: `jwt eyJ${rest}.eyJ${rest}.${rest}` })),
  letters(ALNUM, 3, 40).map((secret) => ({ secret, text: `DB_PASSWORD=${secret}` })),
  letters(ALNUM, 3, 40).map((secret) => ({ secret, text: `{"password":"${secret}","x":1}` })),
  letters(`${ALNUM} `, 3, 40).map((inner) => ({ secret: `${inner}z9`, text: `secret = '${inner}z9'` })),
  letters(ALNUM, 3, 40).map((secret) => ({ secret, text: `GET /v1?api_key=${secret}&page=2` })),
  letters(ALNUM, 3, 40).map((secret) => ({ secret, text: `GET /v1?page=2&sig=${secret}` })),
  letters(ALNUM, 40, 200).map((secret) => ({
    secret,
    text: `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  })),
  letters(ALNUM, 40, 200).map((secret) => ({ secret, text: `-----BEGIN PRIVATE KEY-----\n${secret}` })),
  letters(ALNUM, 8, 40).map((secret) => ({ secret, text: `Set-Cookie: session=${secret}; Path=/` })),
);

describe('redaction', () => {
  it('lets no embedded secret survive, whatever stands around it', () => {
    fc.assert(
      fc.property(prose, carriers, prose, (before, { secret, text }, after) => {
        fc.pre(!`${before} ${after}`.includes(secret) && !'sentry.example postgres dozor redis'.includes(secret));
        const clean = redact(`${before} ${text}\n${after}`);
        const rest = clean.replaceAll(MASK, '');
        assert.ok(!rest.includes(secret) || text.replace(secret, '').includes(secret), clean);
        assert.ok(clean.startsWith(before), clean);
        assert.ok(clean.includes(MASK), clean);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves ordinary words as they are', () => {
    fc.assert(
      fc.property(prose, (text) => {
        fc.pre(!/passw|pwd|psw|secret|token|cookie|basic|bearer/.test(text));
        assert.equal(redact(text), text);
      }),
    );
  });

  it('leaves the texts of alerts and addresses without credentials as they are', () => {
    const texts = [
      'GET api.onai.example/health: connection refused (tcp, 6 of 6 checks, last 08:03:33)',
      'https://watch.onai.example/i/7F3K',
      'http://127.0.0.1:3000/health?verbose=1',
      'Unexpected token: } in JSON at position 5',
      "dist/server.js needs './db/connect' (exit code 1, first exit)",
      'С 08:03:12 · замечено через 0,6 с',
      'mail to team@onai.example about postgres://db.example:5432/app',
      '2026-01-10T08:03:33.123Z 10.0.0.1:443 Basic authentication is required, bearer authentication too',
    ];
    for (const text of texts) assert.equal(redact(text), text);
  });

  it('keeps what helps: scheme, user, host and the name of the variable', () => {
    assert.equal(redact('postgres://app:hunter2@db:5432/x'), `postgres://app:${MASK}@db:5432/x`);
    assert.equal(redact('SMTP_PASSWORD=hunter2 failed'), `SMTP_PASSWORD=${MASK} failed`);
  });

  it('changes nothing more the second time', () => {
    fc.assert(
      fc.property(prose, carriers, (before, { text }) => {
        const once = redact(`${before} ${text}`);
        assert.equal(redact(once), once);
      }),
    );
  });

  it('masks what stands under a secret name in JSON and redacts all other texts', () => {
    assert.deepEqual(redactJson({ botToken: 'abc', list: ['redis://:pw99@h'], n: 5, none: null, nested: { a: 'b' } }), {
      botToken: MASK,
      list: [`redis://:${MASK}@h`],
      n: 5,
      none: null,
      nested: { a: 'b' },
    });
  });

  it('takes time in proportion to the text, whatever the text', () => {
    for (const piece of [
      'a',
      'password',
      'a.',
      'eyJ',
      '://',
      'bearer ',
      '-----BEGIN PRIVATE KEY-----',
      '1:',
      '@',
      'token=',
    ])
      assert.equal(typeof redact(piece.repeat(Math.floor(200_000 / piece.length))), 'string');
  });
});
