import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import fc from 'fast-check';
import { parse, parseDocument } from 'yaml';
import { editConfig } from './edit.ts';
import { evaluateYaml, type Evaluate } from './evaluate.ts';
import { readScript } from './script.ts';
import { scriptCandidates } from './script-candidates.ts';
import { treeOf } from './tree.ts';
import { yamlCandidates } from './yaml-candidates.ts';

type Config = { readonly apps: readonly Readonly<Record<string, unknown>>[] };

/** Judged by another way than the edit's: as Node evaluates the text. */
const load = (text: string): Config => {
  const module = { exports: {} };
  vm.runInNewContext(text.replace('\u{FEFF}', ''), { module });
  return JSON.parse(JSON.stringify(module.exports)) as Config;
};

const evaluate: Evaluate = async (texts) =>
  texts.map((text) => {
    try {
      return { ok: true, value: treeOf(load(text)) };
    } catch (error) {
      return { ok: false, error: String(error) };
    }
  });

/** How a configuration may look: everything that two people would write differently. */
interface Style {
  readonly eol: string;
  readonly indent: string;
  readonly quote: string;
  readonly quotedKeys: boolean;
  readonly trailing: boolean;
  readonly layout: 'lines' | 'one-line' | 'tight' | 'comma-first';
  readonly comments: boolean;
  readonly mark: boolean;
}

const style: fc.Arbitrary<Style> = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  indent: fc.constantFrom('  ', '    ', '\t'),
  quote: fc.constantFrom("'", '"'),
  quotedKeys: fc.boolean(),
  trailing: fc.boolean(),
  layout: fc.constantFrom('lines', 'one-line', 'tight', 'comma-first'),
  comments: fc.boolean(),
  mark: fc.boolean(),
});

const setting = fc.constantFrom('absent', 'number', 'text', 'constant', 'twice', 'right');

/** One app: which settings it has and how, what it spreads, and what stands after them. */
const app = fc.record({
  restarts: setting,
  uptime: setting,
  spread: fc.constantFrom('none', 'first', 'last'),
  after: fc.boolean(),
  words: fc.boolean(),
});

type App = typeof app extends fc.Arbitrary<infer Value> ? Value : never;

const VALUES: Readonly<Record<string, readonly [restarts: string, uptime: string]>> = {
  number: ['15', '5000'],
  text: ["'15'", "'5s'"],
  constant: ['MAX', 'UPTIME'],
  right: ['3', "'30s'"],
};

const pairsOf = (one: App, name: string, { quote }: Style): readonly string[] => {
  const put = (key: string, how: string, at: 0 | 1): readonly string[] => {
    if (how === 'absent') return [];
    if (how === 'twice') return [`${key}: 1`, `${key}: 15`];
    return [`${key}: ${VALUES[how]?.[at] ?? ''}`];
  };
  return [
    ...(one.spread === 'first' ? ['...common'] : []),
    `name: ${quote}${name}${quote}`,
    `script: ${quote}${name}.js${quote}`,
    ...put('max_restarts', one.restarts, 0),
    ...(one.words ? [`env: { max_restarts: 15, HINT: ${quote}min_uptime: 5s${quote} }`] : []),
    ...put('min_uptime', one.uptime, 1),
    ...(one.after ? ['watch: false'] : []),
    ...(one.spread === 'last' ? ['...common'] : []),
  ];
};

const laidOut = (pairs: readonly string[], how: Style): string => {
  const { eol, indent, quotedKeys, trailing, layout, comments } = how;
  const shown = pairs.map((pair) => (quotedKeys ? pair.replace(/^(\w+):/, '"$1":') : pair));
  const end = trailing ? ',' : '';
  if (layout === 'tight') return `{${shown.join(',')}${end}}`;
  if (layout === 'one-line') return `{ ${shown.join(', ')}${end} }`;
  if (layout === 'comma-first') return `{${eol}${indent}  ${shown.join(`${eol}${indent}, `)}${eol}${indent}}`;
  const note = (at: number): string => (comments && at % 2 === 0 ? ' // max_restarts: 15' : '');
  const lines = shown.map((pair, at) => `${indent}${indent}${pair}${at === shown.length - 1 ? end : ','}${note(at)}`);
  return `{${eol}${lines.join(eol)}${eol}${indent}}`;
};

