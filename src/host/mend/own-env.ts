import { delimiter, isAbsolute } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** What npm, npx and Dozor put into the environment of this process, and an app must not get from it. */
const isForeign = (name: string): boolean =>
  /^(DOZOR_|npm_|NODE_OPTIONS$|NODE_COMPILE_CACHE$|INIT_CWD$|NODE$)/.test(name);

/** The folders of a PATH without those that npm puts before it: an app would run on Dozor's Node. */
export const ownPath = (path: string | undefined): readonly string[] =>
  (path ?? '')
    .split(delimiter)
    .filter((one) => isAbsolute(one) && !/\/(node_modules\/\.bin|node-gyp-bin)\/?$/.test(one));

/** The environment that the user would have in a shell: PM2 hands it on to what it starts. */
export const ownEnv = (env: Env): Record<string, string> => {
  const kept = Object.entries(env).filter((one): one is [string, string] => one[1] !== undefined && !isForeign(one[0]));
  return { ...Object.fromEntries(kept), PATH: ownPath(env['PATH']).join(delimiter) };
};
