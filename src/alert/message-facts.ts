import { catalog } from '../i18n/catalog.ts';
import { formatBounds, formatDuration, formatMoment, formatRange } from '../i18n/format.ts';
import type { Locale } from '../kernel/locale.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Alert, AlertFacts } from './model.ts';

/** What composing a message works with: the alert with its facts redacted, the reader's place, the moment. */
export interface Draft {
  readonly alert: Alert;
  readonly facts: AlertFacts;
  readonly locale: Locale;
  readonly timezone: string;
  readonly at: EpochMs;
  /** There is a page with details. */
  readonly hasLink: boolean;
}

/** Title without its sign, and the lines under it. */
export interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

type Words = ReturnType<typeof catalog>['messages'];

/** The texts of the draft's language. */
export const wordsOf = ({ locale }: Draft): Words => catalog(locale).messages;

/** A reason in the reader's words; its code when the catalog knows none (an alert of an older Dozor). */
export const reasonIn = (draft: Draft, reason: Reason, form: 'long' | 'short'): string => {
  const phrases: Readonly<Partial<Record<string, Readonly<Record<typeof form, (seen: Reason['params']) => string>>>>> =
    catalog(draft.locale).reasons;
  return phrases[reason.code]?.[form](reason.params) ?? reason.code;
};

/** A moment by the reader's clock, with the date when it is not today's. */
export const momentIn = (draft: Draft, at: EpochMs): string => formatMoment(at, draft.at, draft.timezone);

/** A span of moments by the reader's clock. */
export const rangeIn = (draft: Draft, from: EpochMs | undefined, to: EpochMs): string =>
  formatRange(from ?? to, to, draft.at, draft.timezone);

/** What the message is about: the service; else the monitor that failed first; else Dozor itself. */
export const subjectOf = ({ facts }: Draft): string => facts.service ?? facts.failures[0]?.monitor ?? 'Dozor';

/** What ended, with bounds: `8 min 31 s (±5 s)`; `8 min 31 s` where room is short. Undefined when start or end are not known. */
export const lengthIn = (draft: Draft, form: 'long' | 'short'): string | undefined => {
  const { startFrom, startTo, endFrom, endTo } = draft.facts;
  if (startTo === undefined || endTo === undefined) return undefined;
  const least = Math.max(0, (endFrom ?? endTo) - startTo);
  const most = Math.max(least, endTo - (startFrom ?? startTo));
  const margin = (most - least) / 2;
  const length = formatDuration((least + most) / 2, draft.locale);
  return form === 'short' ? length : `${length}${marginIn(draft, margin)}`;
};

/** ` (±5 s)`; empty when it would show as nothing. */
export const marginIn = (draft: Draft, margin: Ms): string =>
  margin < 500 ? '' : ` (±${formatDuration(margin, draft.locale)})`;

/** `Since 08:03:12–08:03:22 · seen after 11–21 s`; undefined when the start is not known. */
export const sinceIn = (draft: Draft): string | undefined => {
  const { startFrom, startTo, detectedAt } = draft.facts;
  if (startTo === undefined) return undefined;
  const { line } = wordsOf(draft);
  const since = line.since(rangeIn(draft, startFrom, startTo));
  if (detectedAt === undefined || detectedAt < startTo) return since;
  const after = formatBounds(detectedAt - startTo, detectedAt - (startFrom ?? startTo), draft.locale);
  return `${since} · ${line.seenAfter(after)}`;
};

/** The layers of a question that are named beside its reason; content and heartbeats have none. */
const LAYERS = new Set(['dns', 'tcp', 'tls', 'http']);

const isHeartbeat = (reason: Reason | undefined): boolean => reason?.code.startsWith('heartbeat.') === true;

/** The jobs that did not report, when nothing else is wrong; undefined when something else is. */
export const lateJobsOf = (
  draft: Draft,
): { readonly code: string; readonly names: string; readonly count: number } | undefined => {
  const { failures, cause, services } = draft.facts;
  const reasons = failures.map((failure) => failure.reason ?? cause);
  const [first] = reasons;
  if (first === undefined || services !== undefined || !reasons.every((reason) => isHeartbeat(reason)))
    return undefined;
  return { code: first.code, names: failures.map(({ monitor }) => monitor).join(', '), count: failures.length };
};

