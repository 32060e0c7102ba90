import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Bracket, Incident } from './incident.ts';

/** A span that is known within bounds; `certain: false` when an end is open (it began before the watch, or is not over). */
export interface BoundedSpan {
  readonly least: Ms;
  readonly most: Ms;
  readonly certain: boolean;
}

/** The middle of a bracket and half its width: `08:03:17 ± 5 s`. Without a lower end the margin is unknown (undefined). */
export const midpoint = (bracket: Bracket): { readonly at: EpochMs; readonly marginMs?: Ms } => {
  if (bracket.from === undefined) return { at: bracket.to.at };
  const half = (bracket.to.at - bracket.from.at) / 2;
  return { at: bracket.from.at + half, marginMs: half };
};

/** How long it was down, between the shortest and the longest that the evidence allows; open incidents are measured up to `now`. */
export const downtime = (incident: Pick<Incident, 'start' | 'end'>, now: EpochMs): BoundedSpan => {
  const { start, end } = incident;
  const startLatest = start.to.at;
  const startEarliest = start.from?.at ?? start.to.at;
  const endEarliest = end === undefined ? now : (end.from?.at ?? end.to.at);
  const endLatest = end === undefined ? now : end.to.at;
  return {
    least: Math.max(0, endEarliest - startLatest),
    most: Math.max(0, endLatest - startEarliest),
    certain: start.from !== undefined && end !== undefined,
  };
};

/** Time to detection: from the start of the failure to the verdict, within the bounds of the evidence. */
export const detection = (incident: Pick<Incident, 'start' | 'detectedAt'>): BoundedSpan => ({
  least: Math.max(0, incident.detectedAt - incident.start.to.at),
  most: Math.max(0, incident.detectedAt - (incident.start.from?.at ?? incident.start.to.at)),
  certain: incident.start.from !== undefined,
});
