import { formatMinute } from '../i18n/format.ts';
import type { EpochMs } from '../kernel/time.ts';
import {
  lateJobsOf,
  lateTitleIn,
  lengthIn,
  paramOf,
  reasonIn,
  subjectOf,
  wordsOf,
  type Draft,
} from './message-facts.ts';
import { shortCauseIn, spokenCauseIn, troubleIn } from './message-host.ts';
import type { AlertFacts } from './model.ts';
import { fitsOneSms, smsLength } from './sms-length.ts';

/** What a short text is made of. */
interface Pieces {
  /** Who and how bad, made from a name that may have to be shortened. */
  readonly head: (name: string) => string;
  readonly name: string;
  readonly since: string;
  readonly why: string;
  /** The same at length, where there is room. */
  readonly whole?: string;
  /** The same with what the agent found inside. */
  readonly more?: string;
}

const minute = (draft: Draft, at: EpochMs): string => formatMinute(at, draft.timezone);

const whyOf = (draft: Draft, form: 'long' | 'short' = 'short'): string => {
  const reason = draft.facts.failures[0]?.reason ?? draft.facts.cause;
  return reason === undefined ? '' : ` (${reasonIn(draft, reason, form)})`;
};

const sinceOf = (draft: Draft): string => {
  const { startFrom, startTo } = draft.facts;
  return startTo === undefined ? '' : wordsOf(draft).short.since(minute(draft, startFrom ?? startTo));
};

const isCertificate = ({ failures }: AlertFacts): boolean => failures[0]?.reason?.code === 'tls.expires-soon';

/** Outside and inside: ` (refused). PM2 crash loop: dist/ is stale`. */
const withCause = (draft: Draft): Pick<Pieces, 'why' | 'more'> => {
  const more = shortCauseIn(draft);
  const isInside = draft.facts.failures[0]?.part === 'app';
  const failures = draft.facts.failures.filter(({ part }) => part !== 'app');
  const outside = isInside && more !== '' ? { ...draft, facts: { ...draft.facts, failures } } : draft;
  const why = whyOf(outside);
  return more === '' ? { why } : { why: why === '' ? whyOf(draft) : why, more: `${why}${more}` };
};

const hurt = (draft: Draft): Pieces => {
  const { short, title } = wordsOf(draft);
  const { kind, severity, services, of, service: host } = draft.facts;
  const base = { name: subjectOf(draft), since: sinceOf(draft), whole: whyOf(draft, 'long'), ...withCause(draft) };
  if (services !== undefined)
    return { ...base, name: '', head: () => short.storm({ count: services.length, of, host }) };
  if (isCertificate(draft.facts)) {
    const what = whyOf(draft).slice(2, -1);
    return { ...base, head: (name) => title.about(name, what), since: '', why: '', whole: '' };
  }
  const late = troubleIn(draft) ?? lateTitleIn(draft);
  if (late !== undefined) return { ...base, name: '', head: () => late, why: '', whole: '' };
  if (kind === 'degraded' || severity !== 'critical') return { ...base, head: short.degraded };
  return { ...base, head: kind === 'reminder' ? short.stillDown : short.down };
};

const recovered = (draft: Draft): Pieces => {
  const { short, title } = wordsOf(draft);
  const { endTo, services, service: host, textKey } = draft.facts;
  const length = lengthIn(draft, 'short');
  const at = endTo === undefined ? '' : minute(draft, endTo);
  if (endTo === undefined && services === undefined) {
    const head = textKey === 'withdrawn' ? title.withdrawn : title.closed;
    return { name: subjectOf(draft), head, since: '', why: '' };
  }
  const jobs = lateJobsOf(draft);
  if (jobs !== undefined)
    return {
      name: '',
      head: () => `${title.reports(subjectOf(draft), jobs.names, jobs.count)} ${at}`,
      since: '',
      why: '',
    };
  const head =
    services === undefined
      ? (name: string) => short.works(name, at)
      : () => title.stormOver({ count: services.length, host });
  return { name: subjectOf(draft), head, since: '', why: length === undefined ? '' : short.downFor(length) };
};

const span = (draft: Draft, from: EpochMs | undefined, to: EpochMs | undefined): readonly [string, string] => [
  minute(draft, from ?? to ?? draft.at),
  minute(draft, to ?? draft.at),
];

const unseen = (draft: Draft): Pieces => {
  const { startTo, endTo } = draft.facts;
  const [from, to] = span(draft, startTo, endTo);
  return { name: subjectOf(draft), head: (name) => wordsOf(draft).short.unseen(name, from, to), since: '', why: '' };
};

const watch = (draft: Draft): Pieces => {
  const { short, line, title } = wordsOf(draft);
  const { kind, from, to, textKey } = draft.facts;
  const [first, last] = span(draft, from, to);
  const brain = paramOf(draft, 'brain') ?? '';
  const plain = (text: string, why = ''): Pieces => ({ name: '', head: () => text, since: '', why });
  if (textKey === 'witness.silent') {
    const names = draft.facts.failures.map(({ label, monitor }) => (label === '' ? monitor : label));
    return plain(
      short.brainSilent(brain, first),
      names.length === 0 ? '' : `. ${line.deadToo(names.join(', '), names.length)}`,
    );
  }
  if (textKey === 'witness.back') return plain(title.brainBack(brain), ` ${last}`);
  if (kind === 'blind') return plain(short.blind(first, last));
  if (kind === 'gap') return plain(short.gap(first, last));
  return plain(kind === 'unwatched' && textKey !== 'watcher.back' ? short.unwatched : '');
};

