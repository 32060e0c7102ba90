import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

/** What Node 18.0 has not: of the language, and of Node's own modules. */
const NEWER =
  /\.(?:toSorted|toReversed|toSpliced|with|isWellFormed|toWellFormed|union|intersection|isSubsetOf|difference|symmetricDifference)\(|\b(?:Object|Map)\.groupBy\b|\b(?:Promise\.(?:withResolvers|try)|Array\.fromAsync|AbortSignal\.any|Iterator\.from|RegExp\.escape|URL\.canParse|URL\.parse)\b|import\.meta\.(?:dirname|filename|main)|^\s*(?:await )?using\s+\w+\s*=|from 'node:sqlite'|\b(?:styleText|parseEnv|loadEnvFile|stripTypeScriptTypes|globSync|openAsBlob|availableParallelism|getCallSites|registerHooks)\b|recursive: true, withFileTypes|\/v[gimsuy]*[;,)]|\.(?:keys|values|entries)\(\)\.(?:map|filter|flatMap|toArray|some|every|find|reduce|take|drop)\(/m;

/** These come from elsewhere, or are looked for before use. */
const ALLOWED = /files\.statfs/;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : path.endsWith('.ts') && !path.endsWith('.test.ts') ? [path] : [];
  });

const newerIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => NEWER.test(line) && !ALLOWED.test(line));

describe('what is sent to other machines', () => {
  it('collects with nothing that Node 18 lacks', () => {
    const found = ['.', '../diagnosis'].flatMap((folder) =>
      filesIn(join(import.meta.dirname, folder)).flatMap((path) =>
        newerIn(readFileSync(path, 'utf8')).map((line) => `${path}: ${line.trim()}`),
      ),
    );
    assert.deepEqual(found, []);
  });

  it('would be caught if it did', () => {
    for (const line of [
      'all.toSorted(by)',
      "import { DatabaseSync } from 'node:sqlite';",
      'import.meta.dirname',
      'Promise.withResolvers()',
      '  using file = open();',
      'map.keys().map((one) => one)',
    ])
      assert.equal(newerIn(line).length, 1, line);
  });
});
