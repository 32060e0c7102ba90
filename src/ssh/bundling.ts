import { globSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Plugin } from 'rolldown';

/** A file of a bundle: its name in the folder, and its text. */
export interface BundledFile {
  readonly name: string;
  readonly text: string;
}

/** A file that is loaded by its address (`new URL` of a relative path), such as a worker. */
const BY_ADDRESS = /new URL\(\s*'(\.{1,2}\/[^']+\.ts)',\s*import\.meta\.url,?\s*\)/g;

const isBuiltin = (id: string): boolean => id.startsWith('node:');

/** Packages stay packages, but for the bundler's own helpers. */
const isPackage = (id: string): boolean =>
  !id.startsWith('.') && !id.startsWith('#') && !isAbsolute(id) && !id.startsWith('@oxc-project/');

const entryName = (root: string, file: string): string =>
  relative(join(root, 'src'), file).replace(/\.ts$/, '').replaceAll('/', '-');

const loadedByAddress = (root: string): ReadonlyMap<string, string> => {
  const entries = new Map<string, string>();
  for (const name of globSync('src/**/*.ts', { cwd: root })) {
    if (name.endsWith('.test.ts')) continue;
    const file = join(root, name);
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(BY_ADDRESS)) {
      const path = resolve(dirname(file), target);
      entries.set(path, entryName(root, path));
    }
  }
  return entries;
};

/** Every bundled file lies flat in one folder, so an address becomes the entry's name in the same folder. */
const addresses = (root: string, entries: ReadonlyMap<string, string>): Plugin => ({
  name: 'addresses',
  transform(code, id) {
    if (!id.startsWith(join(root, 'src'))) return null;
    const moved = code.replaceAll(BY_ADDRESS, (_whole, target: string) => {
      const name = entries.get(resolve(dirname(id), target));
      if (name === undefined) throw new Error(`${id} loads ${target} by an address that is no entry`);
      return `new URL('./${name}.js', import.meta.url)`;
    });
    return moved === code ? null : { code: moved };
  },
});

/**
 * Bundles the whole program for Node 24. Rejects when the checkout has no rolldown.
 * @param packages `outside`: they are imported as they lie in node_modules; `inside`: nothing but Node is needed beside it, and it is made small
 */
export const bundleProgram = async (root: string, packages: 'inside' | 'outside'): Promise<readonly BundledFile[]> => {
  const { rolldown } = await import('rolldown');
  const entries = loadedByAddress(root);
  const build = await rolldown({
    cwd: root,
    input: { main: 'src/main.ts', ...Object.fromEntries([...entries].map(([path, name]) => [name, path])) },
    platform: 'node',
    transform: { target: 'node24' },
    tsconfig: false,
    external: packages === 'outside' ? isPackage : (id) => isBuiltin(id) || id === 'rolldown',
    plugins: [addresses(root, entries)],
    logLevel: 'warn',
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      minify: packages === 'inside',
    });
    return output.map((file) => ({
      name: file.fileName,
      text: file.type === 'chunk' ? file.code : String(file.source),
    }));
  } finally {
    await build.close();
  }
};

/**
 * Makes one module of an entry and all that it imports, for the Node that other machines have (18 and later). Rejects when the checkout has no
 * rolldown.
 */
export const bundleModule = async (root: string, entry: string): Promise<string> => {
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
    if (output.length !== 1) throw new Error(`one module was expected of ${entry}, not ${output.length}`);
    // It runs from memory: from there Node makes no `require`, which packages in CommonJS want for Node's own modules.
    return output[0].code.replaceAll('import.meta.url', '"file:///"');
  } finally {
    await build.close();
  }
};
