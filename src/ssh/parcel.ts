import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { Fault } from '../kernel/fault.ts';
import { bundleModule, bundleProgram } from './bundling.ts';

/** What is brought to other machines, as it lies in a package: made when that is packed. */
export const PACKED_FAR_SIDE = 'far-side.mjs.br';
export const PACKED_PROGRAM = 'program.json.br';

const ROOT = join(import.meta.dirname, '../..');

/** Dozor as it is brought to a host: its files by their path, with nothing but Node needed beside them. */
export interface Parcel {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Compresses what is sent.
 * @param effort 0 to 11: the highest takes seconds, a low one is as fast as reading
 */
export const pressed = async (text: string, effort: number): Promise<Buffer> =>
  promisify(brotliCompress)(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: effort, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });

/** What runs on the far side of SSH, made from a checkout. */
export const makeFarSide = async (root: string): Promise<string> => bundleModule(root, 'src/host/far-side.ts');

/** Dozor for a host, made from a checkout. */
export const makeParcel = async (root: string): Promise<Parcel> => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; license: string };
  const bundled = await bundleProgram(root, 'inside');
  const { version, license } = manifest;
  return {
    version,
    files: {
      'package.json': JSON.stringify({ name: 'dozor', version, license, type: 'module' }),
      'bin/dozor.js': readFileSync(join(root, 'bin/dozor.js'), 'utf8'),
      ...Object.fromEntries(bundled.map(({ name, text }) => [`bundle/${name}`, text])),
    },
  };
};

const fromCheckout = async <Made>(make: () => Promise<Made>): Promise<Made> => {
  try {
    return await make();
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

/** The file in the package, when this is one. */
const packed = async (name: string): Promise<Buffer | undefined> => {
  const path = join(import.meta.dirname, name);
  return existsSync(path) ? await readFile(path) : undefined;
};

let sent: Promise<Buffer> | undefined;

/**
 * What is sent over SSH: one module for Node 18 and later, compressed by brotli; made once for the life of this process.
 * @throws Fault MACHINE_LACKS in a checkout without its development packages
 */
export const farSide = async (): Promise<Buffer> =>
  await (sent ??= packed(PACKED_FAR_SIDE).then(
    async (found) => found ?? pressed(await fromCheckout(async () => makeFarSide(ROOT)), 5),
  ));

/**
 * Dozor for a host.
 * @throws Fault MACHINE_LACKS in a checkout without its development packages
 */
export const parcel = async (): Promise<Parcel> => {
  const found = await packed(PACKED_PROGRAM);
  if (found === undefined) return fromCheckout(async () => makeParcel(ROOT));
  return JSON.parse((await promisify(brotliDecompress)(found)).toString('utf8')) as Parcel;
};

const byPath = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : 1);

/** Tells one parcel from another, whatever their version says. */
export const parcelId = ({ version, files }: Parcel): string => {
  const hash = createHash('sha256');
  for (const [path, text] of Object.entries(files).toSorted(byPath)) hash.update(JSON.stringify([path, text]));
  return `${version}-${hash.digest('hex').slice(0, 12)}`;
};
