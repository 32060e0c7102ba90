import type { CauseWords, FindingParams } from '../finding-words.ts';
import { part } from '../finding-words.ts';

const at = (seen: FindingParams): string =>
  part(seen, 'path', (path) => ` in ${path}`) + part(seen, 'line', (line) => `, line ${line}`);

/** Causes that lie in the code, its packages and the Node that runs it. */
export const codeCauses = {
  'entry-missing': {
    title: (seen) =>
      part(seen, 'script', (script) => `package.json has no script "${script}"`) ||
      `the program's entry is missing${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'Look at what the ecosystem file or package.json starts, and whether that file was deployed or built; then start it by the right path.',
  },
  'esm-cjs-mismatch': {
    title: (seen) =>
      `ES module and CommonJS are mixed up${part(seen, 'name', (name) => ` (${name})`)}${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'Make the file and the nearest package.json agree ("type": "module", .mjs, .cjs), or load an ES module by import(). When this came with an update, go back to the version before it.',
  },
  'export-missing': {
    title: (seen) =>
      `${part(seen, 'path', (path) => path) || 'a module'} has no export ${part(seen, 'export', (name) => name) || 'of that name'}`,
    remedy: () =>
      'The two sides are of different versions: deploy both files of one release, or reinstall the package in the version of the lock file (npm ci).',
  },
  'express-handler-undefined': {
    title: (seen) =>
      `a route's handler is undefined${part(seen, 'name', (name) => ` (${name})`)}${part(seen, 'route', (route) => `: ${route}`)}`,
    remedy: () =>
      'Look at the line named below: the controller is not exported under that name, imports go round in a circle, or the build is older than its source.',
  },
  'merge-conflict-markers': {
    title: (seen) => `unresolved merge conflict${at(seen)}`,
    remedy: () =>
      'Resolve the conflict (look for <<<<<<<), commit and deploy again; until then go back to the release before.',
  },
  'module-file-missing': {
    title: (seen) =>
      `a file that is imported is missing: ${part(seen, 'wanted', (wanted) => wanted) || 'unknown'}${part(seen, 'from', (from) => `, asked for by ${from}`)}`,
    remedy: (seen) => {
      if (seen['package'] !== undefined) return `The installation of ${seen['package']} is not whole: npm ci.`;
      return seen['extension'] === true
        ? 'An ES import needs the whole file name with its extension (./util.js). Or the file was not deployed: compare with git (capital letters count).'
        : 'The file was not deployed or is named otherwise (capital letters count): compare with git, then deploy again.';
    },
  },
  'native-crash': {
    title: (seen) => `native code crashed${part(seen, 'signal', (signal) => ` (${signal})`)}`,
    remedy: () =>
      'Look which native package was updated last and go back, or reinstall it (npm rebuild); a core dump or the native stack below names it.',
  },
  'native-library-missing': {
    title: (seen) =>
      `a system library is missing${part(seen, 'path', (path) => `: ${path}`)}${part(seen, 'library', (name) => `: ${name}`)}`,
    remedy: (seen) =>
      seen['library'] === undefined
        ? "Install the library by the system's packages (apt-file search NAME), or reinstall the Node package on this machine."
        : 'The add-on was built on a newer system: reinstall it on this machine (npm rebuild), or use a newer base system.',
  },
  'native-module-abi': {
    title: (seen) =>
      `a native add-on was built for another Node${part(seen, 'path', (path) => `: ${path}`)}${part(seen, 'built', (built) => ` (ABI ${built}`)}${part(seen, 'needs', (needs) => `, this Node has ${needs})`)}`,
    remedy: () =>
      'npm rebuild (or npm ci) with the Node that runs the app, or start the app with the Node it was installed with.',
  },
  'native-module-wrong-platform': {
    title: (seen) =>
      `a native add-on is for another machine${part(seen, 'package', (name) => `: ${name}`)}${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'node_modules came from another system: delete it and run npm ci on this machine. Never copy it along.',
  },
  'node-option-invalid': {
    title: (seen) => `Node refuses an option${part(seen, 'option', (option) => `: ${option}`)}`,
    remedy: () =>
      'Correct NODE_OPTIONS, node_args of the ecosystem file or the start script, or run the Node that knows the option.',
  },
  'node-too-old': {
    title: (seen) =>
      `Node is too old${part(seen, 'node', (node) => `: it is ${node}`)}${part(seen, 'needs', (needs) => `, ${needs} is needed`)}${part(seen, 'name', (name) => ` (${name})`)}`,
    remedy: () =>
      'Start the app with a newer Node (check with `node -v` as the user of the process manager: it may find another one than your shell).',
  },
  'package-missing': {
    title: (seen) =>
      `the package ${part(seen, 'package', (name) => name) || part(seen, 'name', (name) => name) || 'that is asked for'} is not installed${part(seen, 'neededBy', (name) => ` (needed by ${name})`)}`,
    remedy: () =>
      'npm ci in the folder of the app. If it stays missing: it is a devDependency that production leaves out, or not in package.json at all.',
  },
  'package-path-not-exported': {
    title: (seen) =>
      `${part(seen, 'package', (name) => name) || 'a package'} does not export ${part(seen, 'wanted', (wanted) => wanted) || 'the path that is asked for'}`,
    remedy: () =>
      'The package is of another version than the code expects: npm ci by the lock file, or import what its package.json exports.',
  },
  'prisma-not-generated': {
    title: () => 'the Prisma client was not generated for this machine',
    remedy: () => 'npx prisma generate, then start again; put it into the deploy (or a postinstall script).',
  },
  'stack-overflow': {
    title: () => 'endless recursion: the call stack overflowed',
    remedy: () =>
      'Look at the function that repeats in the stack; when it came with the last deploy, go back to the release before.',
  },
  'stale-artifact': {
    title: (seen) =>
      `${part(seen, 'folder', (folder) => folder) || 'a build'} is stale or only partly there${part(seen, 'wanted', (wanted) => `: it asks for '${wanted}', which is not there`)}`,
    remedy: (seen) =>
      `If the app runs from source: move ${part(seen, 'path', (path) => path) || 'the folder'} away (dozor protect does it safely) and start again. If the build is what runs: build it anew, whole.`,
  },
  'syntax-error': {
    title: (seen) => `the code does not parse${at(seen)}`,
    remedy: () => 'Mend the line, or go back to the release before; check with node --check FILE before a deploy.',
  },
  'typescript-not-supported': {
    title: (seen) => `this Node does not run such TypeScript${part(seen, 'path', (path) => `: ${path}`)}`,
    remedy: () =>
      'Start it by tsx or ts-node, or build it and start the build; Node 24 itself runs only TypeScript whose types can be stripped (no enum, no .tsx).',
  },
} as const satisfies Record<string, CauseWords>;
