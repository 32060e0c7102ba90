import { DAY, HOUR, MINUTE, SECOND, type EpochMs, type Ms } from '#kernel/time.ts';

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
export const lasted = (span: Ms): string => {
  const steps: readonly (readonly [Ms, string])[] = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [SECOND, 's'],
  ];
  let rest = Math.max(0, Math.round(span / SECOND) * SECOND);
  const parts: string[] = [];
  for (const [size, unit] of steps) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(' ') || '0 s';
};
