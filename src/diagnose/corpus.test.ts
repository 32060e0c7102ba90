import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Crash } from './crash.ts';
import type { Finding } from './finding.ts';
import { diagnose } from './rules/index.ts';

interface Case extends Crash {
  readonly file: string;
  /** Causes accepted in first place; null where nothing may be claimed. */
  readonly first: readonly string[] | null;
}

const HIGH = 0.8;

const casesOf = (folder: string): readonly Case[] => {
  const path = fileURLToPath(new URL(`../../test/fixtures/${folder}/`, import.meta.url));
  const expected = JSON.parse(readFileSync(`${path}expected.json`, 'utf8')) as {
    readonly cases: Readonly<Record<string, { readonly first: readonly string[] | null }>>;
  };
  return Object.entries(expected.cases).map(([file, { first }]) => {
    const text = readFileSync(path + file, 'utf8');
    const end = text.indexOf('\n');
    const exit = /exit=(\d+)/.exec(text.slice(0, end))?.[1];
    const signal = /signal=(SIG\w+)/.exec(text.slice(0, end))?.[1];
    return {
      file,
      first,
      output: text.slice(end + 1),
      ...(exit === undefined ? {} : { exitCode: Number(exit) }),
      ...(signal === undefined ? {} : { signal }),
    };
  });
};

const CASES = [...casesOf('crashes'), ...casesOf('crashes-more')];

const shown = (findings: readonly Finding[]): string =>
  findings.map(({ cause, confidence }) => `${cause} ${confidence}`).join(', ');

/** What is accepted where a log does not say that an error came from a promise. */
const accepts = ({ first }: Case, cause: string | undefined): boolean =>
  first === null ||
  first.includes(cause ?? '') ||
  (first.includes('unhandled-rejection') && cause === 'uncaught-exception');

for (const one of CASES)
  test(`${one.file}: ${one.first === null ? 'nothing is claimed' : one.first.join(' or ')}`, () => {
    const findings = diagnose(one);
    if (one.first === null) assert.ok((findings[0]?.confidence ?? 0) < HIGH, shown(findings));
    else assert.ok(one.first.includes(findings[0]?.cause ?? ''), shown(findings));
  });

/** PM2 takes away what Node puts around an error. */
const bare = (text: string): string =>
  text.replace(/^node:[^\n]*:\d+\n(?:[^\n]*\n){1,3}?\s*\^+\s*\n\n?/m, '').replaceAll(/\n*^Node\.js v[\d.]+\n*/gm, '\n');

const eachLine = (text: string, before: string, after = ''): string =>
  text
    .split('\n')
    .map((line) => before + line + after)
    .join('\n');

const FORMS: Readonly<Record<string, (text: string) => string>> = {
  "PM2's error log": bare,
  'pm2 logs': (text) => eachLine(bare(text), '0|api      | '),
  'pm2 logs with moments': (text) => eachLine(bare(text), '0|api  | 2025-12-22T08:03:12: '),
  'a log with moments': (text) => eachLine(bare(text), '2025-12-22 08:03:12.123 +05:00: '),
  'the journal': (text) => eachLine(text, 'Dec 22 08:03:12 vps-1 node[1234]: '),
  'docker compose': (text) => eachLine(text, 'api-1  | '),
  'JSON of PM2': (text) => JSON.stringify({ message: bare(text), type: 'err', process_id: 0, app_name: 'api' }),
  'three crashes in a row': (text) => `${bare(text)}\n`.repeat(3),
  'lines of Windows': (text) => text.replaceAll('\n', '\r\n'),
  colours: (text) => eachLine(text, '\u001B[31m', '\u001B[39m'),
};

for (const [form, write] of Object.entries(FORMS))
  test(`every crash with words keeps its cause in the form of ${form}`, () => {
    const told = CASES.filter(({ output, first }) => output.trim() !== '' && first?.includes('clean-exit') === false);
    for (const one of told) {
      const findings = diagnose({ ...one, output: write(one.output) });
      assert.ok(accepts(one, findings[0]?.cause), `${one.file}: ${shown(findings)}`);
    }
  });

test('a crash is recognised by its words alone, without exit code', () => {
  const told = CASES.filter(
    ({ output, signal, first }) =>
      output.trim() !== '' && signal === undefined && first?.includes('clean-exit') === false,
  );
  for (const one of told) {
    const findings = diagnose({ output: one.output });
    assert.ok(accepts(one, findings[0]?.cause), `${one.file}: ${shown(findings)}`);
  }
});

test('of two crashes in one log the last one counts, and the one before is never claimed surely', () => {
  const uncaught = CASES.filter(({ output, first }) => /^Node\.js v/m.test(output) && first !== null);
  for (const [index, one] of uncaught.entries()) {
    const before = uncaught[(index + 7) % uncaught.length];
    const findings = diagnose({ ...one, output: `${before?.output ?? ''}\n${one.output}` });
    const [best] = findings;
    assert.ok(accepts(one, best?.cause) || (best?.confidence ?? 0) < HIGH, `${one.file}: ${shown(findings)}`);
  }
});
