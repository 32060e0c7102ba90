import type { cli as en } from '../en/cli.ts';

/** Russian texts: cli. */
export const cli: typeof en = {};
