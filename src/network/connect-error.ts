import { reason, type Reason, type ReasonCode } from '#monitor/reason.ts';

/** OpenSSL's X509 verification codes as Node names them (doc/api/tls.md, "X509 certificate error codes"). */
const CERTIFICATE_CODES: Readonly<Record<string, ReasonCode>> = {
  CERT_HAS_EXPIRED: 'tls.expired',
  CRL_HAS_EXPIRED: 'tls.expired',
  CERT_NOT_YET_VALID: 'tls.not-yet-valid',
  CRL_NOT_YET_VALID: 'tls.not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls.wrong-host',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'tls.wrong-host',
  HOSTNAME_MISMATCH: 'tls.wrong-host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls.untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls.untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls.untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls.untrusted',
  UNABLE_TO_GET_CRL: 'tls.untrusted',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'tls.untrusted',
  UNABLE_TO_DECRYPT_CRL_SIGNATURE: 'tls.untrusted',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'tls.untrusted',
  CERT_SIGNATURE_FAILURE: 'tls.untrusted',
  CRL_SIGNATURE_FAILURE: 'tls.untrusted',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'tls.untrusted',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'tls.untrusted',
  ERROR_IN_CRL_LAST_UPDATE_FIELD: 'tls.untrusted',
  ERROR_IN_CRL_NEXT_UPDATE_FIELD: 'tls.untrusted',
  CERT_CHAIN_TOO_LONG: 'tls.untrusted',
  CERT_REVOKED: 'tls.revoked',
  INVALID_CA: 'tls.untrusted',
  PATH_LENGTH_EXCEEDED: 'tls.untrusted',
  INVALID_PURPOSE: 'tls.untrusted',
  CERT_UNTRUSTED: 'tls.untrusted',
  CERT_REJECTED: 'tls.untrusted',
  // alerts by which a server refuses what we presented, or that we presented nothing (RFC 8446 § 6.2)
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'tls.client-certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'tls.client-certificate',
  ERR_SSL_SSLV3_ALERT_NO_CERTIFICATE: 'tls.client-certificate',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'tls.client-certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'tls.client-certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'tls.client-certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'tls.client-certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'tls.client-certificate',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'tls.client-certificate',
};

const SYSTEM_CODES: Readonly<Record<string, ReasonCode>> = {
  ECONNREFUSED: 'tcp.refused',
  ECONNRESET: 'tcp.reset',
  EPIPE: 'tcp.reset',
  ECONNABORTED: 'tcp.reset',
  EHOSTUNREACH: 'tcp.unreachable',
  ENETUNREACH: 'tcp.unreachable',
  EHOSTDOWN: 'tcp.unreachable',
  ENETDOWN: 'tcp.unreachable',
  ETIMEDOUT: 'tcp.timeout',
};

/** c-ares's codes (doc/api/dns.md, "Error codes"). ECONNREFUSED means that no name server could be reached. */
const NAME_CODES: Readonly<Record<string, ReasonCode>> = {
  ENOTFOUND: 'dns.not-found',
  EBADNAME: 'dns.not-found',
  ENODATA: 'dns.no-records',
  ETIMEOUT: 'dns.timeout',
  ECANCELLED: 'dns.timeout',
  ESERVFAIL: 'dns.failed',
  EREFUSED: 'dns.failed',
  EFORMERR: 'dns.failed',
  ENOTIMP: 'dns.failed',
  EBADRESP: 'dns.failed',
  ECONNREFUSED: 'dns.failed',
};

/** The stable code of a Node error; its class's name when it has none. */
export const errorCode = (error: unknown): string => {
  // by its shape: an error from another context is no instance of this one's Error
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : 'unknown';
};

/** What a failed certificate verification means, by the table of codes; a code that is not in it is a failure of the handshake. */
export const certificateReason = (code: string, seen: Reason['params'] = {}): Reason =>
  reason(CERTIFICATE_CODES[code] ?? 'tls.protocol', { ...seen, code });

/** What an error of a name's lookup means. */
export const nameReason = (error: unknown, name: string): Reason => {
  const code = errorCode(error);
  const known = NAME_CODES[code];
  if (known !== undefined) return reason(known, { name, code });
  return reason('watch.cannot-ask', {
    what: code === 'EPRIVATE' ? `${name} is a private address` : `${code} ${name}`,
  });
};

/**
 * What an error on a socket means. Errors of TLS are told by the table or by their names' prefix; one that neither table knows (no
 * descriptors left, no local port, the own firewall) is the watch's own.
 */
export const socketReason = (error: unknown): Reason => {
  const code = errorCode(error);
  const certificate = CERTIFICATE_CODES[code];
  if (certificate !== undefined) return reason(certificate, { code });
  const system = SYSTEM_CODES[code];
  if (system !== undefined) return reason(system);
  if (code === 'EPROTO' || /^ERR_(SSL|TLS|OSSL)_/.test(code)) return reason('tls.protocol', { code });
  return reason('watch.cannot-ask', { what: code });
};
