import type { z } from 'zod';
import { catalog } from '#i18n/catalog.ts';
import type { Evidence } from '#monitor/verdict.ts';
import { defined } from '#kernel/defined.ts';
import type { Locale } from '#kernel/locale.ts';
import type { EpochMs } from '#kernel/time.ts';
import type { CheckResult } from '#monitor/check.ts';
import type { Reason } from '#monitor/reason.ts';
import type { StoredCheck } from '#store/contract.ts';
import type { CheckView, ReasonView } from '../contract/basics.ts';

/** A moment as the API writes it. */
export const time = (at: EpochMs): string => new Date(at).toISOString();

/** The same for a moment that may be unknown. */
export const timeOrNone = (at: EpochMs | undefined): string | undefined => (at === undefined ? undefined : time(at));

/** A reason in words. */
export const reasonText = (reason: Reason, locale: Locale): string =>
  catalog(locale).reasons[reason.code].long(reason.params);

/** A reason with its words. */
export const reasonView = (reason: Reason | undefined, locale: Locale): ReasonView | undefined =>
  reason === undefined
    ? undefined
    : { code: reason.code, params: { ...reason.params }, text: reasonText(reason, locale) };

/** A piece of evidence. */
export const evidenceView = (evidence: Evidence, locale: Locale) =>
  defined({ at: time(evidence.at), reason: reasonView(evidence.reason, locale), source: evidence.source });

/** A check's result, stored or fresh. */
export const checkView = (
  check: CheckResult & Partial<Pick<StoredCheck, 'source' | 'verdict'>>,
  locale: Locale,
): z.input<typeof CheckView> => {
  const { certificate } = check;
  return defined({
    startedAt: time(check.startedAt),
    tookMs: check.tookMs,
    class: check.class,
    source: check.source,
    verdict: check.verdict,
    reason: reasonView(check.reason, locale),
    warning: reasonView(check.warning, locale),
    phases: defined({ ...check.phases }),
    ip: check.ip,
    status: check.status,
    certificate:
      certificate === undefined
        ? undefined
        : {
            ...certificate,
            names: [...certificate.names],
            validFrom: time(certificate.validFrom),
            validTo: time(certificate.validTo),
          },
    detail: check.detail,
  });
};
