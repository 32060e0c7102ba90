import type { EpochMs, Ms } from '../kernel/time.ts';
import type { CheckClass, Reason } from './reason.ts';

/** Which asking it was: the full check, the small pulse in between, a re-check while in doubt, or one that a person asked for. */
export type CheckSource = 'full' | 'pulse' | 'recheck' | 'now';

/** How long each phase took; a phase that did not happen or was not reached is absent. */
export interface Phases {
  readonly dns?: Ms;
  readonly tcp?: Ms;
  readonly tls?: Ms;
  /** From the request's last byte to the answer's first. */
  readonly ttfb?: Ms;
  readonly body?: Ms;
}

/** What the target's certificate said. */
export interface CertificateSeen {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: EpochMs;
  readonly validTo: EpochMs;
  readonly fingerprint256: string;
  readonly names: readonly string[];
}

/** The result of one asking. */
export interface CheckResult {
  readonly startedAt: EpochMs;
  readonly tookMs: Ms;
  readonly class: CheckClass;
  /** Present when the class is not ok. */
  readonly reason?: Reason;
  /** Present when good but not well: slower than asked for, a certificate that ends soon. */
  readonly warning?: Reason;
  readonly phases: Phases;
  readonly ip?: string;
  /** The status of an HTTP answer. */
  readonly status?: number;
  readonly certificate?: CertificateSeen;
  /** What else helps a person: the answer's first bytes, the records found. Redacted, ≤ 2,000 characters. */
  readonly detail?: string;
}
