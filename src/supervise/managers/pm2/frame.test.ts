import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { frameReader, packFrame } from './frame.ts';

const values = fc.array(
  fc.oneof(
    fc.string(),
    fc.jsonValue().filter((value) => typeof value !== 'string'),
  ),
  {
    minLength: 1,
    maxLength: 15,
  },
);

/** -0 becomes 0 in JSON. */
const asJson = (value: unknown): unknown => (typeof value === 'string' ? value : JSON.parse(JSON.stringify(value)));

describe('a frame', () => {
  it('comes out as it went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (frames, size) => {
        const stream = Buffer.concat(frames.map((frame) => packFrame(frame)));
        const read = frameReader();
        const found: unknown[][] = [];
        for (let at = 0; at < stream.length; at += size) found.push(...read(stream.subarray(at, at + size)));
        assert.deepEqual(
          found,
          frames.map((frame) => frame.map((value) => asJson(value))),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('has the bytes that PM2 expects', () => {
    assert.equal(packFrame(['a', { b: 1 }]).toString('latin1'), '\x12\0\0\0\x03s:a\0\0\0\x09j:{"b":1}');
  });

  it('of another version or of absurd length is refused, whatever the bytes', () => {
    assert.throws(() => frameReader()(Buffer.from('HTTP/1.1 400 Bad Request')), RangeError);
    assert.throws(() => frameReader()(Buffer.from([0x11, 0xff, 0xff, 0xff, 0xff])), RangeError);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        try {
          frameReader()(Buffer.from(bytes));
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }),
    );
  });

  it('with a value that is no JSON leaves it out and keeps the rest', () => {
    const broken = Buffer.concat([Buffer.from([0x12, 0, 0, 0, 3]), Buffer.from('j:{'), packFrame(['x']).subarray(1)]);
    assert.deepEqual(frameReader()(broken), [[undefined, 'x']]);
  });
});
