import type { EpochMs } from '#kernel/time.ts';

/** How far the wall clock of a zone is ahead of UTC at a moment. */
const offsetAt = (at: EpochMs, zone: string): number => {
  const parts = new Intl.DateTimeFormat('en-u-ca-iso8601-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(at / 1_000) * 1_000;
};

/** The moment that a day and time mean in a zone: `2027-01-31 03:00`; a text with its own offset (`Z`, `+05:00`) means itself. Undefined for a day that does not exist. */
export const momentOf = (text: string, zone: string): EpochMs | undefined => {
  const iso = text.replace(' ', 'T');
  const own = /(Z|[+-]\d{2}:\d{2})$/.test(iso);
  const wall = Date.parse(own ? iso : `${iso}Z`);
  if (Number.isNaN(wall)) return undefined;
  if (own) return wall;
  // Twice, since the offset is that of the moment looked for, not of the first guess (a change of summer time in between).
  const guess = wall - offsetAt(wall, zone);
  return wall - offsetAt(guess, zone);
};
