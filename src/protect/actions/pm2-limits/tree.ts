/**
 * What a configuration evaluates to, as data that keeps what JSON loses: the order of keys, functions, dates, undefined. A text, a finite number, a
 * boolean and null stand for themselves; all else is a pair of its kind and what it holds.
 */
export type Tree = string | number | boolean | null | readonly [kind: string, inside: unknown];

type Members = readonly (readonly [key: string, value: Tree])[];

/** The members of an object in their order; undefined for anything else. */
export const membersOf = (tree: Tree | undefined): Members | undefined =>
  Array.isArray(tree) && tree[0] === 'object' ? (tree[1] as Members) : undefined;

/** The elements of an array; undefined for anything else. */
export const elementsOf = (tree: Tree | undefined): readonly Tree[] | undefined =>
  Array.isArray(tree) && tree[0] === 'array' ? (tree[1] as readonly Tree[]) : undefined;

/** One member of an object; undefined when it is none or has it not. */
export const memberOf = (tree: Tree | undefined, key: string): Tree | undefined =>
  membersOf(tree)?.findLast(([name]) => name === key)?.[1];

/** A value made by this process (a YAML document) as a tree. */
export const treeOf = (value: unknown): Tree => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : ['number', String(value)];
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return ['array', value.map((one) => treeOf(one))];
  if (value instanceof Date) return ['date', String(+value)];
  if (typeof value !== 'object') return [typeof value, typeof value === 'bigint' ? value.toString() : ''];
  return ['object', Object.entries(value).map(([key, inner]) => [key, treeOf(inner)] as const)];
};

/** Where the apps stand in a configuration: under `apps` or `pm2`, as the whole, alone or in a list; for modules also under `default`. */
export const appsOf = (root: Tree): readonly Tree[] => {
  const inner = memberOf(root, 'apps') ?? memberOf(root, 'pm2');
  if (inner !== undefined) return elementsOf(inner) ?? [inner];
  const whole = memberOf(root, 'default');
  if (whole !== undefined && memberOf(root, 'script') === undefined) return appsOf(whole);
  return elementsOf(root) ?? [root];
};

/** An app's name as PM2 takes it: its own, else its script's without folder and extension. */
export const nameOf = (app: Tree): string | undefined => {
  const name = memberOf(app, 'name');
  if (typeof name === 'string' || typeof name === 'number') return String(name);
  const script = memberOf(app, 'script');
  if (typeof script !== 'string') return undefined;
  const base = script.split('/').at(-1) ?? '';
  const dot = base.lastIndexOf('.');
  return dot > 0 ? base.slice(0, dot) : base;
};

/** A tree in which the settings `keys` are taken out of the apps of those names, wherever these stand. */
export const withoutSettings = (root: Tree, names: readonly string[], keys: readonly string[]): Tree => {
  const apps = new Set(
    appsOf(root)
      .filter((app) => names.includes(nameOf(app) ?? ''))
      .map((app) => JSON.stringify(app)),
  );
  const walk = (tree: Tree): Tree => {
    const list = elementsOf(tree);
    if (list !== undefined) return ['array', list.map((one) => walk(one))];
    const members = membersOf(tree);
    if (members === undefined) return tree;
    const kept = apps.has(JSON.stringify(tree)) ? members.filter(([key]) => !keys.includes(key)) : members;
    return ['object', kept.map(([key, value]) => [key, walk(value)] as const)];
  };
  return walk(root);
};

/** Whether two evaluations are the same but for what differed already between two evaluations of the original (`loose`). */
export const sameTree = (one: Tree | undefined, other: Tree | undefined, loose: readonly [Tree, Tree]): boolean => {
  const masks = new Set<string>();
  collect(loose[0], loose[1], '', masks);
  return same(one, other, '', masks);
};

type Fork = readonly (readonly [key: string, one: Tree | undefined, other: Tree | undefined])[];

/** The parts of two trees side by side when both are of one shape; undefined when they are leaves or of different shapes. */
const sideBySide = (one: Tree | undefined, other: Tree | undefined): Fork | undefined => {
  const [list, otherList] = [elementsOf(one), elementsOf(other)];
  if (list !== undefined && otherList !== undefined && list.length === otherList.length)
    return list.map((item, index) => [String(index), item, otherList[index]]);
  const [members, others] = [membersOf(one), membersOf(other)];
  if (members === undefined || others === undefined || members.length !== others.length) return undefined;
  if (!members.every(([key], index) => key === others[index]?.[0])) return undefined;
  return members.map(([key, value], index) => [key, value, others[index]?.[1]]);
};

const collect = (one: Tree | undefined, other: Tree | undefined, at: string, masks: Set<string>): void => {
  const parts = sideBySide(one, other);
  if (parts === undefined) {
    if (JSON.stringify(one) !== JSON.stringify(other)) masks.add(at);
    return;
  }
  for (const [key, left, right] of parts) collect(left, right, `${at}\n${key}`, masks);
};

const same = (one: Tree | undefined, other: Tree | undefined, at: string, masks: ReadonlySet<string>): boolean => {
  if (masks.has(at)) return true;
  const parts = sideBySide(one, other);
  if (parts === undefined) return JSON.stringify(one) === JSON.stringify(other);
  return parts.every(([key, left, right]) => same(left, right, `${at}\n${key}`, masks));
};
