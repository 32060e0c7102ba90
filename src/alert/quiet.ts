import { minuteOfDay, startOfDay } from '../i18n/format.ts';
import { MINUTE, type EpochMs } from '../kernel/time.ts';
import type { Severity } from '../monitor/model.ts';
import type { Channel, Contact } from './model.ts';

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };
const DAY_MINUTES = 24 * 60;

/**
 * Until when an alert of this severity has to wait for the contact's morning; undefined when it may go now. The hours are those of the
 * contact's zone, else of `timezone`.
 */
export const quietUntil = (
  contact: Contact,
  severity: Severity,
  at: EpochMs,
  timezone: string,
): EpochMs | undefined => {
  const { quiet } = contact;
  if (quiet === undefined || RANK[severity] >= RANK[quiet.below]) return undefined;
  const zone = contact.timezone ?? timezone;
  const now = minuteOfDay(at, zone);
  const length = (quiet.toMinute - quiet.fromMinute + DAY_MINUTES) % DAY_MINUTES;
  const since = (now - quiet.fromMinute + DAY_MINUTES) % DAY_MINUTES;
  if (since >= length) return undefined;
  const end = Math.floor(at / MINUTE) * MINUTE + (length - since) * MINUTE;
  // Between now and then the clocks may have been changed.
  const off = ((minuteOfDay(end, zone) - quiet.toMinute + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  return Math.max(end - off * MINUTE, at + 1);
};

/** What a channel has sent today: messages as the provider counts them, and their price. */
export interface SentToday {
  readonly messages: number;
  readonly cost: number;
}

/** Whether the cap leaves room for one more message; a channel without a cap always has room. Today is what `capDay` says. */
export const mayStillSend = (cap: Channel['cap'], sentToday: SentToday): boolean =>
  sentToday.messages < (cap?.perDay ?? Number.POSITIVE_INFINITY) &&
  sentToday.cost < (cap?.costPerDay ?? Number.POSITIVE_INFINITY);

/** Since when messages count against today's cap: midnight in the contact's zone, else in `timezone`. */
export const capDay = (contact: Contact | undefined, at: EpochMs, timezone: string): EpochMs =>
  startOfDay(at, contact?.timezone ?? timezone);
