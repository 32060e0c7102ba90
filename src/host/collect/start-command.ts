import { splitWords } from './launch.ts';

/** What a command line comes down to. */
export type StartStep =
  /** Node, or something that stands for it, runs a file. */
  | {
      readonly runs: 'file';
      readonly file: string;
      readonly by: string;
      readonly options: readonly string[];
      readonly env: readonly string[];
    }
  /** A script of package.json. */
  | { readonly runs: 'script'; readonly script: string; readonly env: readonly string[] }
  /** A framework's own starter: what it runs is in the folder that it builds. */
  | { readonly runs: 'framework'; readonly by: string; readonly file?: string; readonly env: readonly string[] };

const RUNNERS = new Set([
  'node',
  'nodejs',
  'tsx',
  'ts-node',
  'ts-node-esm',
  'ts-node-dev',
  'tsnd',
  'nodemon',
  'bun',
  'swc-node',
  'babel-node',
  'esno',
  'esr',
  'jiti',
  'sucrase-node',
]);
const PACKAGE_MANAGERS = new Set(['npm', 'pnpm', 'yarn']);
/** Words that stand before the real command, with the options that take a word of their own. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  'cross-env': [],
  'cross-env-shell': [],
  env: ['-u', '-C'],
  exec: [],
  nice: ['-n'],
  ionice: ['-c', '-n'],
  nohup: [],
  time: [],
  dotenv: ['-e', '-c', '-v', '-p'],
  dotenvx: ['-f'],
  'env-cmd': ['-f', '-e', '-r'],
  'dumb-init': [],
  tini: [],
  npx: ['-p', '--package'],
  pnpx: [],
  'pm2-runtime': ['-i'],
  'wait-on': [],
};
/** Options of Node that take the next word. */
const WITH_WORD = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--title',
  '--env-file',
  '--env-file-if-exists',
  '--max-http-header-size',
  '-P',
  '--project',
  '--tsconfig',
  '--watch-path',
  '--exec',
  '-x',
  '--ext',
  '-e',
  '--ignore',
  '-w',
]);
const FRAMEWORKS: Readonly<Record<string, string | undefined>> = {
  nest: 'dist/main.js',
  next: '.next',
  nuxt: '.output/server/index.mjs',
  strapi: 'dist',
  medusa: '.medusa/server',
  adonis: 'build/bin/server.js',
  'vite-node': undefined,
  fastify: undefined,
  fastify_cli: undefined,
  'react-router-serve': 'build/server/index.js',
  'remix-serve': 'build/index.js',
};
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;

const nameOf = (word: string): string => (word.split('/').pop() ?? word).replace(/\.(cmd|c?js|mjs)$/, '');

interface Peeled {
  readonly words: readonly string[];
  readonly env: readonly string[];
}

const skipOptions = (words: readonly string[], withWord: readonly string[]): readonly string[] => {
  let at = 0;
  while (words[at]?.startsWith('-') === true) {
    if (words[at] === '--') return words.slice(at + 1);
    at += withWord.includes(words[at] ?? '') ? 2 : 1;
  }
  return words.slice(at);
};

/** Takes assignments and wrappers off the front. */
const peel = ({ words, env }: Peeled): Peeled => {
  const [head = '', ...rest] = words;
  const assigned = ASSIGNMENT.exec(head)?.[1];
  if (assigned !== undefined) return peel({ words: rest, env: [...env, assigned] });
  const withWord = WRAPPERS[nameOf(head)];
  if (withWord === undefined) return { words, env };
  const after = skipOptions(rest, withWord);
  return peel({
    words: after[0] === 'run' && /^(dotenvx)$/.test(nameOf(head)) ? skipOptions(after.slice(1), withWord) : after,
    env,
  });
};

const fileStep = (by: string, words: readonly string[], env: readonly string[]): StartStep | undefined => {
  const options: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const isCommand = /^(watch|run)$/.test(word) && by !== 'node' && at === 0;
    if (isCommand) continue;
    if (!word.startsWith('-')) return { runs: 'file', file: word, by, options, env };
    options.push(word);
    if (WITH_WORD.has(word)) options.push(words[(at += 1)] ?? '');
  }
  return undefined;
};

const scriptStep = (words: readonly string[], env: readonly string[]): StartStep | undefined => {
  const [command, ...rest] = words.filter((word) => !word.startsWith('-'));
  if (command === undefined) return undefined;
  if (command === 'run' || command === 'run-script')
    return rest[0] === undefined ? undefined : { runs: 'script', script: rest[0], env };
  if (command === 'exec' || command === 'dlx') return stepOf({ words: rest, env });
  return { runs: 'script', script: command, env };
};

const stepOf = (peeled: Peeled): StartStep | undefined => {
  const { words, env } = peel(peeled);
  const [head = '', ...rest] = words;
  const name = nameOf(head);
  if (PACKAGE_MANAGERS.has(name)) return scriptStep(rest, env);
  if (RUNNERS.has(name)) return fileStep(name, rest, env);
  if (name in FRAMEWORKS) {
    const file = FRAMEWORKS[name];
    return { runs: 'framework', by: name, env, ...(file === undefined ? {} : { file }) };
  }
  return undefined;
};

/** Reads a command line of package.json or of a manager: what it starts in the end. The last part of `a && b` counts, the first of `a || b`. */
export const readStartCommand = (line: string): StartStep | undefined => {
  const parts = line.split(/&&|;/).map(
    (part) =>
      part
        .split('||')[0]
        ?.split(/[|>&](?!\d)/)[0]
        ?.trim() ?? '',
  );
  const steps = parts.filter((part) => part !== '').map((part) => stepOf({ words: splitWords(part), env: [] }));
  return steps.findLast((step) => step !== undefined);
};
