import type { protect as en } from '../en/protect.ts';
import { fileSays } from './protect-files.ts';
import { runs, runSays } from './protect-run.ts';

/** What protecting, recovering and rolling back say. `says` has the sentences of actions, by the keys that plans carry. */
export const protect: typeof en = {
  says: { ...fileSays, ...runSays },
  runs,
};
