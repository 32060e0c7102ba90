import { isMap, isScalar, visit, type Document, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { RANK, type Candidate, type Finder } from './candidate.ts';
import type { Setting } from './setting.ts';
import { lineEnd, lineStart, type Splice } from './splice.ts';

type Place = readonly [start: number, end: number];

const placeOf = (node: unknown): Place | undefined => {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range === null || range === undefined ? undefined : [range[0] ?? 0, range[1] ?? 0];
};

const keyOf = (pair: Pair): string | undefined =>
  isScalar(pair.key) && (typeof pair.key.value === 'string' || typeof pair.key.value === 'number')
    ? String(pair.key.value)
    : undefined;

const quoteOf = (text: string, [start]: Place): string => {
  const first = text[start] ?? '';
  return first === '"' || first === "'" ? first : '';
};

/** The new value as a scalar, in the quotes of the old one; a number never has any. */
const written = (value: number | string, quotes: string): string =>
  typeof value === 'number' ? String(value) : `${quotes}${value}${quotes}`;

const replacing = (text: string, setting: Setting, [start, end]: Place, rank: number): Candidate => ({
  setting,
  rank,
  home: start,
  edit: 'replace',
  splices: [
    {
      start,
      end,
      text: `${start === end && text[start - 1] === ':' ? ' ' : ''}${written(setting.value, quoteOf(text, [start, end]))}`,
    },
  ],
});

/** The pair's place when it stands on one line and more can follow on the next. */
const oneLine = (text: string, pair: Pair): Place | undefined => {
  const [key, value] = [placeOf(pair.key), placeOf(pair.value)];
  if (key === undefined || value === undefined || text.slice(key[0], value[1]).includes('\n')) return undefined;
  return isScalar(pair.value) && String(pair.value.type).startsWith('BLOCK') ? undefined : [key[0], value[1]];
};

const after = (text: string, anchor: Place, settings: readonly Setting[]): readonly Splice[] => {
  const start = lineStart(text, anchor[0]);
  const found = text.indexOf('\n', anchor[1]);
  const stop = found === -1 ? text.length : found;
  const at = text[stop - 1] === '\r' ? stop - 1 : stop;
  const indent = ' '.repeat(anchor[0] - start - (start === 0 && text.startsWith('\u{FEFF}') ? 1 : 0));
  const eol = lineEnd(text, anchor[1]);
  return [{ start: at, end: at, text: settings.map(({ key, value }) => `${eol}${indent}${key}: ${value}`).join('') }];
};

/** Adds to `{ name: api }`, on a line of its own where its pairs have such. */
const afterInFlow = (text: string, anchor: Place, settings: readonly Setting[], quotes: string): readonly Splice[] => {
  const before = text.slice(lineStart(text, anchor[0]), anchor[0]);
  const gap = /^\s*$/.test(before) ? `,${lineEnd(text, anchor[1])}${before}` : ', ';
  const words = settings.map(({ key, value }) => `${gap}${quotes}${key}${quotes}: ${written(value, quotes)}`);
  return [{ start: anchor[1], end: anchor[1], text: words.join('') }];
};

const flowQuotes = (text: string, map: YAMLMap): string => {
  const keys = map.items.map((pair) => quoteOf(text, placeOf(pair.key) ?? [0, 0]));
  return keys.every((quotes) => quotes !== '') ? (keys[0] ?? '') : '';
};

interface Anchor {
  readonly place: Place;
  readonly beside: boolean;
}

const anchorsOf = (text: string, map: YAMLMap, siblings: readonly string[]): readonly Anchor[] => {
  const flow = map.flow === true;
  const places = map.items.flatMap((pair) => {
    const [key, value] = [placeOf(pair.key), placeOf(pair.value)];
    const place = flow && key !== undefined ? ([key[0], value?.[1] ?? key[1]] as const) : oneLine(text, pair);
    return place === undefined ? [] : [{ place, beside: siblings.includes(keyOf(pair) ?? '') }];
  });
  const last = places.at(-1);
  const sibling = places.find(({ beside }) => beside);
  return [sibling, last].flatMap((one) => (one === undefined ? [] : [one])).slice(0, 1);
};

const added = (text: string, setting: Setting, map: YAMLMap, siblings: readonly string[]): readonly Candidate[] => {
  const named = map.items.some((pair) => ['name', 'script'].includes(keyOf(pair) ?? ''));
  return anchorsOf(text, map, siblings).map(({ place, beside }) => {
    const together = (settings: readonly Setting[]): readonly Splice[] =>
      map.flow === true ? afterInFlow(text, place, settings, flowQuotes(text, map)) : after(text, place, settings);
    const rank = named ? RANK.named : RANK.anywhere;
    return {
      setting,
      rank: beside ? RANK.beside : rank,
      home: placeOf(map)?.[0] ?? place[0],
      edit: 'add',
      splices: together([setting]),
      together,
    };
  });
};

const ofPair = (text: string, setting: Setting, pair: Pair): readonly Candidate[] => {
  const place = placeOf(pair.value);
  return place === undefined || keyOf(pair) !== setting.key ? [] : [replacing(text, setting, place, RANK.value)];
};

const ofScalar = (text: string, setting: Setting, node: Scalar, current: readonly unknown[]): readonly Candidate[] => {
  const place = placeOf(node);
  return place === undefined || !current.includes(node.value) ? [] : [replacing(text, setting, place, RANK.constant)];
};

/** Every place of a YAML document where a setting could be written. */
export const yamlCandidates =
  (text: string, document: Document): Finder =>
  (setting, siblings, current) => {
    const all: Candidate[] = [];
    visit(document, {
      Pair: (_key, pair) => {
        all.push(...ofPair(text, setting, pair));
      },
      Scalar: (_key, node) => {
        all.push(...ofScalar(text, setting, node, current));
      },
      Map: (_key, map) => {
        if (isMap(map)) all.push(...added(text, setting, map, siblings));
      },
    });
    const own = new Set(all.filter(({ rank }) => rank < RANK.constant).map(({ home }) => home));
    return all.filter(({ rank, home }) => rank !== RANK.constant || !own.has(home));
  };
