import { known, valueOf, type Known } from '#diagnose/known.ts';
import type { Ms } from '#kernel/time.ts';
import { within } from './deadline.ts';
import type { ManagedApp } from './managed.ts';
import { managedByPm2, pm2AppNames, type Pm2Look } from './pm2-managed.ts';
import { managedBySystemd } from './systemd-managed.ts';

/** How a manager is looked for. */
export interface ManagerQuestion {
  /** It is known to be a unit of systemd. */
  readonly isUnit?: boolean;
  readonly limit: Ms;
  /** So many last lines of its logs. */
  readonly lines: number;
}

/** Who manages an app: PM2 when its list has it, else a unit of that name, else PM2 as far as it can be seen, which then does not know it. */
export const managerOf = async (
  look: Known<Pm2Look>,
  name: string,
  { isUnit = false, limit, lines }: ManagerQuestion,
): Promise<Known<ManagedApp>> => {
  const seen = isUnit ? undefined : valueOf(look);
  if (seen !== undefined && pm2AppNames(seen).includes(name)) return known(await managedByPm2(seen, name, lines));
  const unit = await within(limit, (signal) => managedBySystemd(name, lines, signal));
  if (unit.known || isUnit) return unit;
  return seen === undefined ? (look as Known<never>) : known(await managedByPm2(seen, name, lines));
};
