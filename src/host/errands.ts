import type { Errands } from '../ssh/errand.ts';

/** All that can be done on another machine over SSH: a closed list. */
export const ERRANDS: Errands = {};
