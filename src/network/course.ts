import type { CertificateSeen } from '#monitor/check.ts';
import type { CheckContext } from '#monitor/kind.ts';
import type { Ms } from '#kernel/time.ts';
import { reason, type Reason, type ReasonCode } from '#monitor/reason.ts';

/** The phases that a question goes through; which one was under way at the deadline is the reason for the failure. */
type Phase = 'dns' | 'tcp' | 'tls' | 'answer' | 'body';

/** A question under way: where it is, what it measured, and what to cut when its deadline comes. One is made for each check. */
export interface Course {
  readonly context: CheckContext;
  readonly begunAt: number;
  readonly startedAt: number;
  phase: Phase;
  readonly phases: { dns?: Ms; tcp?: Ms; tls?: Ms; ttfb?: Ms; body?: Ms };
  ip: string | undefined;
  certificate: CertificateSeen | undefined;
  /** Ends the wait that is under way; who waits sets it. */
  cut: (() => void) | undefined;
}

const TIMEOUTS: Readonly<Record<Phase, ReasonCode>> = {
  dns: 'dns.timeout',
  tcp: 'tcp.timeout',
  tls: 'tls.timeout',
  answer: 'http.timeout',
  body: 'http.body-timeout',
};

/** Begins a course. The asker adds the listener for the deadline with `followDeadline`. */
export const beginCourse = (context: CheckContext): Course => ({
  context,
  begunAt: context.clock.monotonic(),
  startedAt: context.clock.now(),
  phase: 'dns',
  phases: {},
  ip: undefined,
  certificate: undefined,
  cut: undefined,
});

/** Runs a question of many phases with one listener for its deadline. */
export const followDeadline = async <T>(course: Course, ask: (course: Course) => Promise<T>): Promise<T> => {
  const { signal } = course.context;
  const cut = (): void => course.cut?.();
  signal.addEventListener('abort', cut);
  try {
    return await ask(course);
  } finally {
    signal.removeEventListener('abort', cut);
    course.cut = undefined;
  }
};

/** Milliseconds since the course began, or since a moment of its clock; to a tenth, since finer is noise. */
export const elapsed = (course: Course, since: number = course.begunAt): Ms =>
  Math.round((course.context.clock.monotonic() - since) * 10) / 10;

/** Adds to a phase: the hops of a redirect are one question, so their phases are summed. */
export const measure = (course: Course, phase: keyof Course['phases'], since: number): void => {
  const before = course.phases[phase];
  const now = elapsed(course, since);
  course.phases[phase] = before === undefined ? now : Math.round((before + now) * 10) / 10;
};

/** Why the deadline passed: by the phase that was under way. */
export const deadlineReason = (course: Course): Reason =>
  reason(TIMEOUTS[course.phase], { ms: course.context.timeoutMs });
