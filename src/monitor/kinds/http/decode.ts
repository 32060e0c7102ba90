import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { errorCode } from '#network/connect-error.ts';
import { err, ok, type Result } from '#kernel/result.ts';
import { reason, type Reason } from '../../reason.ts';
import { BODY_LIMIT, type Answer } from './exchange.ts';

type Decoder = (data: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

const decompress = async (data: Buffer, encoding: string): Promise<Result<Buffer, Reason>> => {
  if (encoding === '' || encoding === 'identity' || data.length === 0) return ok(data);
  const decoder = DECODERS[encoding];
  if (decoder === undefined)
    return err(reason('http.malformed', { code: `content-encoding ${encoding.slice(0, 20)}` }));
  try {
    return ok(await decoder(data, { maxOutputLength: BODY_LIMIT }));
  } catch (error) {
    const code = errorCode(error);
    return err(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? reason('http.body-too-large', { limit: '1 MB' })
        : reason('http.malformed', { code: `${encoding} ${code}` }),
    );
  }
};

const toText = (data: Buffer, contentType: string): string => {
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8') return data.toString('utf8');
  try {
    return new TextDecoder(charset).decode(data);
  } catch (error) {
    // a charset that nobody knows: ASCII is the same in nearly all
    if (error instanceof RangeError) return data.toString('latin1');
    throw error;
  }
};

/** An answer's body as text: decompressed within the limit, in the charset that it names. */
export const bodyText = async ({ headers, chunks }: Answer): Promise<Result<string, Reason>> => {
  const data = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const plain = await decompress(data, encoding);
  return plain.ok ? ok(toText(plain.value, headers['content-type'] ?? '')) : plain;
};
