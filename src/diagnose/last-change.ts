import type { AppFacts, ChangeFact } from './app-facts.ts';
import { beforeTrouble, clue, troubleSince } from './circumstance.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { valueOf } from './known.ts';
import { told } from './signature.ts';

/** What changed longer ago has not made what begins now. */
const FARTHEST_MS = 24 * 60 * 60_000;
const SLACK_MS = 1_000;

/** The last thing that changed before the trouble began. */
export const lastChange = (app: AppFacts): ChangeFact | undefined => {
  const since = troubleSince(app);
  if (since === undefined) return undefined;
  return (valueOf(app.changes) ?? []).find(({ at }) => at <= since + SLACK_MS && since - at < FARTHEST_MS);
};

/** Adds to the first finding what changed last before the first exit: a clue, never a cause. */
export const withLastChange = (findings: readonly Finding[], { app }: Facts): readonly Finding[] => {
  const [first, ...rest] = findings;
  const change = app === undefined ? undefined : lastChange(app);
  if (first === undefined || app === undefined || change === undefined) return findings;
  const says = first.evidence.some(
    (one) => 'says' in one && one.says === 'artifact-appeared' && one.params['path'] === `${change.path}/`,
  );
  if (says) return findings;
  const params = {
    what: change.what,
    path: told(change.path),
    ...(change.detail === undefined ? {} : { detail: told(change.detail) }),
    ...beforeTrouble(app, change.at),
  };
  const source = change.what === 'git-head' ? 'git' : 'file';
  return [{ ...first, evidence: [...first.evidence, clue(source, 'changed-last', params, change.at)] }, ...rest];
};