const PIECES: Readonly<Partial<Record<AlertFacts['kind'], (draft: Draft) => Pieces>>> = {
  down: hurt,
  degraded: hurt,
  update: hurt,
  storm: hurt,
  reminder: hurt,
  recovered,
  unseen,
};

const piecesOf = (draft: Draft): Pieces =>
  draft.facts.textKey?.startsWith('witness.') === true ? watch(draft) : (PIECES[draft.facts.kind] ?? watch)(draft);

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** Two dots, since `…` is not in GSM-7 and would make the whole SMS cost more. */
const CUT = '..';

const shortenedName = ({ head, name, since }: Pieces, tail: string): string => {
  const letters = Array.from(name);
  for (let length = letters.length - 1; length > 0; length -= 1) {
    const text = `${sentence(`${head(`${letters.slice(0, length).join('').trimEnd()}${CUT}`)}${since}`)}${tail}`;
    if (fitsOneSms(text)) return text;
  }
  return `${sentence(`${head(name)}${since}`)}${tail}`;
};

/** A link without what every phone adds by itself. */
const bareLink = (link: string): string => link.replace(/^https:\/\//, '');

/** What is over needs no link: how long it took says more. */
const OVER = new Set<AlertFacts['kind']>(['recovered', 'unseen']);

const tailOf = (draft: Draft, links: { details?: string; acknowledge?: string }): string => {
  const link = links.acknowledge ?? (OVER.has(draft.facts.kind) ? undefined : links.details);
  return link === undefined ? '' : ` ${bareLink(link)}`;
};

/** A step that asks for an answer may cost a second part when it would not say why otherwise. */
const MAX_PARTS = 2;

/** The most that can be said for what is paid anyway: in a second part the reason stands at length if it has room. */
const withinParts = (pieces: Pieces, said: string, tail: string): string | undefined => {
  const { since, why, whole = why, more } = pieces;
  if (why === '' && more === undefined) return undefined;
  return [more ?? whole, why]
    .map((reason) => `${sentence(`${said}${since}${reason}`)}${tail}`)
    .find((text) => smsLength(text).parts <= MAX_PARTS);
};

/** What may be said in one part, the best first: before and after it is considered to pay for a second one. */
const inOnePart = (
  { since, why, more }: Pieces,
  said: string,
  tail: string,
  isAnswerable: boolean,
): { readonly first: readonly string[]; readonly later: readonly string[] } => {
  const inside = more === undefined ? [] : [`${sentence(`${said}${since}${more}`)}${tail}`];
  const full = sentence(`${said}${since}${why}`);
  const brief = sentence(`${said}${since}`);
  // The cause that the agent found is worth a second part where somebody is to answer.
  const isWorthMore = isAnswerable && inside.length > 0;
  return {
    first: [...inside, ...(isWorthMore ? [] : [`${full}${tail}`])],
    later: [`${full}${tail}`, `${brief}${tail}`, ...(isAnswerable ? [] : [full, brief])],
  };
};

/**
 * One SMS's worth: who, how bad, since when, why, and the link. When that does not fit into one part, the reason goes first, then the link
 * to the details. With a link to acknowledge the reason may take a second part; the name is shortened when that is not enough; never a
 * character in halves. `title` is said when there is nothing better.
 */
export const shortOf = (draft: Draft, title: string, links: { details?: string; acknowledge?: string }): string => {
  const pieces = piecesOf(draft);
  const { head, name } = pieces;
  const said = head(name) === '' ? title.replaceAll(' · ', ', ') : head(name);
  const tail = tailOf(draft, links);
  const isAnswerable = links.acknowledge !== undefined;
  const { first, later } = inOnePart(pieces, said, tail, isAnswerable);
  const best = first.find(fitsOneSms) ?? (isAnswerable ? withinParts(pieces, said, tail) : undefined);
  const brief = `${sentence(`${said}${pieces.since}`)}${tail}`;
  return best ?? later.find(fitsOneSms) ?? (name === '' ? brief : shortenedName(pieces, tail));
};

const SPOKEN_KINDS = new Set<AlertFacts['kind']>(['down', 'degraded', 'reminder']);

/** The title of these says all. */
const isSaidByTitle = (draft: Draft): boolean => {
  const { kind, services, textKey } = draft.facts;
  if (textKey !== undefined || services !== undefined || !SPOKEN_KINDS.has(kind)) return true;
  if (troubleIn(draft) !== undefined) return true;
  return isCertificate(draft.facts) || lateJobsOf(draft) !== undefined;
};

/** One sentence to be spoken on the phone. */
export const spokenOf = (draft: Draft, title: string): string => {
  const { spoken } = wordsOf(draft);
  const { startFrom, startTo, failures, cause } = draft.facts;
  if (isSaidByTitle(draft)) return sentence(title.replaceAll(' · ', ', '));
  const reason = failures[0]?.reason ?? cause;
  const since = startTo === undefined ? '' : spoken.since(minute(draft, startFrom ?? startTo));
  const because = spokenCauseIn(draft) ?? (reason === undefined ? undefined : reasonIn(draft, reason, 'long'));
  const why = because === undefined ? '' : spoken.because(because);
  return sentence(`${title}${since}${why}`);
};
