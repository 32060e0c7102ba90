import type { AnyNode, AssignmentProperty, Expression, Literal, ObjectExpression, Property } from 'acorn';
import { RANK, type Candidate, type Finder } from './candidate.ts';
import { insertAfter, insertInto, propertyOf, quotesOf, written } from './insertion.ts';
import { keyOf, nodesOf, type Script } from './script.ts';
import type { Setting } from './setting.ts';

type Range = Pick<AnyNode, 'start' | 'end'>;

/** The new value in the quotes of the old one. */
const valueLike = (script: Script, old: Range, value: number | string): string => {
  const first = script.text[old.start] ?? '';
  if (first === "'" || first === '"') return written(value, first);
  return written(value, script.kind === 'json' ? '"' : quotesOf(script.text));
};

const replacing = (script: Script, setting: Setting, old: Range, rank: number): Candidate => ({
  setting,
  rank,
  home: old.start,
  edit: 'replace',
  splices: [{ start: old.start, end: old.end, text: valueLike(script, old, setting.value) }],
});

/** `{ max_restarts }` becomes `{ max_restarts: 3 }`. */
const spelled = (script: Script, setting: Setting, property: Property | AssignmentProperty): Candidate => ({
  ...replacing(script, setting, property, RANK.value),
  splices: [
    {
      start: property.end,
      end: property.end,
      text: `: ${written(setting.value, quotesOf(script.text))}`,
    },
  ],
});

const ofProperty = (
  script: Script,
  setting: Setting,
  property: Property | AssignmentProperty,
): readonly Candidate[] => {
  if (property.kind !== 'init' || property.method || keyOf(property.key, property.computed) !== setting.key) return [];
  const value = property.value as AnyNode;
  if (value.type === 'AssignmentPattern') return [replacing(script, setting, value.right, RANK.assigned)];
  if (property.shorthand) return [spelled(script, setting, property)];
  return [replacing(script, setting, value, RANK.value)];
};

const isTarget = (left: AnyNode, key: string): boolean =>
  left.type === 'MemberExpression' && keyOf(left.property as AnyNode, left.computed) === key;

const ofLiteral = (
  script: Script,
  setting: Setting,
  node: Literal,
  current: readonly unknown[],
): readonly Candidate[] =>
  current.some((value) => value === node.value && value !== undefined)
    ? [replacing(script, setting, node, RANK.constant)]
    : [];

const added = (
  script: Script,
  setting: Setting,
  literal: ObjectExpression,
  siblings: readonly string[],
): readonly Candidate[] => {
  const candidate = (rank: number, together: NonNullable<Candidate['together']>): Candidate => ({
    setting,
    rank,
    home: literal.start,
    edit: 'add',
    splices: together([setting]),
    together,
  });
  const last = literal.properties.at(-1);
  if (last === undefined) return [candidate(RANK.anywhere, (settings) => insertInto(script, literal, settings))];
  const named = ['name', 'script'].some((key) => propertyOf(literal, key) !== undefined);
  const atEnd = candidate(named ? RANK.named : RANK.anywhere, (all) => insertAfter(script, literal, last, all));
  const sibling = siblings.map((key) => propertyOf(literal, key)).find((one) => one !== undefined);
  return sibling === undefined
    ? [atEnd]
    : [candidate(RANK.beside, (all) => insertAfter(script, literal, sibling, all)), atEnd];
};

type Visitor = (
  script: Script,
  setting: Setting,
  node: AnyNode,
  siblings: readonly string[],
  current: readonly unknown[],
) => readonly Candidate[];

const valueOf = (node: { readonly value?: Expression | null }): Expression | undefined => node.value ?? undefined;

const VISITORS: Partial<Record<AnyNode['type'], Visitor>> = {
  Property: (script, setting, node) => (node.type === 'Property' ? ofProperty(script, setting, node) : []),
  AssignmentExpression: (script, setting, node) =>
    node.type === 'AssignmentExpression' && isTarget(node.left as AnyNode, setting.key)
      ? [replacing(script, setting, node.right, RANK.assigned)]
      : [],
  PropertyDefinition: (script, setting, node) => {
    if (node.type !== 'PropertyDefinition' || keyOf(node.key as AnyNode, node.computed) !== setting.key) return [];
    const value = valueOf(node);
    return value === undefined ? [] : [replacing(script, setting, value, RANK.assigned)];
  },
  Literal: (script, setting, node, _siblings, current) =>
    node.type === 'Literal' ? ofLiteral(script, setting, node, current) : [],
  ObjectExpression: (script, setting, node, siblings) =>
    node.type === 'ObjectExpression' ? added(script, setting, node, siblings) : [],
};

/** Every place of a script where a setting could be written. */
export const scriptCandidates =
  (script: Script): Finder =>
  (setting, siblings, current) => {
    const all = [...nodesOf(script.root)].flatMap(
      (node) => VISITORS[node.type]?.(script, setting, node, siblings, current) ?? [],
    );
    // A value that is a setting's own is no constant elsewhere.
    const own = new Set(all.filter(({ rank }) => rank < RANK.constant).map(({ home }) => home));
    return all.filter(({ rank, home }) => rank !== RANK.constant || !own.has(home));
  };
