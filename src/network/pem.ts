import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** A certificate to show, with its key: each as PEM text or as the path of a PEM file. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string | undefined;
}

/** All the world's authorities take a quarter of it. */
const LIMIT_BYTES = 1_000_000;

const readSmall = (path: string): string => {
  const file = statSync(path);
  // a pipe or a device would keep the whole watch waiting
  if (!file.isFile() || file.size > LIMIT_BYTES)
    throw Object.assign(new Error(`${path} is no file of at most ${LIMIT_BYTES} bytes`), { code: 'EFTYPE' });
  return readFileSync(path, 'utf8');
};

/** PEM text as it is, anything else as the path of a file. @throws the system's error when the file cannot be read. */
const readPem = (textOrPath: string): string =>
  textOrPath.includes('-----BEGIN ') ? textOrPath : readSmall(textOrPath);

/**
 * What own authorities and a client certificate make of TLS; undefined when there are neither, so that the well-known authorities hold.
 * @throws the system's or OpenSSL's error when a file cannot be read or is no PEM.
 */
export const securityContext = (
  ca: string | undefined,
  client: ClientCertificate | undefined,
): SecureContext | undefined => {
  if (ca === undefined && client === undefined) return undefined;
  return createSecureContext({
    ...(ca === undefined ? {} : { ca: readPem(ca) }),
    ...(client === undefined ? {} : { cert: readPem(client.cert), key: readPem(client.key) }),
    ...(client?.passphrase === undefined ? {} : { passphrase: client.passphrase }),
  });
};
