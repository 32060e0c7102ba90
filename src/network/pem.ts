import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** A certificate to show, with its key: each as PEM text or as the path of a PEM file. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string | undefined;
}

/** PEM text as it is, anything else as the path of a file. @throws the system's error when the file cannot be read. */
const readPem = (textOrPath: string): string =>
  textOrPath.includes('-----BEGIN ') ? textOrPath : readFileSync(textOrPath, 'utf8');

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
