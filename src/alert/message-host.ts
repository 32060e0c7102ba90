import { catalog, type Catalog } from '../i18n/catalog.ts';
import { formatDuration } from '../i18n/format.ts';
import { isProposed, namedCause, type Change, type Repair } from '../incident/scene.ts';
import { HOUR, MINUTE, type EpochMs, type Ms } from '../kernel/time.ts';
import { findingTitle } from './finding-words.ts';
import { momentIn, reasonIn, subjectOf, type Draft } from './message-facts.ts';
import type { AlertFacts, SceneFacts } from './model.ts';

type Words = Catalog['hosts']['message'];

const wordsOf = (draft: Draft): Words => catalog(draft.locale).hosts.message;

/** From so much confidence on it is called the cause. */
const LIKELY = 0.5;
/** What changed so long before the first exit may have to do with it. */
const BEFORE_MS: Ms = HOUR;
const MOST_CHANGES = 2;

/** The app that the message is about: the first of those in trouble. */
export const mainScene = ({ facts }: Draft): SceneFacts | undefined => facts.scenes?.[0];

const exitIn = (draft: Draft, { exits }: SceneFacts): string =>
  exits === undefined
    ? ''
    : wordsOf(draft).exit({ code: exits.last.code, signal: exits.last.signal, count: exits.count });

const lastQuote = ({ findings }: SceneFacts): string => {
  const quotes = (findings[0]?.evidence ?? []).flatMap((clue) => ('quote' in clue ? clue.quote.split('\n') : []));
  return (quotes.findLast((line) => line.trim() !== '') ?? '').trim().slice(0, 160);
};

/** Why, as the agent found it; nothing where it found nothing. */
export const causeIn = (draft: Draft): readonly string[] => {
  const scene = mainScene(draft);
  if (scene === undefined || scene.findings.length === 0) return [];
  const words = wordsOf(draft);
  const best = namedCause(scene);
  if (best === undefined) return [words.unknownCause(lastQuote(scene))];
  const say = best.confidence >= LIKELY ? words.cause : words.perhaps;
  return [say(findingTitle(best, draft.locale), exitIn(draft, scene))];
};

const latestOfEach = (changes: readonly Change[]): readonly Change[] => [
  ...new Map(changes.map((change) => [`${change.what} ${change.path}`, change])).values(),
];

const changeLine = (draft: Draft, change: Change, firstExit: EpochMs | undefined): string => {
  const words = wordsOf(draft);
  const said = words.changed[change.what](change.path, momentIn(draft, change.at));
  if (firstExit === undefined || change.at >= firstExit) return said;
  return `${said}${words.beforeFirstExit(formatDuration(firstExit - change.at, draft.locale, 2 * MINUTE))}`;
};

const changesIn = (draft: Draft, scene: SceneFacts): readonly string[] => {
  const firstExit = scene.exits?.first.at;
  const until = firstExit ?? draft.facts.startTo ?? draft.at;
  return latestOfEach(scene.changes.filter(({ at }) => at <= until && until - at <= BEFORE_MS))
    .slice(-MOST_CHANGES)
    .map((change) => changeLine(draft, change, firstExit));
};

const againstIn = (draft: Draft, { managerSays, port, manager }: SceneFacts): readonly string[] => {
  const words = wordsOf(draft);
  const parts = [
    ...(managerSays === undefined
      ? []
      : [words.managerShows(catalog(draft.locale).hosts.manager[manager], managerSays)]),
    ...(port === undefined ? [] : [words.port(port.port, port.open)]),
  ];
  return parts.length === 0 ? [] : [parts.join('; ')];
};

/** What the agent saw that speaks for the cause: what changed before, and the manager's word against what is so. */
export const evidenceIn = (draft: Draft): readonly string[] => {
  const scene = mainScene(draft);
  return scene === undefined ? [] : [...changesIn(draft, scene), ...againstIn(draft, scene)];
};

const whoIn = (draft: Draft, { by }: Repair): string => {
  const words = wordsOf(draft);
  return by === undefined ? words.automatic : words.startedBy(by.name);
};

/** `Trial without dist/ worked`; undefined where the action has no words of its own. */
const trialIn = (draft: Draft, { action }: Repair, scene: SceneFacts): string | undefined => {
  const known: Readonly<Partial<Record<string, (path: string) => string>>> = wordsOf(draft).trial;
  const params = namedCause(scene)?.params ?? {};
  const path = params['folder'] ?? params['path'];
  return path === undefined ? undefined : known[action]?.(String(path));
};

