import type { pages as en } from '../en/pages.ts';

/** Russian texts: pages. */
export const pages: typeof en = {};
