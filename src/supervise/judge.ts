import { CAUSES, type CauseId } from '../diagnose/causes.ts';
import { defined } from '../kernel/defined.ts';
import { HOUR, type EpochMs } from '../kernel/time.ts';
import { superviseReason, type SuperviseReason } from './reason.ts';
import type { SuperviseRules } from './rules.ts';
import { healthKnown, lastGood, serves, thrown, unhealthy, type Judgement } from './unwell.ts';
import { slotTrouble, type Trouble } from './trouble.ts';
import type { AppState, Slot } from './state.ts';

/** The slots that nobody stopped. */
const wantedSlots = (state: AppState): (readonly [string, Slot])[] =>
  Object.entries(state.slots).filter(([, slot]) => !slot.stopped);

/** Weighs all that is known of the app, gravest first. */
export const judge = (state: AppState, rules: SuperviseRules): Judgement => named(state, weighed(state, rules));

const weighed = (state: AppState, rules: SuperviseRules): Judgement =>
  stopped(state, rules) ??
  managerGone(state, rules) ??
  processes(state, rules) ??
  missing(state, rules) ??
  thrown(state, rules) ??
  unhealthy(state, rules) ??
  strained(state, rules) ??
  good(state, rules);

/** What is said about the manager names it. */
const named = (state: AppState, judgement: Judgement): Judgement => {
  const { reason } = judgement;
  const about = ['app.gave-up', 'app.not-running', 'app.zombie', 'manager.gone'];
  if (reason === undefined || state.managedBy === undefined || !about.includes(reason.code)) return judgement;
  return { ...judgement, reason: superviseReason(reason.code, { ...reason.params, manager: state.managedBy }) };
};

const stopped = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  const slots = Object.values(state.slots);
  if (slots.length === 0 || slots.some((slot) => !slot.stopped)) return undefined;
  const since = Math.max(...slots.map((slot) => slot.downSince));
  return state.at - since >= rules.stoppedMs ? { is: 'stopped' } : { is: 'unsure' };
};

const managerGone = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  const { goneSince } = state.manager;
  if (goneSince === 0) return undefined;
  if (state.at - goneSince < rules.managerGraceMs) return { is: 'unsure' };
  const reason = superviseReason('manager.gone');
  const moments = defined({ firstBadAt: goneSince, lastGoodAt: lastGood(state) });
  // a check from before says nothing: the apps of a dead manager may die a little later
  const alive = state.health !== null && state.health.ok && state.health.at > goneSince && healthKnown(state, rules);
  return { is: alive ? 'degraded' : 'down', reason, ...moments };
};

const processes = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  const slots = wantedSlots(state);
  const troubles = slots
    .map(([id, slot]) => slotTrouble(state, id, slot, rules))
    .filter((trouble) => trouble !== undefined);
  const gravest = troubles.toSorted((one, other) => one.rank - other.rank)[0];
  if (gravest === undefined) return undefined;
  const moments = troubleMoments(gravest, state);
  if (troubles.length === slots.length && (slots.length === 1 || !serves(state, rules)))
    return { is: 'down', reason: gravest.reason, ...moments };
  const reason = superviseReason('app.partly-down', { failing: troubles.length, of: slots.length });
  return { is: 'degraded', reason, ...moments };
};

const troubleMoments = (trouble: Trouble, state: AppState): Pick<Judgement, 'firstBadAt' | 'lastGoodAt'> =>
  defined({
    firstBadAt: trouble.firstBadAt,
    lastGoodAt: trouble.lastGoodAt ?? lastGoodBefore(state, trouble.firstBadAt),
  });

/** No process is listed, though the app does not answer (never started since the boot), or its manager died with it. */
const missing = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  if (Object.keys(state.slots).length > 0) return undefined;
  const { health } = state;
  if (health === null || health.ok || !healthKnown(state, rules)) return undefined;
  if (state.at - Math.max(health.since, state.begunAt) < rules.missingMs) return undefined;
  // deleted by hand while it was watched: nobody expects an answer
  if (state.verdict === 'pending' && health.goodAt !== undefined) return undefined;
  const reason = superviseReason('app.not-running', { status: 'missing' });
  return { is: 'down', reason, ...defined({ firstBadAt: health.since, lastGoodAt: health.goodAt }) };
};

