import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';
import { Fault } from '../kernel/fault.ts';

/** In a package: what `npm pack` made. */
const PACKED = join(import.meta.dirname, 'far-side.mjs.br');
/** In a checkout: what it is made from. */
const SOURCE = join(import.meta.dirname, '../host/far-side.ts');
const ROOT = join(import.meta.dirname, '../..');

/** The modules of Node that a bundle may import; everything else goes into it. */
const isBuiltin = (id: string): boolean => id.startsWith('node:');

/**
 * Makes one module of an entry and all that it imports, for Node 18.
 * @param compress how hard to try (brotli, 0 to 11)
 */
export const bundleFarSide = async (entry: string, root: string, compress: number): Promise<Buffer> => {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    cwd: root,
    input: entry,
    platform: 'node',
    transform: { target: 'node18' },
    tsconfig: false,
    external: isBuiltin,
    logLevel: 'silent',
  });
  try {
    const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
    if (output.length !== 1) throw new Error(`what is sent over SSH has ${output.length} files and not one`);
    return await promisify(brotliCompress)(output[0].code, {
      params: { [constants.BROTLI_PARAM_QUALITY]: compress, [constants.BROTLI_PARAM_SIZE_HINT]: output[0].code.length },
    });
  } finally {
    await build.close();
  }
};

const made = async (): Promise<Buffer> => {
  if (existsSync(PACKED)) return await readFile(PACKED);
  try {
    return await bundleFarSide(SOURCE, ROOT, 5);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new Fault(
      'MACHINE_LACKS',
      'What is sent over SSH cannot be made: this checkout has no rolldown.',
      'In the checkout: npm install (with its development packages).',
      { cause },
    );
  }
};

let kept: Promise<Buffer> | undefined;

/** What is sent over SSH: one module for Node 18 and later, compressed by brotli; made once for the life of this process. */
export const farSide = async (): Promise<Buffer> => await (kept ??= made());
