import type { Ms } from '../kernel/time.ts';

/** Every threshold of detection; keys of `detection:` in the file. Defaults are detection.md § 1's. */
export interface DetectionRules {
  readonly weights: { readonly hard: number; readonly soft: number; readonly ok: number };
  /** The score at which doubt becomes a verdict. */
  readonly downScore: number;
  /** From first to last bad evidence, at least; when the target was only silent, one re-check longer. */
  readonly minSpanMs: Ms;
  readonly deploySpanMs: Ms;
  readonly deployGraceMs: Ms;
  /** From one start of a re-check to the next while in doubt. */
  readonly recheckMs: Ms;
  /** The same while down. */
  readonly downEveryMs: Ms;
  readonly okToClear: number;
  readonly recoverOks: number;
  readonly stableMs: Ms;
  readonly stableMaxMs: Ms;
  readonly controlFreshMs: Ms;
  readonly blindExitMs: Ms;
  /** After sight returns, evidence must be double for so long. */
  readonly poorAfterBlindMs: Ms;
  /** How often the own-network loop looks. */
  readonly controlEveryMs: Ms;
  /** Blindness that lasted so long is told afterwards. */
  readonly blindNoteMs: Ms;
  /** A shorter absence of Dozor itself is no news; so long a standstill is an absence. */
  readonly gapMs: Ms;
  /** An absence that lasted so long, and was not wanted, is told. */
  readonly gapNoteMs: Ms;
  readonly partial: {
    readonly fail: number;
    readonly ok: number;
    readonly threshold: number;
    readonly minEpisodes: number;
    readonly episodeGapMs: Ms;
    readonly perEpisode: number;
    readonly quietMs: Ms;
  };
  readonly slow: { readonly of: number; readonly least: number; readonly minSpanMs: Ms };
  /** From the verdict until it is told loudly, when still down. */
  readonly loudAfterMs: Ms;
  /** So soon after an incident's end a relapse reopens it. */
  readonly relapseMs: Ms;
  /** An agent that has not been heard of for so long is gone. */
  readonly agentGoneMs: Ms;
  /** Storms: so many services in doubt hold the first message back for `holdMs`; so many down by one cause make one conversation. */
  readonly storm: { readonly suspects: number; readonly holdMs: Ms; readonly services: number; readonly windowMs: Ms };
}

/** The defaults. */
export const DEFAULT_RULES: DetectionRules = {
  weights: { hard: Math.log(0.95 / 0.01), soft: Math.log(0.95 / 0.1), ok: Math.log(0.05 / 0.95) },
  downScore: 9,
  minSpanMs: 10_000,
  deploySpanMs: 45_000,
  deployGraceMs: 90_000,
  recheckMs: 2_000,
  downEveryMs: 5_000,
  okToClear: 3,
  recoverOks: 3,
  stableMs: 60_000,
  stableMaxMs: 600_000,
  controlFreshMs: 6_000,
  blindExitMs: 10_000,
  poorAfterBlindMs: 300_000,
  controlEveryMs: 2_000,
  blindNoteMs: 120_000,
  gapMs: 10_000,
  gapNoteMs: 120_000,
  partial: {
    fail: Math.log(0.05 / 0.002),
    ok: Math.log(0.95 / 0.998),
    threshold: 12,
    minEpisodes: 4,
    episodeGapMs: 20_000,
    perEpisode: 2,
    quietMs: 300_000,
  },
  slow: { of: 6, least: 5, minSpanMs: 60_000 },
  loudAfterMs: 45_000,
  relapseMs: 600_000,
  agentGoneMs: 45_000,
  storm: { suspects: 3, holdMs: 5_000, services: 3, windowMs: 60_000 },
};
