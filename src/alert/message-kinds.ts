import { catalog } from '../i18n/catalog.ts';
import { formatDuration } from '../i18n/format.ts';
import { MINUTE } from '../kernel/time.ts';
import {
  acknowledgedIn,
  changeIn,
  controlsIn,
  failuresIn,
  lateJobsOf,
  lateTitleIn,
  lengthIn,
  marginIn,
  momentIn,
  only,
  paramOf,
  rangeIn,
  reasonIn,
  sinceIn,
  subjectOf,
  wordsOf,
  type Draft,
  type Told,
} from './message-facts.ts';
import { blind, brain, digest, gap, test, unwatched } from './message-watch.ts';
import { causeIn, evidenceIn, helpIn, repairIn, silentIn, troubleIn, withoutApps } from './message-host.ts';
import type { AlertKind } from './model.ts';

const isStorm = ({ facts }: Draft): boolean => facts.services !== undefined && facts.textKey === undefined;

const isDegraded = ({ facts }: Draft): boolean => facts.severity !== 'critical';

/** A message that comes much later than it was written says so. */
const TOLD_LATE_MS = 2 * MINUTE;

const lateIn = (draft: Draft): readonly string[] =>
  draft.at - draft.alert.createdAt < TOLD_LATE_MS
    ? []
    : [wordsOf(draft).line.toldLate(momentIn(draft, draft.alert.createdAt))];

/** A certificate that ends soon is the only warning without a beginning: its title is the reason itself. */
const certificateIn = (draft: Draft): string | undefined => {
  const [first, ...others] = draft.facts.failures;
  const isAlone = first?.reason?.code === 'tls.expires-soon' && others.length === 0;
  return isAlone && first.reason !== undefined ? reasonIn(draft, first.reason, 'long') : undefined;
};

const certificate = (draft: Draft, what: string): Told => {
  const { facts } = draft;
  const [failure] = facts.failures;
  const validTo = failure?.reason?.params['validTo'];
  return {
    title: wordsOf(draft).title.about(subjectOf(draft), what),
    lines: [
      ...only(
        [failure?.label ?? '', validTo === undefined ? '' : String(validTo)].filter((part) => part !== '').join(' · '),
      ),
      ...changeIn(draft),
    ],
  };
};

/** Why first, as the agent inside and the checks outside saw it, then what changed, what is tried, and who has it. */
const evidence = (draft: Draft): readonly string[] => [
  ...causeIn(draft),
  ...evidenceIn(draft),
  ...failuresIn(withoutApps(draft)),
  ...controlsIn(draft),
  ...silentIn(draft),
  ...changeIn(draft),
  ...repairIn(draft),
  ...acknowledgedIn(draft),
];

/** What the title says of a machine need not be said again. */
const withoutTitle = (draft: Draft): Draft =>
  troubleIn(draft) === undefined
    ? draft
    : { ...draft, facts: { ...draft.facts, failures: draft.facts.failures.slice(1) } };

const hurt = (draft: Draft): Told => {
  const { title } = wordsOf(draft);
  const name = subjectOf(draft);
  const ending = certificateIn(draft);
  if (ending !== undefined) return certificate(draft, ending);
  if (isStorm(draft)) return storm(draft, false);
  const say = draft.facts.kind === 'degraded' ? title.degraded : title.down;
  return {
    title: troubleIn(draft) ?? lateTitleIn(draft) ?? say(name),
    lines: [...only(sinceIn(draft)), ...lateIn(draft), ...evidence(withoutTitle(draft))],
  };
};

const update = (draft: Draft): Told => {
  const { title } = wordsOf(draft);
  const ending = certificateIn(draft);
  if (ending !== undefined) return certificate(draft, ending);
  const say = draft.facts.flapping === true ? title.flapping : isDegraded(draft) ? title.degraded : title.down;
  const late = draft.facts.flapping === true ? undefined : (troubleIn(draft) ?? lateTitleIn(draft));
  return {
    title: late ?? say(subjectOf(draft)),
    lines: [...only(sinceIn(draft)), ...lateIn(draft), ...evidence(withoutTitle(draft))],
  };
};

const storm = (draft: Draft, still: boolean): Told => {
  const { title, line } = wordsOf(draft);
  const { services = [], of, service: host, startTo, cause } = draft.facts;
  const parts = [
    title.storm({ count: services.length, of, host, still }),
    ...(startTo === undefined ? [] : [line.sinceInside(momentIn(draft, startTo))]),
    ...(cause === undefined ? [] : [line.commonCause(reasonIn(draft, cause, 'long'))]),
  ];
  return {
    title: `${parts.join(' · ')}${draft.hasLink ? '.' : ''}`,
    lines: [
      ...lateIn(draft),
      ...(draft.hasLink ? [line.listFollows] : services),
      ...controlsIn(draft),
      ...changeIn(draft),
      ...acknowledgedIn(draft),
    ],
  };
};

