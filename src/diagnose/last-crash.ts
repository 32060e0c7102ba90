import type { EpochMs, Ms } from '../kernel/time.ts';
import type { AppFacts } from './app-facts.ts';
import { standingOf } from './circumstance.ts';
import type { Crash } from './crash.ts';
import { valueOf } from './known.ts';

/** An exit this long ago belongs to a trouble that is over, when the app is up. */
const RECENT: Ms = 10 * 60_000;
/** A log that was not written to around the exit tells of an older one. The manager's log has whole seconds. */
const SAME_END: Ms = 60_000;

/** Did it end within the last minutes, whatever it looks like at this moment? A slow loop is up most of the time. */
export const isTroubled = (app: AppFacts, now: EpochMs): boolean => {
  const lastExit = valueOf(app.logs)?.exits.at(-1)?.at ?? 0;
  return standingOf(app) !== 'up' || now - lastExit < RECENT;
};

/** The last crash as the logs hold it; of an app that is up and has been for long, nothing: old words are no evidence. */
export const lastCrash = (app: AppFacts, now: EpochMs): Crash => {
  const logs = valueOf(app.logs);
  if (logs === undefined || !isTroubled(app, now)) return { output: '' };
  const exit = logs.exits.at(-1);
  const isFresh = (at: EpochMs | undefined): boolean => exit === undefined || (at ?? 0) > exit.at - SAME_END;
  const errors = isFresh(logs.errorAt) ? logs.errorLines : [];
  const out = isFresh(logs.outAt) ? logs.outLines.slice(-60) : [];
  // Loggers write their errors to standard output; what was said last on the error output decides.
  const output = [...out, ...errors].join('\n');
  return {
    output,
    ...(exit?.code === undefined ? {} : { exitCode: exit.code }),
    ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
  };
};
