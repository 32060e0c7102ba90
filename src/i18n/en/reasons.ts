/** English texts: reasons. */
export const reasons = {};
