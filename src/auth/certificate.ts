import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { Fault } from '#kernel/fault.ts';
import { DAY, type EpochMs, type Ms } from '#kernel/time.ts';
import { bits, explicit, implicit, integer, moment, octets, oid, sequence, set, utf8, yes, type Der } from './der.ts';
import { addressBytes } from './address-bytes.ts';
import { readIfThere, writeOnce } from './file-once.ts';

/** The brain's own certificate and its key, in PEM. */
export interface OwnCertificate {
  readonly key: string;
  readonly cert: string;
}

/** The files in the data folder. */
export const TLS_KEY_FILE = 'tls.key';
export const TLS_CERTIFICATE_FILE = 'tls.crt';

/** So long it is valid: who joins pins the certificate itself, so an end would only cut witnesses off. */
const LIFE: Ms = 20 * 365 * DAY;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/**
 * The certificate of a data folder; key and certificate are made at the first time, whole or not at all, and stay the same from then on.
 * @throws Fault DATA_UNWRITABLE when they can be neither read nor made, STORE_BROKEN when the key's file holds no key.
 */
export const openCertificate = (dataDir: string, names: readonly string[], now: EpochMs): OwnCertificate => {
  const key = keyOf(join(dataDir, TLS_KEY_FILE));
  const file = join(dataDir, TLS_CERTIFICATE_FILE);
  const kept = readIfThere(file);
  if (kept !== undefined && belongs(kept, key.object)) return { key: key.pem, cert: kept };
  const cert = selfSigned(key.object, names, now);
  return { key: key.pem, cert: writeOnce(file, cert, 0o644, kept !== undefined) };
};

/** What a certificate is pinned by: the SHA-256 of its DER form, in lower-case hex. */
export const fingerprintOf = (cert: string): string =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');

const keyOf = (file: string): { readonly pem: string; readonly object: KeyObject } => {
  const pem =
    readIfThere(file) ??
    writeOnce(
      file,
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      0o600,
    );
  try {
    return { pem, object: createPrivateKey(pem) };
  } catch (cause) {
    throw new Fault(
      'STORE_BROKEN',
      `${file} holds no key.`,
      'Remove it with tls.crt; witnesses have to join again then.',
      {
        cause,
      },
    );
  }
};

const belongs = (cert: string, key: KeyObject): boolean => {
  try {
    return new X509Certificate(cert).checkPrivateKey(key);
  } catch {
    // A certificate that cannot be read is as good as none: it is made anew from its key.
    return false;
  }
};

/** A self-signed certificate (RFC 5280) for a P-256 key, in PEM: valid from a day ago, for 20 years, for these names and addresses. */
const selfSigned = (key: KeyObject, names: readonly string[], now: EpochMs): string => {
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(oid(COMMON_NAME), utf8('Dozor'))));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    name,
    sequence(moment(now - DAY), moment(now + LIFE)),
    name,
    publicKey,
    explicit(3, extensions(publicKey, names)),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};

const extensions = (publicKey: Buffer, names: readonly string[]): Der =>
  sequence(
    extension('2.5.29.19', sequence(yes(), integer(Buffer.from([0]))), true),
    // digitalSignature and keyCertSign: bits 0 and 5
    extension('2.5.29.15', bits(Buffer.from([0b1000_0100]), 2), true),
    extension('2.5.29.37', sequence(oid(SERVER_AUTH))),
    extension('2.5.29.14', octets(createHash('sha1').update(publicKey).digest())),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', sequence(...[...new Set(names)].map(alternativeName)))]),
  );

const extension = (id: string, value: Der, critical = false): Der =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(value));

const alternativeName = (name: string): Der =>
  isIP(name) === 0 ? implicit(DNS_NAME, Buffer.from(name, 'latin1')) : implicit(IP_ADDRESS, addressBytes(name));
