import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect, createServer } from 'node:tls';
import fc from 'fast-check';
import { addressBytes } from './address-bytes.ts';
import { fingerprintOf, openCertificate } from './certificate.ts';
import { integer, moment, oid } from './der.ts';

const NAMES = ['localhost', 'vps-1.example', '127.0.0.1', '2001:db8::17'];

describe("the brain's own certificate", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dozor-certificate-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const open = () => openCertificate(dir, NAMES, Date.now());

  it('is read by Node with its names, its 20 years and its own signature', () => {
    const { cert } = open();
    const read = new X509Certificate(cert);
    assert.equal(
      read.subjectAltName,
      'DNS:localhost, DNS:vps-1.example, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:17',
    );
    assert.ok(read.verify(read.publicKey));
    assert.ok(read.ca);
    assert.equal(Date.parse(read.validTo) - Date.parse(read.validFrom), (20 * 365 + 1) * 86_400_000);
    assert.equal(read.fingerprint256.replaceAll(':', '').toLowerCase(), fingerprintOf(cert));
  });

  it('is accepted by openssl, as a server as well', () => {
    open();
    const file = join(dir, 'tls.crt');
    const text = execFileSync('openssl', ['x509', '-in', file, '-noout', '-text'], { encoding: 'utf8' });
    assert.match(text, /Signature Algorithm: ecdsa-with-SHA256/);
    assert.match(text, /X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    const verified = execFileSync(
      'openssl',
      ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file, file],
      {
        encoding: 'utf8',
      },
    );
    assert.match(verified, /: OK/);
  });

  it('serves TLS to a client that trusts it', async () => {
    const own = open();
    const server = createServer({ ...own }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ca: own.cert, servername: 'localhost' });
      socket.once('error', reject);
      socket.once('data', (data) => resolve(data.toString()));
    });
    assert.equal(text, 'hello');
    server.close();
  });

  it('is made once and stays, its key for nobody else to read', () => {
    const first = open();
    assert.deepEqual(open(), first);
    assert.equal(statSync(join(dir, 'tls.key')).mode & 0o777, 0o600);
  });

  it('is made anew from its key when its file is damaged', () => {
    const first = open();
    writeFileSync(join(dir, 'tls.crt'), 'scribble');
    const second = open();
    assert.equal(second.key, first.key);
    assert.equal(readFileSync(join(dir, 'tls.crt'), 'utf8'), second.cert);
  });

  it('says so when the key is none', () => {
    writeFileSync(join(dir, 'tls.key'), 'scribble');
    assert.throws(open, { code: 'STORE_BROKEN' });
  });
});

describe('DER', () => {
  it('writes integers without spare zeros and never as negative ones', () => {
    const hex = (...bytes: number[]): string => integer(Uint8Array.from(bytes)).toString('hex');
    assert.deepEqual([hex(0), hex(0, 0, 5), hex(0x80), hex(1, 0)], ['020100', '020105', '02020080', '02020100']);
  });

  it('writes identifiers and moments as the standards show them', () => {
    assert.equal(oid('1.2.840.10045.4.3.2').toString('hex'), '06082a8648ce3d040302');
    assert.equal(
      moment(Date.UTC(2049, 11, 31, 23, 59, 59))
        .subarray(2)
        .toString(),
      '491231235959Z',
    );
    assert.equal(
      moment(Date.UTC(2050, 0, 1))
        .subarray(2)
        .toString(),
      '20500101000000Z',
    );
  });

  it('gives the bytes of any address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const bytes = addressBytes(address);
        assert.equal(bytes.length, 16);
        const groups = Array.from({ length: 8 }, (_, at) =>
          ((bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0)).toString(16),
        );
        assert.equal(new URL(`http://[${groups.join(':')}]/`).host, new URL(`http://[${address}]/`).host);
      }),
    );
  });
});