const proposedIn = (draft: Draft, repair: Repair, scene: SceneFacts): string => {
  const words = wordsOf(draft);
  const trial = trialIn(draft, repair, scene);
  const left = repair.startsAt === undefined ? undefined : repair.startsAt - draft.at;
  if (left === undefined) return trial === undefined ? words.repair.proposed(repair.action) : words.waitsForYes(trial);
  if (left <= 0) return words.repair.starting(repair.action, words.automatic);
  const span = formatDuration(left, draft.locale, 2 * MINUTE);
  return trial === undefined ? words.repair.soon(repair.action, span) : words.fixesItself(trial, span);
};

const doneIn = (draft: Draft, repair: Repair, phase: Exclude<Repair['phase'], 'proposed'>): string => {
  const { repair: say } = wordsOf(draft);
  const { action, error = '' } = repair;
  if (phase === 'undone' || phase === 'left') return say[phase](action);
  if (phase === 'failed' || phase === 'given-up') return say[phase](action, error.split('\n', 1)[0] ?? '');
  return say[phase](action, whoIn(draft, repair));
};

/** How the repair stands; nothing where there is none. */
export const repairIn = (draft: Draft): readonly string[] => {
  const scene = draft.facts.scenes?.find(({ repair }) => repair !== undefined);
  const repair = scene?.repair;
  if (scene === undefined || repair === undefined) return [];
  return [repair.phase === 'proposed' ? proposedIn(draft, repair, scene) : doneIn(draft, repair, repair.phase)];
};

/** `No agent on vps since …`; nothing while somebody looks inside. */
export const silentIn = (draft: Draft): readonly string[] => {
  const { silentAgent } = draft.facts;
  if (silentAgent === undefined) return [];
  return [wordsOf(draft).agentSilent(silentAgent.host, momentIn(draft, silentAgent.since))];
};

/** Only machines are in trouble, no service of itself: the title says what it is. */
export const troubleIn = (draft: Draft): string | undefined => {
  const { failures, services } = draft.facts;
  const [first] = failures;
  if (services !== undefined || first?.reason === undefined || !failures.every(({ part }) => part === 'host'))
    return undefined;
  const what = reasonIn(draft, first.reason, 'long');
  const said = wordsOf(draft).trouble(first.monitor, what);
  return draft.facts.isHost === true ? said : wordsOf(draft).trouble(subjectOf(draft), said);
};

/** How it came back, when somebody or something helped: `recover, started from Telegram`. */
export const helpIn = (draft: Draft): string | undefined => {
  const { help } = draft.facts;
  if (help === undefined) return undefined;
  const { message, order } = catalog(draft.locale).hosts;
  const what = help.action === undefined ? order[help.do] : `${order[help.do]} (${help.action})`;
  if (help.by === undefined) return message.help.automatic(help.action ?? '');
  return message.help.order(what, message.via[help.by.via]);
};

/** A title without its details: what stands before the first colon. */
const headOf = (title: string): string => title.split(/: | — /, 1)[0] ?? title;

/** `. PM2 crash loop: dist/ is stale` for an SMS; empty when the agent knows nothing of it. */
export const shortCauseIn = (draft: Draft): string => {
  const scene = mainScene(draft);
  if (scene === undefined) return '';
  const failure = draft.facts.failures.find(({ part }) => part === 'app');
  const what = failure?.reason === undefined ? '' : reasonIn(draft, failure.reason, 'short');
  const best = namedCause(scene);
  const cause = best === undefined ? '' : headOf(findingTitle(best, draft.locale));
  if (what === '' && cause === '') return '';
  const { manager } = catalog(draft.locale).hosts;
  return wordsOf(draft).short(what === '' ? '' : manager[scene.manager], what, cause);
};

/** The cause for the phone, in a few words. */
export const spokenCauseIn = (draft: Draft): string | undefined => {
  const scene = mainScene(draft);
  const best = scene === undefined ? undefined : namedCause(scene);
  return best === undefined ? undefined : headOf(findingTitle(best, draft.locale));
};

/** The repair that a person may say yes or no to. */
export const proposalOf = (
  facts: Pick<AlertFacts, 'scenes'>,
): { readonly appId: string; readonly planId: string } | undefined => {
  const scene = facts.scenes?.find(({ repair }) => isProposed(repair));
  return scene?.repair === undefined ? undefined : { appId: scene.appId, planId: scene.repair.planId };
};

/** What is told of failures besides: where the cause is told, the app's own verdict says nothing more. */
export const withoutApps = (draft: Draft): Draft =>
  causeIn(draft).length === 0
    ? draft
    : { ...draft, facts: { ...draft.facts, failures: draft.facts.failures.filter(({ part }) => part !== 'app') } };
