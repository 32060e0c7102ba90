import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { certificateReason, nameReason, socketReason } from './connect-error.ts';
import { brief, redact } from './redact.ts';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

describe('an error on the wire', () => {
  it('is told by its code', () => {
    const codes: Readonly<Record<string, string>> = {
      ECONNREFUSED: 'tcp.refused',
      ECONNRESET: 'tcp.reset',
      ENETUNREACH: 'tcp.unreachable',
      ETIMEDOUT: 'tcp.timeout',
      CERT_HAS_EXPIRED: 'tls.expired',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls.untrusted',
      ERR_SSL_WRONG_VERSION_NUMBER: 'tls.protocol',
      ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'tls.client-certificate',
      EPROTO: 'tls.protocol',
      EMFILE: 'watch.cannot-ask',
      EPERM: 'watch.cannot-ask',
    };
    for (const [code, expected] of Object.entries(codes)) assert.equal(socketReason(failed(code)).code, expected, code);
  });

  it('of a certificate that the table does not know is a failed handshake, never silence', () => {
    assert.equal(certificateReason('CERT_REVOKED').code, 'tls.revoked');
    assert.equal(certificateReason('SOMETHING_NEW').code, 'tls.protocol');
  });

  it('of a name server out of reach says nothing of the target’s port', () => {
    assert.equal(nameReason(failed('ECONNREFUSED'), 'x.example').code, 'dns.failed');
    assert.equal(nameReason(failed('ENOMEM'), 'x.example').code, 'watch.cannot-ask');
  });
});

describe('redaction', () => {
  it('blots out credentials in addresses, headers, queries and JSON', () => {
    for (const text of [
      'postgres://app:SECRET@db:5432/main',
      'Authorization: Bearer SECRET0123',
      'GET /x?api_key=SECRET&y=1',
      '{"accessToken":"SECRET","ok":true}',
      'password = "SECRET"',
      'Cookie: session=SECRET; theme=dark',
    ])
      assert.doesNotMatch(redact(text), /SECRET/, text);
    assert.equal(redact('plain words, a=1'), 'plain words, a=1');
  });

  it('is brief: on one line and never longer than asked', () => {
    assert.equal(brief('a\n  b\tc', 10), 'a b c');
    assert.equal(brief('a\u001B[2Jb\u009Bc\u202Ed\u0000', 20), 'a [2Jb c d');
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (text, length) => brief(text, length).length <= length),
    );
  });
});
