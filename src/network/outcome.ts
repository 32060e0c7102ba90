import type { CheckResult } from '#monitor/check.ts';
import { REASONS, type Reason } from '#monitor/reason.ts';
import { elapsed, type Course } from './course.ts';

/** What a kind found out, besides what its course measured. */
export interface Outcome {
  readonly reason?: Reason | undefined;
  readonly warning?: Reason | undefined;
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
}

type Draft = { -readonly [Key in keyof CheckResult]: CheckResult[Key] };

/** Makes the result of a check of its course and its outcome; the class is the reason's. */
export const finish = (course: Course, outcome: Outcome): CheckResult => {
  const result: Draft = {
    startedAt: course.startedAt,
    tookMs: elapsed(course),
    class: outcome.reason === undefined ? 'ok' : REASONS[outcome.reason.code].class,
    phases: course.phases,
  };
  if (outcome.reason !== undefined) result.reason = outcome.reason;
  if (outcome.warning !== undefined) result.warning = outcome.warning;
  if (course.ip !== undefined) result.ip = course.ip;
  if (outcome.status !== undefined) result.status = outcome.status;
  if (course.certificate !== undefined) result.certificate = course.certificate;
  if (outcome.detail !== undefined && outcome.detail !== '') result.detail = outcome.detail;
  return result;
};
