/** A version as numbers; undefined for what is none. */
export const parseVersion = (text: string): readonly [number, number, number] | undefined => {
  const [, major, minor = '0', patch = '0'] = /^\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
};

type Version = readonly [number, number, number];

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

interface Bound {
  readonly operator: string;
  readonly version: Version;
  /** How many numbers were written: `18` has one. */
  readonly given: number;
}

const BOUND = /^(>=|<=|>|<|=|\^|~>?)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+][\w.+-]*)?$/;

const parseBound = (text: string): Bound | undefined => {
  const found = BOUND.exec(text);
  if (found === null) return undefined;
  const numbers = found.slice(2, 5);
  const firstOpen = numbers.findIndex((one) => one === undefined || /[xX*]/.test(one));
  const given = firstOpen < 0 ? 3 : firstOpen;
  const at = (place: number): number => (place < given ? Number(numbers[place]) : 0);
  return { operator: found[1] ?? '', version: [at(0), at(1), at(2)], given };
};

/** The first version after all that begin with the given numbers. */
const after = ([major, minor, patch]: Version, given: number): Version => {
  if (given === 0) return [Number.MAX_SAFE_INTEGER, 0, 0];
  if (given === 1) return [major + 1, 0, 0];
  return given === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
};

const caretEnd = ({ version, given }: Bound): Version => {
  if (version[0] > 0 || given <= 1) return after(version, Math.min(given, 1));
  return version[1] > 0 || given === 2 ? after(version, 2) : after(version, 3);
};

type Meets = (version: Version, bound: Bound) => boolean;

const isFrom: Meets = (version, bound) => compare(version, bound.version) >= 0;
const isBefore = (version: Version, end: Version): boolean => compare(version, end) < 0;
const endOf = ({ version, given }: Bound, places = given): Version => after(version, Math.min(given, places));

const OPERATORS: Readonly<Record<string, Meets>> = {
  '>=': isFrom,
  '<': (version, bound) => !isFrom(version, bound),
  '>': (version, bound) => !isBefore(version, endOf(bound)),
  '<=': (version, bound) => isBefore(version, endOf(bound)),
  '^': (version, bound) => isFrom(version, bound) && isBefore(version, caretEnd(bound)),
  '~': (version, bound) => isFrom(version, bound) && isBefore(version, endOf(bound, 2)),
};

const meets: Meets = (version, bound) => {
  const judge = OPERATORS[bound.operator.slice(0, bound.operator.startsWith('~') ? 1 : 2)];
  return judge === undefined ? isFrom(version, bound) && isBefore(version, endOf(bound)) : judge(version, bound);
};

/** Spaces between an operator and its version, and `1.2 - 1.4`, are put into the plain form. */
const plain = (text: string): string =>
  text
    .trim()
    .replaceAll(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2')
    .replaceAll(/(>=|<=|>|<|=|\^|~>?)\s+/g, '$1');

/** Does a version lie in a range as package.json writes it (`>=18 <23 || ^24.1`)? Undefined when the range cannot be read (`lts/*`). */
export const isInRange = (text: string, range: string): boolean | undefined => {
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const choices = range.split('||').map((choice) =>
    plain(choice)
      .split(/\s+/)
      .filter((one) => one !== '')
      .map(parseBound),
  );
  if (choices.flat().some((bound) => bound === undefined)) return undefined;
  return choices.some((bounds) => bounds.every((bound) => bound !== undefined && meets(version, bound)));
};

/** Is a version below all that a range allows? Undefined when the range cannot be read. */
export const isBelow = (text: string, range: string): boolean | undefined => {
  const isIn = isInRange(text, range);
  const version = parseVersion(text);
  if (isIn === undefined || version === undefined) return undefined;
  // Something above is in the range: then what is not, is below.
  const above = [...Array(60).keys()].map((major) => `${version[0] + major + 1}.0.0`);
  const later = [
    ...above,
    `${version[0]}.${version[1] + 1}.0`,
    `${version[0]}.${version[1]}.${version[2] + 1}`,
    `${version[0]}.999.0`,
  ];
  return !isIn && later.some((one) => isInRange(one, range) === true);
};