const reminder = (draft: Draft): Told => {
  const { title, line } = wordsOf(draft);
  const { startTo, startFrom, acknowledgedBy, reminder: count = 1 } = draft.facts;
  const nobody = acknowledgedBy === undefined ? line.nobody(count) : line.reminder(count);
  if (isStorm(draft)) {
    const told = storm(draft, true);
    return { ...told, lines: [nobody, ...told.lines] };
  }
  const since =
    startTo === undefined
      ? undefined
      : `${line.since(rangeIn(draft, startFrom, startTo))} · ${line.lasting(formatDuration(draft.at - startTo, draft.locale))}`;
  const say = isDegraded(draft) ? title.stillDegraded : title.stillDown;
  const headline = troubleIn(draft) ?? lateTitleIn(draft) ?? say(subjectOf(draft));
  return { title: headline, lines: [...only(since), nobody, ...evidence(withoutTitle(draft))] };
};

/** Only what was seen to work is said to work: an incident can also be closed by hand, or because nobody watches any more. */
const endIn = (draft: Draft): string => {
  const { title } = wordsOf(draft);
  const { endTo, textKey, services = [], service } = draft.facts;
  if (textKey === 'withdrawn') return title.withdrawn(subjectOf(draft));
  if (isStorm(draft)) return title.stormOver({ count: services.length, host: service });
  if (endTo === undefined) return title.closed(subjectOf(draft));
  if (troubleIn(draft) !== undefined) return catalog(draft.locale).hosts.message.troubleOver(subjectOf(draft));
  const jobs = lateJobsOf(draft);
  return jobs === undefined ? title.works(subjectOf(draft)) : title.reports(subjectOf(draft), jobs.names, jobs.count);
};

const lastedIn = (draft: Draft): ((span: string) => string) => {
  const { line } = wordsOf(draft);
  if (lateJobsOf(draft) !== undefined) return line.overdueFor;
  if (troubleIn(draft) !== undefined) return catalog(draft.locale).hosts.message.lasted;
  return isDegraded(draft) ? line.degradedFor : line.downFor;
};

/** `works again · 08:11:48 · down 8 min 31 s (±5 s) · by: …`: one line, since it answers the first message. */
const recovered = (draft: Draft): Told => {
  const { line } = wordsOf(draft);
  const { endTo, recoveredBy } = draft.facts;
  const length = lengthIn(draft, 'long');
  const by = recoveredBy === undefined || recoveredBy === 'dozor' ? helpIn(draft) : recoveredBy;
  const parts = [
    endIn(draft),
    ...(endTo === undefined ? [] : [momentIn(draft, endTo)]),
    ...(length === undefined ? [] : [lastedIn(draft)(length)]),
    ...(by === undefined ? [] : [line.by(by)]),
  ];
  return { title: parts.join(' · '), lines: lateIn(draft) };
};

/** The first message after the end: its status and duration, and below them what it said. */
const ended = (draft: Draft): Told => {
  const { startFrom, startTo, endTo } = draft.facts;
  const { line } = wordsOf(draft);
  const span =
    startTo === undefined || endTo === undefined
      ? undefined
      : `${line.from(rangeIn(draft, startFrom, startTo))} · ${line.until(momentIn(draft, endTo))}`;
  return {
    title: recovered(draft).title,
    lines: [
      ...only(span),
      ...causeIn(draft),
      ...evidenceIn(draft),
      ...failuresIn(withoutApps(draft)),
      ...changeIn(draft),
      ...repairIn(draft),
      ...acknowledgedIn(draft),
    ],
  };
};

const lateBecause = (draft: Draft): string => {
  const { from, to, textKey } = draft.facts;
  const { because } = wordsOf(draft).line;
  if (from === undefined || to === undefined) return '';
  const span = rangeIn(draft, from, to);
  if (textKey !== 'late.channel') return because['not-running'](span);
  return because.channel(paramOf(draft, 'channel') ?? '', span);
};

const middle = (from: number | undefined, to: number): number => ((from ?? to) + to) / 2;

const unseen = (draft: Draft): Told => {
  const { title } = wordsOf(draft);
  const { startFrom, startTo, endFrom, endTo } = draft.facts;
  const margin = Math.max(
    startTo === undefined ? 0 : (startTo - (startFrom ?? startTo)) / 2,
    endTo === undefined ? 0 : (endTo - (endFrom ?? endTo)) / 2,
  );
  const known = startTo !== undefined && endTo !== undefined;
  const range = known ? rangeIn(draft, middle(startFrom, startTo), middle(endFrom, endTo)) : '';
  const say = isDegraded(draft) ? title.unseenDegraded : title.unseen;
  return {
    title: say(subjectOf(draft), `${range}${marginIn(draft, margin)}`, lateBecause(draft)),
    lines: [...causeIn(draft), ...evidenceIn(draft), ...failuresIn(withoutApps(draft))],
  };
};

const KINDS: Readonly<Record<AlertKind, (draft: Draft) => Told>> = {
  down: hurt,
  degraded: hurt,
  update,
  recovered,
  unseen,
  storm: (draft) => storm(draft, false),
  blind,
  unwatched,
  gap,
  test,
  reminder,
  digest,
};

/** Title and lines of an alert; `edited`: of the message that told of it first, after its end. */
export const tell = (draft: Draft, edited: boolean): Told => {
  if (draft.facts.textKey?.startsWith('witness.') === true) return brain(draft);
  if (edited && draft.facts.kind === 'recovered') return ended(draft);
  return KINDS[draft.facts.kind](draft);
};