const textOf = (apps: readonly App[], how: Style): string => {
  const { eol, mark } = how;
  const names = ['api', 'worker', 'cron'];
  const list = apps.map((one, at) => laidOut(pairsOf(one, names[at] ?? '', how), how));
  return [
    `${mark ? '\u{FEFF}' : ''}// min_uptime: '5s'`,
    "const MAX = 15; const UPTIME = '5s';",
    "const common = { max_restarts: 15, min_uptime: '5s', kill_timeout: 3000 };",
    `module.exports = { apps: [${list.join(', ')}] };`,
  ].join(eol);
};

const LIMITS = ['max_restarts', 'min_uptime'];

const without = ({ apps }: Config, names: readonly string[]): unknown =>
  apps.map((one) =>
    Object.entries(one).filter(([key]) => !names.includes(String(one['name'])) || !LIMITS.includes(key)),
  );

const judge = (before: Config, after: Config, names: readonly string[]): void => {
  for (const one of after.apps.filter(({ name }) => names.includes(String(name)))) {
    assert.equal(one['max_restarts'], 3);
    assert.ok(['30s', 30_000].includes(one['min_uptime'] as string));
  }
  assert.deepEqual(without(after, names), without(before, names));
};

const wanted = fc.constantFrom(['api'], ['api', 'worker', 'cron']);

test('however a script is written, its edit evaluates to the limits and to nothing else, and keeps its line ends and comments', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(app, { minLength: 1, maxLength: 3 }), style, wanted, async (apps, how, names) => {
      const text = textOf(apps, how);
      const script = readScript(text, text, 'commonjs');
      assert.ok(script.ok, text);
      const job = { text, evaluate, find: scriptCandidates(script.value), surroundings: [{}], names, backoff: false };
      const edited = await editConfig(job);
      assert.notEqual(edited.outcome, 'refused', text);
      if (edited.outcome !== 'edited') return judge(load(text), load(text), names);
      judge(load(text), load(edited.text), names);
      const bare = (all: string): string => all.replaceAll(/\r\n/g, '');
      assert.equal(/[\r\n]/.test(how.eol === '\n' ? edited.text.replaceAll('\n', '') : bare(edited.text)), false);
      assert.equal(edited.text.split('//').length, text.split('//').length);
    }),
    { numRuns: 300 },
  );
});

const yamlText = (apps: readonly App[], { eol, comments }: Style, flow: boolean): string => {
  const names = ['api', 'worker', 'cron'];
  const values = (how: string, at: 0 | 1): string | undefined =>
    ({ number: ['15', '5000'], text: ['"15"', "'5s'"], constant: ['*max', '*uptime'], right: ['3', '30s'] })[how]?.[at];
  const list = apps.map((one, at) => {
    const [restarts, uptime] = [values(one.restarts, 0), values(one.uptime, 1)];
    const pairs = [
      `name: ${names[at]}`,
      ...(one.spread === 'none' ? [] : ['<<: *common']),
      ...(restarts === undefined ? [] : [`max_restarts: ${restarts}`]),
      ...(uptime === undefined ? [] : [`min_uptime: ${uptime}`]),
      ...(one.after ? ['watch: false'] : []),
    ];
    return flow ? `  - { ${pairs.join(', ')} }` : `  - ${pairs.join(`${comments ? ' # 15' : ''}${eol}    `)}`;
  });
  return [
    'x: [&max 15, &uptime 5s]',
    'common: &common { max_restarts: 15, min_uptime: 5s, kill_timeout: 3000 }',
    'apps:',
    ...list,
  ].join(eol);
};

test('however a YAML file is written, its edit evaluates to the limits and to nothing else', async () => {
  const loadYaml = (text: string): Config => parse(text, { merge: true }) as Config;
  await fc.assert(
    fc.asyncProperty(
      fc.array(app, { minLength: 1, maxLength: 3 }),
      style,
      wanted,
      fc.boolean(),
      async (apps, how, names, flow) => {
        const text = yamlText(apps, how, flow);
        const find = yamlCandidates(text, parseDocument(text, { merge: true }));
        const evaluateAll: Evaluate = async (texts) => texts.map((one) => evaluateYaml(one));
        const edited = await editConfig({
          text,
          evaluate: evaluateAll,
          find,
          surroundings: [{}],
          names,
          backoff: false,
        });
        assert.notEqual(edited.outcome, 'refused', text);
        if (edited.outcome === 'edited') judge(loadYaml(text), loadYaml(edited.text), names);
      },
    ),
    { numRuns: 300 },
  );
});
