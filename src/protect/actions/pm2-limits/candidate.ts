import type { Setting } from './setting.ts';
import type { Splice } from './splice.ts';

/**
 * A place of the file where a setting could be written; whether it does what it should is found by evaluating. `rank` says how good an edit reads: lower is
 * better, and equal ranks are decided by how many apps one edit serves.
 */
export interface Candidate {
  readonly setting: Setting;
  readonly rank: number;
  /** The object that it edits, by where it begins: settings that are added go together. */
  readonly home: number;
  /** Replaces a value or adds the setting; several that are added to one object at one place are made together. */
  readonly edit: 'replace' | 'add';
  /** The places for this setting alone. */
  readonly splices: readonly Splice[];
  /** The same for several settings at once, in their order; for `add` only. */
  readonly together?: (settings: readonly Setting[]) => readonly Splice[];
}

/** Ranks of candidates, best first. */
export const RANK = {
  /** The setting's own value where it is written as a setting. */
  value: 0,
  /** Assigned, or the default of a parameter. */
  assigned: 1,
  /** A constant elsewhere that the setting takes its value from. */
  constant: 2,
  /** Added beside the other setting. */
  beside: 3,
  /** Added to the object that has the app's name or script. */
  named: 4,
  /** Added to another object. */
  anywhere: 5,
} as const;

/** What is found in a file: the candidates for a setting. `current` are the values that the wanted apps have now. */
export type Finder = (
  setting: Setting,
  siblings: readonly string[],
  current: readonly unknown[],
) => readonly Candidate[];
