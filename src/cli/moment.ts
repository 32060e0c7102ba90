import { formatDuration } from '#i18n/format.ts';
import { SECOND, type EpochMs, type Ms } from '#kernel/time.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** A time of day on this machine's clock: `08:03:12`. */
export const timeOfDay = (at: EpochMs): string => {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** A moment on this machine's clock: the time alone when it is of today, else with the date. */
export const moment = (at: EpochMs, now: EpochMs): string => {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return isToday ? timeOfDay(at) : `${day} ${timeOfDay(at)}`;
};

/** How long something has lasted, in its two largest units: `3 h 4 min`. */
export const lasted = (span: Ms): string => formatDuration(Math.max(0, Math.round(span / SECOND) * SECOND), 'en');

/** The zone of this machine's clock, said once under times. */
export const zoneLine = (): string => `Times: ${new Intl.DateTimeFormat().resolvedOptions().timeZone}\n`;
