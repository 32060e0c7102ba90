// `npm pack` runs this before (prepack) and, with --remove, after (postpack). A published package cannot run from TypeScript: Node strips no
// types under node_modules. The bundle lies in the tree only while the package is packed. With it comes what is brought to other machines.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleProgram } from '../src/ssh/bundling.ts';
import { makeFarSide, makeParcel, PACKED_FAR_SIDE, PACKED_PROGRAM, pressed } from '../src/ssh/parcel.ts';

const ROOT = join(import.meta.dirname, '..');
const BUNDLE = join(ROOT, 'bundle');

/** Packing may take its time for what everybody downloads. */
const EFFORT = 10;

const bundle = async (): Promise<void> => {
  const [program, farSide, parcel] = await Promise.all([
    bundleProgram(ROOT, 'outside'),
    makeFarSide(ROOT),
    makeParcel(ROOT),
  ]);
  rmSync(BUNDLE, { recursive: true, force: true });
  for (const { name, text } of program) {
    mkdirSync(dirname(join(BUNDLE, name)), { recursive: true });
    writeFileSync(join(BUNDLE, name), text);
  }
  writeFileSync(join(BUNDLE, PACKED_FAR_SIDE), await pressed(farSide, EFFORT));
  writeFileSync(join(BUNDLE, PACKED_PROGRAM), await pressed(JSON.stringify(parcel), EFFORT));
};

if (process.argv.includes('--remove')) rmSync(BUNDLE, { recursive: true, force: true });
else await bundle();
