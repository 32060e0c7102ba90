import { MINUTE, SECOND, type Ms } from '#kernel/time.ts';

/** How patient a witness is; keys of `witness:` in its file. */
export interface WitnessRules {
  /** The brain has to answer a report within this time. */
  readonly timeoutMs: Ms;
  /** The brain is silent when it has not answered for so long. */
  readonly silentAfterMs: Ms;
  /** So often it is told again while the brain is silent. */
  readonly repeatEveryMs: Ms;
  /** A brain that answers but is not well is told of after so long. */
  readonly unwellAfterMs: Ms;
  /** How long a service may take to answer when the witness asks it itself; each is asked twice. */
  readonly checkTimeoutMs: Ms;
  /** So often it learns which controls of the own network answer while all is well. */
  readonly lookEveryMs: Ms;
}

/** The defaults: told 60 to 75 s after the brain's last sign. */
export const WITNESS_RULES: WitnessRules = {
  timeoutMs: 5 * SECOND,
  silentAfterMs: MINUTE,
  repeatEveryMs: 30 * MINUTE,
  unwellAfterMs: 5 * MINUTE,
  checkTimeoutMs: 4 * SECOND,
  lookEveryMs: 10 * MINUTE,
};
