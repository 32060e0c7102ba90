// `npm pack` runs this before (prepack) and, with --remove, after (postpack). A published package cannot run from TypeScript: Node strips no
// types under node_modules. The bundle is made in a temporary folder and lies in the tree only while the package is packed.
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const BUNDLE = join(ROOT, 'bundle');

/** `new URL('./writer.ts', import.meta.url)`: a file that is loaded by its address, such as a worker. */
const BY_ADDRESS = /new URL\(\s*'(\.{1,2}\/[^']+\.ts)',\s*import\.meta\.url,?\s*\)/g;

const entryName = (file: string): string => relative(join(ROOT, 'src'), file).replace(/\.ts$/, '').replaceAll('/', '-');

const loadedByAddress = (): ReadonlyMap<string, string> => {
  const entries = new Map<string, string>();
  for (const name of globSync('src/**/*.ts', { cwd: ROOT })) {
    if (name.endsWith('.test.ts')) continue;
    const file = join(ROOT, name);
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(BY_ADDRESS)) {
      const path = resolve(dirname(file), target);
      entries.set(path, entryName(path));
    }
  }
  return entries;
};

/** Every bundled file lies flat in one folder, so an address becomes the entry's name in the same folder. */
const addresses = (entries: ReadonlyMap<string, string>): Plugin => ({
  name: 'addresses',
  transform(code, id) {
    if (!id.startsWith(join(ROOT, 'src'))) return null;
    const moved = code.replaceAll(BY_ADDRESS, (_whole, target: string) => {
      const name = entries.get(resolve(dirname(id), target));
      if (name === undefined) throw new Error(`${id} loads ${target} by an address that is no entry`);
      return `new URL('./${name}.js', import.meta.url)`;
    });
    return moved === code ? null : { code: moved };
  },
});

/** Packages stay packages, but for the bundler's own helpers. */
const isPackage = (id: string): boolean =>
  !id.startsWith('.') && !id.startsWith('#') && !isAbsolute(id) && !id.startsWith('@oxc-project/');

const bundle = async (): Promise<void> => {
  const entries = loadedByAddress();
  const folder = mkdtempSync(join(tmpdir(), 'dozor-bundle-'));
  try {
    await build({
      cwd: ROOT,
      input: { main: 'src/main.ts', ...Object.fromEntries([...entries].map(([path, name]) => [name, path])) },
      platform: 'node',
      transform: { target: 'node24' },
      tsconfig: false,
      external: isPackage,
      plugins: [addresses(entries)],
      output: {
        dir: folder,
        format: 'esm',
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
      },
      logLevel: 'warn',
    });
    rmSync(BUNDLE, { recursive: true, force: true });
    cpSync(folder, BUNDLE, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (process.argv.includes('--remove')) rmSync(BUNDLE, { recursive: true, force: true });
else await bundle();
