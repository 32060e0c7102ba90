import { catalog } from '../i18n/catalog.ts';
import { formatDuration } from '../i18n/format.ts';
import { MINUTE } from '../kernel/time.ts';
import { momentIn, only, paramOf, rangeIn, reasonIn, wordsOf, type Draft, type Told } from './message-facts.ts';
import type { AlertFacts } from './model.ts';

const unknownFor = (draft: Draft): readonly string[] => {
  const count = Number(paramOf(draft, 'services') ?? draft.facts.of ?? draft.facts.services?.length ?? 0);
  return count === 0 ? [] : [wordsOf(draft).line.nothingKnown(count)];
};

/** Dozor could not see out. */
export const blind = (draft: Draft): Told => {
  const { title, blindness } = wordsOf(draft);
  const { from, to = draft.at, cause } = draft.facts;
  const key = paramOf(draft, 'cause');
  const known: Readonly<Partial<Record<string, string>>> = blindness;
  const why =
    cause === undefined ? (key === undefined ? undefined : (known[key] ?? key)) : reasonIn(draft, cause, 'long');
  return { title: title.blind(rangeIn(draft, from, to), why), lines: unknownFor(draft) };
};

/** Dozor itself was not running. */
export const gap = (draft: Draft): Told => {
  const { from, to = draft.at } = draft.facts;
  const duration = formatDuration(to - (from ?? to), draft.locale);
  return { title: wordsOf(draft).title.gap(rangeIn(draft, from, to), duration), lines: unknownFor(draft) };
};

const agent = (draft: Draft): Told => {
  const words = catalog(draft.locale).hosts.message;
  const host = paramOf(draft, 'host') ?? '';
  if (draft.facts.textKey === 'agent.back') return { title: words.agentBack(host), lines: [] };
  return { title: words.agentGone(host, momentIn(draft, draft.facts.from ?? draft.at)), lines: [words.agentGoneMore] };
};

/** Nobody watches the watch, or looks inside a host; or somebody does again. */
export const unwatched = (draft: Draft): Told => {
  if (draft.facts.textKey?.startsWith('agent.') === true) return agent(draft);
  const { title, line } = wordsOf(draft);
  const name = paramOf(draft, 'watcher');
  const { from } = draft.facts;
  if (draft.facts.textKey === 'watcher.back' && name !== undefined)
    return { title: title.watcherBack(name), lines: [] };
  const lines = [line.unwatched, line.unwatchedFix];
  if (name === undefined) return { title: title.unwatched, lines };
  return { title: title.watcherSilent(name, momentIn(draft, from ?? draft.at)), lines: [line.unwatched] };
};

/** A witness tells of the brain's silence. */
export const brain = (draft: Draft): Told => {
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

/** A test message. */
export const test = (draft: Draft): Told => {
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

/** Several messages in one. */
export const digest = (draft: Draft): Told => {
  const told = draft.facts.digest ?? [];
  return { title: wordsOf(draft).title.digest(told.length), lines: told.map((one) => digestLine(draft, one)) };
};
