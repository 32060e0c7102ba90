import type { messages as en } from '../en/messages.ts';

/** Russian texts: messages. */
export const messages: typeof en = {};
