/** Bytes in DER (ITU-T X.690), the encoding that certificates are written in. */
export type Der = Buffer;

const lengthOf = (size: number): Buffer => {
  if (size < 0x80) return Buffer.from([size]);
  const digits: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
};

const tagged = (tag: number, ...parts: readonly Buffer[]): Der => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

/** SEQUENCE. */
export const sequence = (...parts: readonly Der[]): Der => tagged(0x30, ...parts);

/** SET with one member, as in names. */
export const set = (part: Der): Der => tagged(0x31, part);

/** A non-negative INTEGER, big-endian; leading zeros are dropped, and one is put where the sign bit would be set. */
export const integer = (bytes: Uint8Array): Der => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  return tagged(0x02, ...((digits[0] ?? 0) >= 0x80 ? [Buffer.from([0]), digits] : [digits]));
};

/** BOOLEAN TRUE. */
export const yes = (): Der => tagged(0x01, Buffer.from([0xff]));

/** OBJECT IDENTIFIER from its dotted form. */
export const oid = (dotted: string): Der => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left % 128) | 0x80);
    return septets;
  });
  return tagged(0x06, Buffer.from(bytes));
};

/** UTF8String. */
export const utf8 = (text: string): Der => tagged(0x0c, Buffer.from(text));

/** BIT STRING; `unused`: how many of its last bits do not count. */
export const bits = (bytes: Uint8Array, unused = 0): Der => tagged(0x03, Buffer.from([unused]), Buffer.from(bytes));

/** OCTET STRING. */
export const octets = (bytes: Uint8Array): Der => tagged(0x04, Buffer.from(bytes));

/** A moment to the second, as certificates want it: UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 § 4.1.2.5). */
export const moment = (atMs: number): Der => {
  const text = `${new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
};

/** [n] EXPLICIT. */
export const explicit = (number: number, part: Der): Der => tagged(0xa0 | number, part);

/** [n] IMPLICIT of a plain value. */
export const implicit = (number: number, bytes: Uint8Array): Der => tagged(0x80 | number, Buffer.from(bytes));
