import type { Candidate } from './candidate.ts';
import type { Evaluate } from './evaluate.ts';
import { fulfils, type Setting } from './setting.ts';
import { spliced } from './splice.ts';
import type { Surroundings } from './surroundings.ts';
import { appsOf, nameOf, sameTree, withoutSettings, type Tree } from './tree.ts';

/** The original as it evaluates in one environment, twice: what differs between the two is no part of any comparison. */
export interface Ground {
  readonly surroundings: Surroundings;
  readonly tree: Tree;
  readonly again: Tree;
}

/** A setting and the apps that shall have it. */
export interface Wish {
  readonly setting: Setting;
  readonly names: readonly string[];
}

/** An app in one environment: `0:1` is the second app in the first. */
export type Spot = string;

/** What a candidate does when it alone is made: the spots that get what they lack. Harmless ones only. */
export interface Effect {
  readonly candidate: Candidate;
  readonly spots: ReadonlySet<Spot>;
}

/** The spots where a wish is not fulfilled in an evaluated configuration, and those where it is. */
export const spotsOf = (
  wish: Wish,
  tree: Tree,
  ground: number,
): { readonly open: Set<Spot>; readonly met: Set<Spot> } => {
  const [open, met] = [new Set<Spot>(), new Set<Spot>()];
  for (const [index, app] of appsOf(tree).entries()) {
    if (!wish.names.includes(nameOf(app) ?? '')) continue;
    const value = valueIn(app, wish.setting.key);
    (fulfils(value, wish.setting) ? met : open).add(`${ground}:${index}`);
  }
  return { open, met };
};

/** What an app has for a setting. */
export const valueIn = (app: Tree, key: string): Tree | undefined =>
  Array.isArray(app) && app[0] === 'object'
    ? (app[1] as readonly (readonly [string, Tree])[]).findLast(([name]) => name === key)?.[1]
    : undefined;

/** Whether nothing differs from the original but `keys` of the apps of those names. */
export const onlyDiffers = (ground: Ground, tree: Tree, names: readonly string[], keys: readonly string[]): boolean => {
  const plain = (one: Tree): Tree => withoutSettings(one, names, keys);
  return sameTree(plain(ground.tree), plain(tree), [plain(ground.tree), plain(ground.again)]);
};

const harmless = (ground: Ground, index: number, tree: Tree, wish: Wish): ReadonlySet<Spot> | undefined => {
  if (!onlyDiffers(ground, tree, wish.names, [wish.setting.key])) return undefined;
  const before = spotsOf(wish, ground.tree, index);
  const after = spotsOf(wish, tree, index);
  if ([...before.met].some((spot) => !after.met.has(spot))) return undefined;
  return new Set([...after.met].filter((spot) => before.open.has(spot)));
};

/** Makes each candidate alone and evaluates it in every environment; those that change anything else fall away. */
export const probe = async (
  text: string,
  grounds: readonly Ground[],
  asked: readonly { readonly wish: Wish; readonly candidate: Candidate }[],
  evaluate: Evaluate,
): Promise<readonly { readonly wish: Wish; readonly effect: Effect }[]> => {
  const texts = asked.map(({ candidate }) => spliced(text, candidate.splices));
  const spots: (Set<Spot> | undefined)[] = asked.map(() => new Set<Spot>());
  for (const [index, ground] of grounds.entries()) {
    const results = await evaluate(texts, ground.surroundings);
    for (const [at, { wish }] of asked.entries()) {
      const result = results[at];
      const found = result?.ok === true ? harmless(ground, index, result.value, wish) : undefined;
      const sofar = spots[at];
      spots[at] = found === undefined || sofar === undefined ? undefined : new Set([...sofar, ...found]);
    }
  }
  return asked.flatMap(({ wish, candidate }, at) => {
    const found = spots[at];
    return found === undefined || found.size === 0 ? [] : [{ wish, effect: { candidate, spots: found } }];
  });
};