/** Slow harm: told, but nobody is woken. */
const strained = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  const told = (reason: SuperviseReason, firstBadAt: EpochMs | undefined): Judgement => ({
    is: 'degraded',
    reason,
    ...defined({ firstBadAt }),
  });
  const { exits, oomKills, memoryRestarts } = state;
  const recent = exits.filter((exit) => state.at - exit.at < rules.fastMs);
  if (recent.length >= rules.fastExits && Object.keys(state.slots).length > 1)
    return told(superviseReason('app.crash-loop', { exits: recent.length, withinMs: rules.fastMs }), recent[0]?.at);
  if (oomKills.length >= rules.oomKills)
    return told(superviseReason('app.oom-kills', { kills: oomKills.length, withinMs: rules.memoryMs }), oomKills[0]);
  if (memoryRestarts.length >= rules.memoryRestarts) {
    const seen = { restarts: memoryRestarts.length, withinMs: rules.memoryMs };
    return told(superviseReason('app.memory-restarts', seen), memoryRestarts[0]);
  }
  return rising(state, rules);
};

/** Exits of the last hour, but for those that were told of as down, against the worst hour of the two days before. */
const rising = (state: AppState, rules: SuperviseRules): Judgement | undefined => {
  // it ends as soon as it works: its exits are no news of their own
  if (state.verdict === 'down') return undefined;
  const now = Math.floor(state.at / HOUR);
  const exitsIn = (hours: AppState['hours'], hour: number): number =>
    hours.find((one) => one.hour === hour)?.exits ?? 0;
  const ofHour = (hour: number): number => exitsIn(state.hours, hour) - exitsIn(state.toldHours, hour);
  const perHour = Math.max(ofHour(now), ofHour(now - 1));
  if (perHour < rules.risingExits) return undefined;
  const past = state.hours.filter(({ hour }) => hour < now - 1).map(({ exits }) => exits);
  const usual = Math.max(0, ...past);
  if (perHour <= 2 * usual) return undefined;
  return { is: 'degraded', reason: superviseReason('app.exits-rising', { perHour, usual }) };
};

/** The start of the good time: its processes run, it is healthy where that is asked, nothing has exited since. */
export const goodSince = (state: AppState): EpochMs =>
  Math.max(
    ...Object.values(state.slots).map((slot) => (slot.stopped ? 0 : slot.startedAt)),
    state.health?.ok === true ? state.health.since : 0,
    state.exits.at(-1)?.at ?? 0,
  );

const good = (state: AppState, rules: SuperviseRules): Judgement => {
  const slots = wantedSlots(state);
  const healthy = healthKnown(state, rules) && state.health?.ok === true;
  if (slots.length === 0) return { is: healthy ? 'good' : 'unsure' };
  if (slots.some(([, slot]) => !slot.running)) return { is: 'unsure' };
  if (healthKnown(state, rules)) return { is: healthy && serves(state, rules) ? 'good' : 'unsure' };
  return { is: state.at - goodSince(state) >= rules.settledMs ? 'good' : 'unsure' };
};

const lastGoodBefore = (state: AppState, at: EpochMs): EpochMs | undefined => {
  const found = lastGood(state);
  return found !== undefined && found <= at ? found : undefined;
};

/** Will it not heal by itself? What waits for something else (a database, a name server) will; what nobody has explained yet is given a moment. */
export const willLast = (state: AppState, reason: SuperviseReason, since: EpochMs, rules: SuperviseRules): boolean => {
  if (reason.code === 'app.boot-crash' || reason.code === 'app.unstable-after-deploy') return true;
  if (reason.code === 'manager.gone' || reason.params['status'] === 'missing') return true;
  if (reason.code !== 'app.gave-up' && reason.code !== 'app.zombie') return false;
  const { diagnosis } = state;
  if (diagnosis === null) return state.at - since >= rules.diagnosisMs;
  const nature = Object.hasOwn(CAUSES, diagnosis.cause) ? CAUSES[diagnosis.cause as CauseId].nature : 'open';
  return nature !== 'passing';
};
