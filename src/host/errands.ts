import { joinHost } from '../ssh/agent/join.ts';
import { lookAround } from '../ssh/agent/look.ts';
import { putRelease } from '../ssh/agent/put.ts';
import { removeAgent, setRelease } from '../ssh/agent/set.ts';
import type { Errands } from '../ssh/errand.ts';
import { DIAGNOSE_ERRANDS } from './diagnosis/errands.ts';
import { MEND_ERRANDS } from './mend/errands.ts';

/** All that can be done on another machine over SSH: a closed list. */
export const ERRANDS: Errands = {
  ...DIAGNOSE_ERRANDS,
  ...MEND_ERRANDS,
  'agent-look': { changes: false, run: lookAround },
  'agent-put': { changes: true, run: putRelease },
  'agent-join': { changes: true, run: joinHost },
  'agent-set': { changes: true, run: setRelease },
  'agent-remove': { changes: true, run: removeAgent },
};
