/* What Node 18 has not yet, and code for Node 24 uses. Only what is missing is added. */

type Key = string | number | symbol;

const add = (holder: object, name: Key, value: unknown): void => {
  if (!(name in holder)) Object.defineProperty(holder, name, { value, writable: true, configurable: true });
};

const copying = (change: (copy: unknown[], words: unknown[]) => unknown) =>
  function (this: ArrayLike<unknown>, ...words: unknown[]): unknown[] {
    const copy = Array.from(this);
    change(copy, words);
    return copy;
  };

add(
  Array.prototype,
  'toSorted',
  copying((copy, [compare]) => copy.sort(compare as never)),
);
add(
  Array.prototype,
  'toReversed',
  copying((copy) => copy.reverse()),
);
add(
  Array.prototype,
  'toSpliced',
  copying((copy, words) => copy.splice(...(words as [number]))),
);
add(
  Array.prototype,
  'with',
  copying((copy, [at, value]) => copy.splice(Number(at) < 0 ? copy.length + Number(at) : Number(at), 1, value)),
);

add(Object, 'groupBy', (items: Iterable<unknown>, key: (item: unknown, at: number) => Key) => {
  const groups = Object.create(null) as Record<Key, unknown[]>;
  let at = 0;
  for (const item of items) (groups[key(item, at++)] ??= []).push(item);
  return groups;
});

add(Map, 'groupBy', (items: Iterable<unknown>, key: (item: unknown, at: number) => unknown) => {
  const groups = new Map<unknown, unknown[]>();
  let at = 0;
  for (const item of items) {
    const name = key(item, at++);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
});

add(Promise, 'withResolvers', () => {
  const parts = {} as Record<string, unknown>;
  parts['promise'] = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
});

add(Promise, 'try', async (run: (...words: unknown[]) => unknown, ...words: unknown[]) => run(...words));

add(Array, 'fromAsync', async (items: AsyncIterable<unknown>, map = (item: unknown): unknown => item) => {
  const all: unknown[] = [];
  for await (const item of items) all.push(await map(item));
  return all;
});

const setMethod = (make: (own: Set<unknown>, other: ReadonlySet<unknown>) => unknown) =>
  function (this: Set<unknown>, other: ReadonlySet<unknown>): unknown {
    return make(this, other);
  };

add(
  Set.prototype,
  'union',
  setMethod((own, other) => new Set([...own, ...other])),
);
add(
  Set.prototype,
  'intersection',
  setMethod((own, other) => new Set([...own].filter((one) => other.has(one)))),
);
add(
  Set.prototype,
  'difference',
  setMethod((own, other) => new Set([...own].filter((one) => !other.has(one)))),
);
add(
  Set.prototype,
  'isSubsetOf',
  setMethod((own, other) => [...own].every((one) => other.has(one))),
);
add(
  Set.prototype,
  'isSupersetOf',
  setMethod((own, other) => [...other].every((one) => own.has(one))),
);
add(
  Set.prototype,
  'isDisjointFrom',
  setMethod((own, other) => [...own].every((one) => !other.has(one))),
);

add(RegExp, 'escape', (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));

add(AbortSignal, 'any', (signals: readonly AbortSignal[]) => {
  const all = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) all.abort(signal.reason);
    signal.addEventListener('abort', () => all.abort(signal.reason), { once: true });
  }
  return all.signal;
});

for (const name of ['dispose', 'asyncDispose']) add(Symbol, name, Symbol(`Symbol.${name}`));

type Each = (item: unknown, at: number) => unknown;
type Fits = (item: unknown, at: number) => boolean;

/** Methods of iterators take one item at a time: what they read from may have no end. */
const LAZY: Readonly<Record<string, (own: Iterable<unknown>, word: never) => Iterator<unknown>>> = {
  *map(own, each: Each) {
    let at = 0;
    for (const item of own) yield each(item, at++);
  },
  *filter(own, fits: Fits) {
    let at = 0;
    for (const item of own) if (fits(item, at++)) yield item;
  },
  *flatMap(own, each: (item: unknown, at: number) => Iterable<unknown>) {
    let at = 0;
    for (const item of own) yield* each(item, at++);
  },
  *take(own, count: number) {
    let left = count;
    if (left > 0)
      for (const item of own) {
        yield item;
        if (--left <= 0) return;
      }
  },
  *drop(own, count: number) {
    let left = count;
    for (const item of own) if (left-- <= 0) yield item;
  },
};

const AT_ONCE: Readonly<Record<string, (own: readonly unknown[], words: never) => unknown>> = {
  toArray: (own) => own,
  forEach: (own, [each]: [Each]) => own.forEach(each),
  reduce: (own, words: [never]) => own.reduce(...words),
  some: (own, [fits]: [Each]) => own.some(fits),
  every: (own, [fits]: [Each]) => own.every(fits),
  find: (own, [fits]: [Each]) => own.find(fits),
};

const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
const all = (iterator: Iterator<unknown>): Iterable<unknown> => ({ [Symbol.iterator]: () => iterator });

for (const [name, method] of Object.entries(LAZY))
  add(iterators, name, function (this: Iterator<unknown>, word: never) {
    return method(all(this), word);
  });
for (const [name, method] of Object.entries(AT_ONCE))
  add(iterators, name, function (this: Iterator<unknown>, ...words: unknown[]) {
    return method([...all(this)], words as never);
  });
