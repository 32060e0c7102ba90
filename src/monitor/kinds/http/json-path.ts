/** One step of a path: a key of an object or an index of a list. */
export type Step = string | number;

const DOTTED = /^\.([^.[\]]+)/;
const INDEXED = /^\[(\d{1,9})\]/;
const QUOTED = /^\[("(?:[^"\\]|\\.)*")\]/;

const unquote = (quoted: string): string | undefined => {
  try {
    return String(JSON.parse(quoted));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const nextStep = (rest: string): readonly [Step, number] | undefined => {
  const dotted = DOTTED.exec(rest);
  if (dotted?.[1] !== undefined) return [dotted[1], dotted[0].length];
  const indexed = INDEXED.exec(rest);
  if (indexed?.[1] !== undefined) return [Number(indexed[1]), indexed[0].length];
  const quoted = QUOTED.exec(rest);
  const key = quoted?.[1] === undefined ? undefined : unquote(quoted[1]);
  return quoted === null || key === undefined ? undefined : [key, quoted[0].length];
};

/** Reads a path such as `$.checks[0]["free space"]`; the `$` may be left out (`status`). Undefined when it is none. */
export const parseJsonPath = (path: string): readonly Step[] | undefined => {
  let rest = path.trim();
  if (rest.startsWith('$')) rest = rest.slice(1);
  else if (rest !== '' && !rest.startsWith('[') && !rest.startsWith('.')) rest = `.${rest}`;
  const steps: Step[] = [];
  while (rest !== '') {
    const step = nextStep(rest);
    if (step === undefined) return undefined;
    steps.push(step[0]);
    rest = rest.slice(step[1]);
  }
  return steps;
};

/** Writes steps the way `parseJsonPath` reads them. */
export const formatJsonPath = (steps: readonly Step[]): string =>
  `$${steps.map((step) => (typeof step === 'number' ? `[${step}]` : /^[^.[\]\s"]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join('')}`;

/** What stands at a path; undefined when nothing does. Keys of prototypes are nothing. */
export const valueAt = (document: unknown, steps: readonly Step[]): unknown => {
  let value = document;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) !== (typeof step === 'number')) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<Step, unknown>)[step] : undefined;
  }
  return value;
};
