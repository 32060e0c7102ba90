/** English texts: cli. */
export const cli = {};
