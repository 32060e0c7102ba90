import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'tls-material-invalid',
    sure: 0.95,
    match: words(
      /ERR_OSSL_(?:X509_|EVP_|PEM_|ASN1_|RSA_|UNSUPPORTED|BAD_DECRYPT|WRONG_TAG|DECODER_|PKCS12_)\w*|PEM routines|asn1 encoding routines|X509 routines|error:0[0-9A-F]{7}:(?:PEM|X509|asn1|rsa|DECODER|PKCS12)/i,
    ),
  },
  {
    cause: 'tls-material-invalid',
    sure: 0.93,
    match: words(
      /key values mismatch|no start line|bad base64 decode|bad decrypt|mac verify failure|not enough data|wrong tag|ee key too small|ca md too weak|DECODER routines/i,
    ),
  },
  {
    cause: 'tls-material-invalid',
    sure: 0.9,
    match: words(
      /ERR_TLS_(?:CERT|INVALID|REQUIRED)\w*|ERR_CRYPTO_INVALID_KEY\w*|Failed to (?:parse|read) (?:private key|certificate)|secretOrPrivateKey must be an asymmetric key|Invalid PEM formatted message|error:1E08010C|Failed to parse private key/,
    ),
  },
  {
    cause: 'tls-material-invalid',
    sure: 0.85,
    match: words(
      /\b(?<code>DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID)\b/,
      { peer: true },
    ),
  },
  {
    cause: 'tls-material-invalid',
    sure: 0.82,
    match: words(
      /self[- ]signed certificate|unable to (?:verify the first|get (?:local )?issuer) certificate|certificate has expired|certificate is not yet valid|Hostname\/IP does not match certificate's altnames/i,
      { peer: true },
    ),
  },
  {
    cause: 'tls-material-invalid',
    sure: 0.7,
    match: words(
      /ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported|SSL routines:|ERR_SSL_\w+|wrong version number|The server does not support SSL connections/i,
      { peer: true },
    ),
  },
];

/** Keys and certificates that cannot be used: one's own, or those of whom the program talks to (`peer`). */
export const tls = defineRule({
  name: 'tls',
  causes: ['tls-material-invalid'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
