import { defined } from '../kernel/defined.ts';
import { HOUR, type EpochMs, type Ms } from '../kernel/time.ts';
import type { AppVerdict, HostSignal } from '../host/contract.ts';
import type { DatedSign, VerdictEvent } from '../incident/events.ts';
import { emptyScene, namedCause, withSign, type Scene, type Sign } from '../incident/scene.ts';
import type { Reason } from '../monitor/reason.ts';
import type { Evidence } from '../monitor/verdict.ts';

/** What is known of an app; kept in the store, so that a restart goes on where it was. */
export interface AppState {
  /** The agent's word. */
  readonly verdict: AppVerdict;
  readonly since: EpochMs;
  readonly reason?: Reason;
  readonly lasting: boolean;
  readonly afterDeploy: boolean;
  readonly lastGoodAt?: EpochMs;
  readonly firstBadAt?: EpochMs;
  readonly firstGoodAt?: EpochMs;
  /** What its service's incident was told last: `pending` while nobody may judge it. */
  readonly told: AppVerdict;
  readonly toldReason?: Reason;
  /** Bad news that came late: it is waited whether the good one follows. */
  readonly late: boolean;
  readonly scene: Scene;
  /** Signs that no incident has in its timeline yet. */
  readonly signs: readonly DatedSign[];
}

/** The store's subject of an app's state. */
export const appSubject = (appId: string): string => `app:${appId}`;

/** So many signs are kept for the timeline of an incident that may follow, and for so long. */
const MOST_SIGNS = 30;
const KEEP_SIGNS_MS: Ms = HOUR;

/** Nothing was heard of it yet. */
export const unknownApp = (appId: string, now: EpochMs): AppState => ({
  verdict: 'pending',
  since: now,
  lasting: false,
  afterDeploy: false,
  told: 'pending',
  late: false,
  scene: emptyScene(appId),
  signs: [],
});

type Of<T extends HostSignal['type']> = Extract<HostSignal, { type: T }>;

const findingSigns = (before: Scene, now: Scene, at: EpochMs): readonly DatedSign[] => {
  const finding = namedCause(now);
  if (finding === undefined || finding.cause === namedCause(before)?.cause) return [];
  return [{ at, sign: { type: 'finding', appId: now.appId, finding } }];
};

const remembered = (signs: readonly DatedSign[], more: readonly DatedSign[]): readonly DatedSign[] => {
  const all = [...signs, ...more];
  const latest = all.at(-1)?.at ?? 0;
  return all.filter(({ at }) => latest - at <= KEEP_SIGNS_MS).slice(-MOST_SIGNS);
};

/** The state with a sign more; the signs that came with it are returned apart. */
export const withSigns = (state: AppState, scene: Scene, signs: readonly DatedSign[]): AppState => ({
  ...state,
  scene,
  signs: remembered(state.signs, signs),
});

/** A verdict of the agent. */
export const withVerdict = (state: AppState, signal: Of<'app-verdict'>): AppState => {
  const { at, to, findings, managerSays, port, reason } = signal;
  const { managerSays: _said, port: _port, ...before } = state.scene;
  const scene: Scene = {
    ...before,
    findings: findings.length > 0 ? findings : state.scene.findings,
    ...defined({ managerSays, port }),
  };
  const { reason: _reason, lastGoodAt: _good, firstBadAt: _bad, firstGoodAt: _well, ...rest } = state;
  const isWell = to === 'up';
  const next: AppState = {
    ...rest,
    verdict: to,
    since: at,
    lasting: signal.lasting,
    afterDeploy: signal.afterDeploy,
    ...defined({
      reason,
      lastGoodAt: signal.lastGoodAt,
      // The end's bracket begins where the trouble was seen last.
      firstBadAt: signal.firstBadAt ?? (isWell ? state.firstBadAt : at),
      firstGoodAt: signal.firstGoodAt,
    }),
  };
  return withSigns(next, scene, findingSigns(state.scene, scene, at));
};

/** Findings that came later, or anew. */
export const withFindings = (state: AppState, { at, findings }: Of<'findings'>): AppState => {
  const scene: Scene = { ...state.scene, findings };
  return withSigns(state, scene, findingSigns(state.scene, scene, at));
};

/** A sign of its processes, its disk or its repair. */
export const withOne = (state: AppState, at: EpochMs, sign: Sign): AppState =>
  withSigns(state, withSign(state.scene, at, sign), [{ at, sign }]);

/** What the verdict is dated by: of a beginning the last good and the first bad moment, of an end the last bad and the first good one; none after now. */
export const bracketOf = (
  state: AppState,
  now: EpochMs,
): Pick<VerdictEvent, 'lastGood' | 'firstBad' | 'lastBad' | 'firstGood'> => {
  const { verdict, scene, since, lastGoodAt, firstBadAt, firstGoodAt } = state;
  const evidence = (at: EpochMs | undefined): Evidence | undefined =>
    at === undefined || at === 0 ? undefined : { at: Math.min(at, now) };
  if (verdict === 'up') {
    const lastBad = evidence(Math.max(scene.exits?.last.at ?? 0, firstBadAt ?? 0));
    return defined({ lastBad, firstGood: evidence(firstGoodAt ?? since) });
  }
  const firstBad: Evidence = { at: Math.min(firstBadAt ?? since, now), ...defined({ reason: state.reason }) };
  return defined({ lastGood: evidence(lastGoodAt), firstBad });
};