/** `OnAI Backend API: nightly backup has not reported`: no service is down for it; undefined when something else is wrong. */
export const lateTitleIn = (draft: Draft): string | undefined => {
  const jobs = lateJobsOf(draft);
  if (jobs === undefined) return undefined;
  const { title } = wordsOf(draft);
  const say = { 'heartbeat.failed': title.failed, 'heartbeat.overrun': title.overrun }[jobs.code] ?? title.missed;
  return say(subjectOf(draft), jobs.names, jobs.count);
};

/** `nightly backup: no sign of life, expected by 03:10:00`: of a job there is no address to show, its monitor's name says which one it is. */
const jobIn = (draft: Draft, { monitor }: AlertFacts['failures'][number], reason: Reason): string => {
  const expected = reason.code === 'heartbeat.missed' ? reason.params['expectedAt'] : undefined;
  const by = typeof expected === 'number' ? `, ${wordsOf(draft).line.expectedBy(momentIn(draft, expected))}` : '';
  return `${monitor}: ${reasonIn(draft, reason, 'long')}${by}`;
};

const failureIn = (draft: Draft, failure: AlertFacts['failures'][number]): string => {
  const { reason } = failure;
  if (reason !== undefined && isHeartbeat(reason)) return jobIn(draft, failure, reason);
  const about = countsIn(draft, failure);
  const what = reason === undefined ? wordsOf(draft).line.fails : reasonIn(draft, reason, 'long');
  const name = failure.label === '' ? failure.monitor : failure.label;
  return `${name}: ${what}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
};

const countsIn = (draft: Draft, { reason, bad, asked, lastAt }: AlertFacts['failures'][number]): readonly string[] => {
  const { line } = wordsOf(draft);
  const layer = reason?.code.split('.')[0] ?? '';
  return [
    ...(LAYERS.has(layer) ? [layer] : []),
    ...(asked > 0 ? [line.checks(bad, asked)] : []),
    ...(lastAt === undefined ? [] : [line.last(momentIn(draft, lastAt))]),
  ];
};

const MAX_FAILURES = 3;

/** What failed, the gravest first, three at most. */
export const failuresIn = (draft: Draft): readonly string[] => {
  const { failures } = draft.facts;
  const more = failures.length - MAX_FAILURES;
  return [
    ...failures.slice(0, MAX_FAILURES).map((failure) => failureIn(draft, failure)),
    ...(more > 0 ? [wordsOf(draft).line.more(more)] : []),
  ];
};

/** `Own network fine (6 of 6 controls)`; nothing when none were asked. */
export const controlsIn = (draft: Draft): readonly string[] => {
  const { controls } = draft.facts;
  if (controls === undefined || controls.total === 0) return [];
  const { line } = wordsOf(draft);
  const say = controls.ok * 2 > controls.total ? line.networkFine : line.networkPoor;
  return [say(controls.ok, controls.total)];
};

/** `Last change: release 41 · 07:58:40`; nothing when none is known. */
export const changeIn = (draft: Draft): readonly string[] => {
  const { lastChange } = draft.facts;
  return lastChange === undefined
    ? []
    : [wordsOf(draft).line.lastChange(lastChange.what, momentIn(draft, lastChange.at))];
};

/** `Acknowledged by duty · 08:05:10`; nothing when nobody has. */
export const acknowledgedIn = (draft: Draft): readonly string[] => {
  const { acknowledgedBy, acknowledgedAt } = draft.facts;
  if (acknowledgedBy === undefined) return [];
  const moment = acknowledgedAt === undefined ? undefined : momentIn(draft, acknowledgedAt);
  return [wordsOf(draft).line.acknowledged(acknowledgedBy, moment)];
};

/** A parameter of the facts' free text, as a text. */
export const paramOf = ({ facts }: Draft, name: string): string | undefined => {
  const value = facts.textParams?.[name];
  return value === undefined ? undefined : String(value);
};

/** The line as a list; nothing when there is none. */
export const only = (line: string | undefined): readonly string[] => (line === undefined || line === '' ? [] : [line]);
