import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { incoming } from '#ssh/incoming.ts';

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

const gathered = async (parts: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
};

test('lines and counted bytes come out whole, wherever the stream was cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ line: fc.string(), bytes: fc.uint8Array() })),
      fc.array(fc.integer({ min: 0, max: 20 })),
      async (pieces, sizes) => {
        const lines = pieces.map(({ line, bytes }) => ({
          line: line.replaceAll('\n', ' '),
          bytes: Buffer.from(bytes),
        }));
        const sent = Buffer.concat(lines.flatMap(({ line, bytes }) => [Buffer.from(`${line}\n`), bytes]));
        const source = incoming(cut(sent, sizes));
        for (const { line, bytes } of lines) {
          assert.equal(await source.line(), line);
          assert.deepEqual(await gathered(source.bytes(bytes.length)), bytes);
        }
        assert.equal(await source.line(), undefined);
      },
    ),
  );
});

test('a line that was cut off is none', async () => {
  assert.equal(await incoming(cut(Buffer.from('half a line'), [])).line(), undefined);
});

test('bytes that were cut off are an error', async () => {
  await assert.rejects(gathered(incoming(cut(Buffer.from('abc'), [1])).bytes(5)), /2 bytes before its end/);
});
