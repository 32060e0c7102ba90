import { MINUTE } from '#kernel/time.ts';
import { errorCode } from '#network/connect-error.ts';
import { beginCourse, elapsed, followDeadline, type Course } from '#network/course.ts';
import { dial, lookUp } from '#network/dial.ts';
import { finish, type Outcome } from '#network/outcome.ts';
import { brief } from '#network/redact.ts';
import type { CheckResult } from '../check.ts';
import { defineKind, type CheckContext } from '../kind.ts';
import { reason, type Reason } from '../reason.ts';
import { HTTP_TIMEOUT_MS, httpConfig, type HttpConfig } from './http/config.ts';
import { bodyText } from './http/decode.ts';
import { exchange, type Answer } from './http/exchange.ts';
import { followHop, forgetPlan, isFollowed, planOf, type Hop, type Plan } from './http/plan.ts';

/** So much of a wrong answer is shown. */
const SHOWN = 300;

const unasked = (why: Reason): Answer => ({ reason: why, status: undefined, headers: {}, chunks: [] });

const askOnce = async (course: Course, plan: Plan, hop: Hop): Promise<Answer> => {
  const found = await lookUp(course, hop.host, plan.config.ip ?? 0);
  if ('reason' in found) return unasked(found.reason);
  const dialled = await dial(course, found.addresses, hop.port, hop.security);
  if (dialled.reason !== undefined) return unasked(dialled.reason);
  return await exchange(course, hop, dialled.socket, {
    expectation: plan.expectation,
    isFollowed: (status) => isFollowed(plan, status),
  });
};

const latencyWarning = (course: Course, limitMs: number | undefined): Reason | undefined => {
  const tookMs = elapsed(course);
  return limitMs !== undefined && tookMs > limitMs ? reason('http.slow', { tookMs, limitMs }) : undefined;
};

const shownBody = async (answer: Answer): Promise<string> => {
  const text = await bodyText(answer);
  return text.ok ? brief(text.value, SHOWN) : '';
};

const judge = async (course: Course, plan: Plan, answer: Answer): Promise<Outcome> => {
  const { expectation } = plan;
  const { status } = answer;
  // a wrong status says more than how its body ended
  const wrong =
    (status === undefined ? undefined : expectation.status(status)) ??
    answer.reason ??
    expectation.headers(answer.headers);
  if (wrong !== undefined) return { status, reason: wrong, detail: await shownBody(answer) };
  const warning = latencyWarning(course, expectation.maxLatencyMs);
  if (!expectation.needsBody) return { status, warning };
  const text = await bodyText(answer);
  if (!text.ok) return { status, reason: text.error };
  const content = expectation.body(text.value);
  return content === undefined ? { status, warning } : { status, reason: content, detail: brief(text.value, SHOWN) };
};

const place = (hop: Hop): string => brief(`${hop.url.host}${hop.url.pathname}`, 120);

const asks = (hop: Hop): string => `${hop.method} ${hop.url.href}`;

/** Where a redirect leads: the next request, or why there is none; undefined when the answer is no redirect to follow. */
const redirected = (plan: Plan, hop: Hop, answer: Answer, seen: ReadonlySet<string>): Hop | Reason | undefined => {
  const { status, headers } = answer;
  if (status === undefined || headers.location === undefined || answer.reason !== undefined) return undefined;
  if (!isFollowed(plan, status)) return undefined;
  const next = followHop(plan, hop, status, headers.location);
  if (next === undefined) return reason('http.malformed', { code: 'redirect to no web address' });
  const isEndless = seen.size > plan.config.redirects || seen.has(asks(next));
  return isEndless ? reason('http.redirect-loop', { location: place(next) }) : next;
};

const ask = async (course: Course, plan: Plan): Promise<Outcome> => {
  const seen = new Set<string>();
  let hop = plan.first;
  for (;;) {
    const answer = await askOnce(course, plan, hop);
    seen.add(asks(hop));
    const next = redirected(plan, hop, answer, seen);
    if (next === undefined) return await judge(course, plan, answer);
    if ('code' in next) return { status: answer.status, reason: next };
    hop = next;
  }
};

const cannotAsk = (course: Course, error: unknown): CheckResult =>
  finish(course, {
    reason: reason('watch.cannot-ask', { what: `certificate file: ${errorCode(error)}` }),
    detail: error instanceof Error ? brief(error.message, SHOWN) : '',
  });

const planFor = (config: HttpConfig, pulsePath: string | undefined): { plan: Plan } | { error: unknown } => {
  try {
    return { plan: planOf(config, pulsePath) };
  } catch (error) {
    return { error };
  }
};

const check = async (config: HttpConfig, context: CheckContext): Promise<CheckResult> => {
  const course = beginCourse(context);
  const planned = planFor(config, context.pulsePath);
  if ('error' in planned) return cannotAsk(course, planned.error);
  const outcome = await followDeadline(course, (under) => ask(under, planned.plan));
  if (outcome.reason?.code.startsWith('tls.') === true) forgetPlan(config);
  return finish(course, outcome);
};

const label = (method: string, url: URL): string => `${method} ${url.host}${url.pathname === '/' ? '' : url.pathname}`;

/** A request over HTTP or HTTPS on a fresh connection; phases of redirects are summed, address and certificate are the last hop's. */
export const http = defineKind({
  kind: 'http',
  title: { en: 'HTTP(S) request', ru: 'Запрос HTTP(S)' },
  config: httpConfig,
  passive: false,
  defaults: { everyMs: 2 * MINUTE, timeoutMs: HTTP_TIMEOUT_MS, pulse: true },
  target: (config) => {
    const url = new URL(config.url);
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port, label: label(config.method, url) };
  },
  check,
});
