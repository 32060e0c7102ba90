import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What the fake answers to a question: records, an RCODE (2 SERVFAIL, 3 NXDOMAIN), or nothing at all. */
export type NameAnswer =
  | { readonly records: readonly NameRecord[] }
  | { readonly rcode: number }
  | { readonly silence: true };

/** A record's data as bytes in hexadecimal are made by `a`, `aaaa`, `named`, `mx` and `txt`. */
export interface NameRecord {
  readonly type: number;
  readonly ttl: number;
  readonly data: Buffer;
}

/** A name server on 127.0.0.1 that answers as it is told. */
export interface FakeNameServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Every question asked, as `A name`. */
  readonly asked: readonly string[];
  close(): void;
}

const TYPE_NAMES: Readonly<Record<number, string>> = { 1: 'A', 2: 'NS', 5: 'CNAME', 15: 'MX', 16: 'TXT', 28: 'AAAA' };

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

/** An IPv4 address. */
export const a = (address: string, ttl = 60): NameRecord => ({
  type: 1,
  ttl,
  data: Buffer.from(address.split('.').map(Number)),
});

/** An IPv6 address that is written in full or is `::1`. */
export const aaaa = (address: string, ttl = 60): NameRecord => {
  const full = address === '::1' ? '0000:0000:0000:0000:0000:0000:0000:0001' : address;
  return { type: 28, ttl, data: Buffer.from(full.replaceAll(':', ''), 'hex') };
};

/** A record that is another name: 2 NS, 5 CNAME. */
export const named = (type: 2 | 5, name: string): NameRecord => ({ type, ttl: 60, data: encodeName(name) });

/** A mail server. */
export const mx = (priority: number, name: string): NameRecord => ({
  type: 15,
  ttl: 60,
  data: Buffer.concat([Buffer.from([priority >> 8, priority & 255]), encodeName(name)]),
});

/** A text. */
export const txt = (text: string): NameRecord => ({
  type: 16,
  ttl: 60,
  data: Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]),
});

const readQuestion = (query: Buffer): { readonly name: string; readonly type: number; readonly end: number } => {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
};

const encodeAnswer = (query: Buffer, end: number, answer: Exclude<NameAnswer, { silence: true }>): Buffer => {
  const records = 'records' in answer ? answer.records : [];
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180 | ('rcode' in answer ? answer.rcode : 0), 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  const encoded = records.map(({ type, ttl, data }) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(ttl, 6);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([head, query.subarray(12, end), ...encoded]);
};

/** Starts a name server, on 127.0.0.1 unless another address is named; `answer` is asked for each question with its type (`A`, `AAAA`, …) and name. */
export const startNameServer = async (
  answer: (type: string, name: string) => NameAnswer | Promise<NameAnswer>,
  host = '127.0.0.1',
): Promise<FakeNameServer> => {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    const typeName = TYPE_NAMES[type] ?? String(type);
    asked.push(`${typeName} ${name}`);
    void Promise.resolve(answer(typeName, name)).then((told) => {
      if (!('silence' in told)) socket.send(encodeAnswer(query, end, told), from.port, from.address);
    });
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  return { address: `${host}:${socket.address().port}`, asked, close: () => socket.close() };
};
