import { MINUTE, type Ms } from '../kernel/time.ts';
import type { Core } from './core.ts';
import type { Dispatch } from './dispatch.ts';
import type { Incidents } from './incidents.ts';
import type { Tidings } from './tidings.ts';

/** How often what is over is forgotten. */
const EVERY_MS: Ms = MINUTE;

/** Forgets what can come back no more and what nothing waits for, again and again: the memory must not grow with the years. */
export const forgetWhatIsOver = (parts: {
  readonly core: Core;
  readonly incidents: Incidents;
  readonly dispatch: Dispatch;
  readonly tidings: Tidings;
}): void => {
  const { core, incidents, dispatch, tidings } = parts;
  const forget = (): void => {
    incidents.forgetEnded((id) => dispatch.concerns(id));
    dispatch.forget((id) => incidents.known(id) !== undefined);
    tidings.forget((id) => incidents.known(id) !== undefined);
    core.deadlines.set('forget', core.clock.now() + EVERY_MS, forget);
  };
  core.deadlines.set('forget', core.clock.now() + EVERY_MS, forget);
};
