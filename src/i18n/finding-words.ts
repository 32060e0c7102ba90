/** What a finding names; short and without secrets. */
export type FindingParams = Readonly<Record<string, string | number | boolean>>;

/** A cause in words. */
export interface CauseWords {
  /** What happened, in a line, without a full stop. */
  readonly title: (seen: FindingParams) => string;
  /** What to do next, as sentences. */
  readonly remedy: (seen: FindingParams) => string;
}

/** A statement of a clue in words. */
export type ClueWords = (seen: FindingParams) => string;

/** A piece of a sentence that stands only where its value is known. */
export const part = (seen: FindingParams, key: string, write: (value: string) => string): string => {
  const value = seen[key];
  return value === undefined || value === '' || value === false ? '' : write(String(value));
};
