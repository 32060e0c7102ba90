import { isLastingCause } from '../diagnose/causes.ts';
import type { Finding } from '../diagnose/finding.ts';
import { defined } from '../kernel/defined.ts';
import { HOUR, type EpochMs, type Ms } from '../kernel/time.ts';
import type { Actor, TimelineData } from './happening.ts';

/** What an agent tells of an app, as the timeline keeps it. */
export type Sign = Extract<TimelineData, { readonly type: 'process' | 'change' | 'repair' | 'finding' | 'order' }>;

/** How the last exits of an app went: the first since it was last well, the latest, and how many in all. */
export interface Exits {
  readonly first: Exit;
  readonly last: Exit;
  readonly count: number;
}

/** One end of a process. */
export interface Exit {
  readonly at: EpochMs;
  readonly code?: number;
  readonly signal?: string;
}

/** Something about an app that changed on disk. */
export interface Change {
  readonly at: EpochMs;
  readonly what: Extract<TimelineData, { readonly type: 'change' }>['what'];
  readonly path: string;
  readonly detail?: string;
}

/** How the repair of an app stands. */
export interface Repair {
  readonly at: EpochMs;
  readonly phase: Extract<TimelineData, { readonly type: 'repair' }>['phase'];
  readonly action: string;
  readonly planId: string;
  readonly cause?: string;
  readonly plan?: string;
  /** It begins by itself at this moment. */
  readonly startsAt?: EpochMs;
  readonly error?: string;
  /** Who asked for it; absent when it began by itself. */
  readonly by?: Actor;
}

/** All that is known on the host about an app in trouble: the evidence that messages and pages show. */
export interface Scene {
  readonly appId: string;
  /** Best first. */
  readonly findings: readonly Finding[];
  /** The manager's own word for it (`online`), when that is not what is so. */
  readonly managerSays?: string;
  readonly port?: { readonly port: number; readonly open: boolean };
  readonly exits?: Exits;
  /** The latest last. */
  readonly changes: readonly Change[];
  readonly repair?: Repair;
}

/** How a service came back: what was done, and who asked for it. */
export interface Help {
  readonly at: EpochMs;
  readonly do: 'repair' | 'undo' | 'recover' | 'rollback' | 'protect';
  /** The action of a repair. */
  readonly action?: string;
  /** Absent: it began by itself. */
  readonly by?: Actor;
}

/** So much is kept of what changed, and for so long. */
const MOST_CHANGES = 20;
const KEEP_CHANGES_MS: Ms = 24 * HOUR;
/** From so much confidence on a cause is named as such, and counts as one that will not heal. */
const SURE = 0.8;

/** Nothing is known. */
export const emptyScene = (appId: string): Scene => ({ appId, findings: [], changes: [] });

/** The best finding that names a cause. */
export const namedCause = ({ findings }: Pick<Scene, 'findings'>): Finding | undefined =>
  findings.find(({ cause }) => cause !== 'unknown');

/** Is it sure that the next start fails as well? */
export const isLastingScene = (scene: Pick<Scene, 'findings'>): boolean => {
  const best = namedCause(scene);
  return best !== undefined && best.confidence >= SURE && isLastingCause(best.cause);
};

const exitsWith = (before: Exits | undefined, exit: Exit): Exits => ({
  first: before === undefined || exit.at < before.first.at ? exit : before.first,
  last: before === undefined || exit.at >= before.last.at ? exit : before.last,
  count: (before?.count ?? 0) + 1,
});

const changesWith = (before: readonly Change[], change: Change): readonly Change[] =>
  [...before, change].filter(({ at }) => change.at - at <= KEEP_CHANGES_MS).slice(-MOST_CHANGES);

const repairWith = (before: Repair | undefined, at: EpochMs, sign: Extract<Sign, { type: 'repair' }>): Repair => {
  const same = before?.planId === sign.planId ? before : undefined;
  const { type: _type, appId: _appId, inMs, ...said } = sign;
  const startsAt = inMs === undefined ? undefined : at + inMs;
  return {
    ...defined({ cause: same?.cause, plan: same?.plan, by: same?.by }),
    ...said,
    at,
    ...defined({ startsAt: sign.phase === 'proposed' ? startsAt : undefined }),
  };
};

/** The scene with a further sign; signs come in the order of the agent. */
export const withSign = (scene: Scene, at: EpochMs, sign: Sign): Scene => {
  switch (sign.type) {
    case 'process': {
      if (sign.what !== 'exit') return scene;
      return { ...scene, exits: exitsWith(scene.exits, { at, ...defined({ code: sign.code, signal: sign.signal }) }) };
    }
    case 'change': {
      const { type: _type, appId: _appId, ...change } = sign;
      return { ...scene, changes: changesWith(scene.changes, { at, ...change }) };
    }
    case 'repair':
      return { ...scene, repair: repairWith(scene.repair, at, sign) };
    default:
      return scene;
  }
};

/** The app is well: what was found and how it ended are no news any more; what changed may be the cause of the next trouble. */
export const calmScene = ({ appId, changes, repair }: Scene): Scene => {
  // A repair that proved itself is told once; one under way still has to say how it ends.
  const goesOn = repair !== undefined && (repair.phase === 'starting' || repair.phase === 'applied');
  return { appId, findings: [], changes, ...(goesOn ? { repair } : {}) };
};

/** Could a person still say yes or no to this repair? */
export const isProposed = (repair: Repair | undefined): boolean => repair?.phase === 'proposed';
