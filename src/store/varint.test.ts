import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from './varint.ts';

test('whole numbers read back as they were written, up to the largest safe one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(300), fc.maxSafeNat())),
      fc.array(fc.integer({ min: -(2 ** 51), max: 2 ** 51 })),
      (plain, signed) => {
        const writer = new ByteWriter(1);
        for (const value of plain) writer.varint(value);
        for (const value of signed) writer.signed(value);
        const reader = new ByteReader(writer.take());
        assert.deepEqual(
          plain.map(() => reader.varint()),
          plain,
        );
        assert.deepEqual(
          signed.map(() => reader.signed()),
          signed.map((value) => value + 0),
        );
        assert.ok(reader.done);
      },
    ),
  );
});

test('bytes that end too early are a clear error', () => {
  assert.throws(() => new ByteReader(new Uint8Array([0x80])).varint(), /end too early/);
});

test('rewinding forgets what came after', () => {
  const writer = new ByteWriter();
  writer.varint(1);
  const mark = writer.length;
  writer.varint(300);
  writer.rewind(mark);
  assert.deepEqual(writer.take(), new Uint8Array([1]));
});
