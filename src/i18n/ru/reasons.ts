import type { reasons as en } from '../en/reasons.ts';

/** Russian texts: reasons. */
export const reasons: typeof en = {};
