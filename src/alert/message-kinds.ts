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
  paramOf,
  rangeIn,
  reasonIn,
  sinceIn,
  subjectOf,
  wordsOf,
  type Draft,
} from './message-facts.ts';
import type { AlertFacts, AlertKind } from './model.ts';

/** Title without its sign, and the lines under it. */
export interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

const isStorm = ({ facts }: Draft): boolean => facts.services !== undefined && facts.textKey === undefined;

const isDegraded = ({ facts }: Draft): boolean => facts.severity !== 'critical';

const only = (line: string | undefined): readonly string[] => (line === undefined || line === '' ? [] : [line]);

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

const evidence = (draft: Draft): readonly string[] => [
  ...failuresIn(draft),
  ...controlsIn(draft),
  ...changeIn(draft),
  ...acknowledgedIn(draft),
];

const hurt = (draft: Draft): Told => {
  const { title } = wordsOf(draft);
  const name = subjectOf(draft);
  const ending = certificateIn(draft);
  if (ending !== undefined) return certificate(draft, ending);
  if (isStorm(draft)) return storm(draft, false);
  const say = draft.facts.kind === 'degraded' ? title.degraded : title.down;
  return {
    title: lateTitleIn(draft) ?? say(name),
    lines: [...only(sinceIn(draft)), ...lateIn(draft), ...evidence(draft)],
  };
};

const update = (draft: Draft): Told => {
  const { title } = wordsOf(draft);
  const ending = certificateIn(draft);
  if (ending !== undefined) return certificate(draft, ending);
  const say = draft.facts.flapping === true ? title.flapping : isDegraded(draft) ? title.degraded : title.down;
  const late = draft.facts.flapping === true ? undefined : lateTitleIn(draft);
  return {
    title: late ?? say(subjectOf(draft)),
    lines: [...only(sinceIn(draft)), ...lateIn(draft), ...evidence(draft)],
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
  return { title: lateTitleIn(draft) ?? say(subjectOf(draft)), lines: [...only(since), nobody, ...evidence(draft)] };
};

/** Only what was seen to work is said to work: an incident can also be closed by hand, or because nobody watches any more. */
const endIn = (draft: Draft): string => {
  const { title } = wordsOf(draft);
  const { endTo, textKey, services = [], service } = draft.facts;
  if (textKey === 'withdrawn') return title.withdrawn(subjectOf(draft));
  if (isStorm(draft)) return title.stormOver({ count: services.length, host: service });
  if (endTo === undefined) return title.closed(subjectOf(draft));
  const jobs = lateJobsOf(draft);
  return jobs === undefined ? title.works(subjectOf(draft)) : title.reports(subjectOf(draft), jobs.names, jobs.count);
};

/** `works again · 08:11:48 · down 8 min 31 s (±5 s) · by: …`: one line, since it answers the first message. */
const recovered = (draft: Draft): Told => {
  const { line } = wordsOf(draft);
  const { endTo, recoveredBy } = draft.facts;
  const length = lengthIn(draft, 'long');
  const hurtFor = isDegraded(draft) ? line.degradedFor : line.downFor;
  const lasted = lateJobsOf(draft) === undefined ? hurtFor : line.overdueFor;
  const parts = [
    endIn(draft),
    ...(endTo === undefined ? [] : [momentIn(draft, endTo)]),
    ...(length === undefined ? [] : [lasted(length)]),
    ...(recoveredBy === undefined || recoveredBy === 'dozor' ? [] : [line.by(recoveredBy)]),
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
    lines: [...only(span), ...failuresIn(draft), ...changeIn(draft), ...acknowledgedIn(draft)],
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
    lines: failuresIn(draft),
  };
};

const unknownFor = (draft: Draft): readonly string[] => {
  const count = Number(paramOf(draft, 'services') ?? draft.facts.of ?? draft.facts.services?.length ?? 0);
  return count === 0 ? [] : [wordsOf(draft).line.nothingKnown(count)];
};

const blind = (draft: Draft): Told => {
  const { title, blindness } = wordsOf(draft);
  const { from, to = draft.at, cause } = draft.facts;
  const key = paramOf(draft, 'cause');
  const known: Readonly<Partial<Record<string, string>>> = blindness;
  const why =
    cause === undefined ? (key === undefined ? undefined : (known[key] ?? key)) : reasonIn(draft, cause, 'long');
  return { title: title.blind(rangeIn(draft, from, to), why), lines: unknownFor(draft) };
};

const gap = (draft: Draft): Told => {
  const { from, to = draft.at } = draft.facts;
  const duration = formatDuration(to - (from ?? to), draft.locale);
  return { title: wordsOf(draft).title.gap(rangeIn(draft, from, to), duration), lines: unknownFor(draft) };
};

const unwatched = (draft: Draft): Told => {
  const { title, line } = wordsOf(draft);
  const name = paramOf(draft, 'watcher');
  const { from } = draft.facts;
  if (draft.facts.textKey === 'watcher.back' && name !== undefined)
    return { title: title.watcherBack(name), lines: [] };
  const lines = [line.unwatched, line.unwatchedFix];
  if (name === undefined) return { title: title.unwatched, lines };
  return { title: title.watcherSilent(name, momentIn(draft, from ?? draft.at)), lines: [line.unwatched] };
};

const brain = (draft: Draft): Told => {
  const { title, line } = wordsOf(draft);
  const { from = draft.at, to, failures, services = [] } = draft.facts;
  const name = paramOf(draft, 'brain') ?? 'Dozor';
  if (draft.facts.textKey === 'witness.back') {
    const end = to ?? draft.at;
    const silent = line.silentFor(formatDuration(end - from, draft.locale));
    return { title: [title.brainBack(name), momentIn(draft, end), silent].join(' · '), lines: [] };
  }
  if (draft.facts.textKey === 'witness.unwell')
    return { title: title.brainUnwell(name, momentIn(draft, from)), lines: only(paramOf(draft, 'problems')) };
  const names = failures.map(({ label, monitor }) => (label === '' ? monitor : label));
  const span = formatDuration(draft.at - from, draft.locale, 2 * MINUTE);
  return {
    title: title.brainSilent(name, momentIn(draft, from), span),
    lines: [
      ...(names.length === 0 ? [] : [line.deadToo(names.join(', '), names.length)]),
      ...(names.length > 0 || services.length === 0 ? [] : [line.aliveHere(services.join(', '), services.length)]),
    ],
  };
};

const test = (draft: Draft): Told => {
  const { title, line } = wordsOf(draft);
  return {
    title: [title.test(paramOf(draft, 'channel')), momentIn(draft, draft.at)].join(' · '),
    lines: [line.wholePath],
  };
};

const digestLine = (draft: Draft, one: NonNullable<AlertFacts['digest']>[number]): string => {
  const { digest } = wordsOf(draft);
  const { kind, service, startTo, endTo } = one;
  if (kind === 'recovered' && endTo !== undefined) return digest.recovered(service, momentIn(draft, endTo));
  if (kind === 'degraded' && startTo !== undefined) return digest.degraded(service, momentIn(draft, startTo));
  return startTo === undefined ? digest.other(service) : digest.down(service, momentIn(draft, startTo));
};

const digest = (draft: Draft): Told => {
  const told = draft.facts.digest ?? [];
  return { title: wordsOf(draft).title.digest(told.length), lines: told.map((one) => digestLine(draft, one)) };
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
