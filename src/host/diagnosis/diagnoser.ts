import { processEnvironment } from '#config/environment.ts';
import type { ChangeFact } from '#diagnose/app-facts.ts';
import type { Crash } from '#diagnose/crash.ts';
import type { Facts } from '#diagnose/facts.ts';
import { known, valueOf } from '#diagnose/known.ts';
import { withLastChange } from '#diagnose/last-change.ts';
import { diagnose } from '#diagnose/rules/index.ts';
import { SECOND, type Ms } from '#kernel/time.ts';
import { collectApp } from '../collect/app.ts';
import { findStart } from '../collect/app-start.ts';
import { within } from '../collect/deadline.ts';
import { collectMachine } from '../collect/machine.ts';
import { collectOomKills } from '../collect/oom.ts';
import { managerOf } from '../collect/manager-of.ts';
import { lookAtPm2 } from '../collect/pm2-managed.ts';
import { askPm2 } from '../collect/pm2-rpc.ts';
import { pm2HomeOf } from '../collect/pm2-files.ts';
import type { Diagnoser } from '../sources.ts';
import type { FileChange } from '../watched-files.ts';

/** What the agent's causes are found with. */
export interface DiagnoserOptions {
  /** PM2's folder, where it is not the user's own. */
  readonly pm2Home?: string;
  /** All facts are there, or told as not known, by then. */
  readonly limit?: Ms;
}

const LIMIT: Ms = 4 * SECOND;
const LOOK: Ms = 2 * SECOND;
const LINES = 200;

const WHAT: Readonly<Record<FileChange['what'], ChangeFact['what']>> = {
  'artifact-appeared': 'artifact',
  'artifact-gone': 'artifact',
  'lock-file': 'lock-file',
  'env-names': 'env-file',
  'git-head': 'git-head',
  entry: 'entry',
  ecosystem: 'ecosystem',
};

/** What the agent saw change itself is surer than times on a disk. */
const withSeen = (facts: Facts, seen: readonly FileChange[]): Facts => {
  const { app } = facts;
  if (app === undefined || seen.length === 0) return facts;
  const own = seen.map(({ at, what, path, detail }) => ({
    at,
    what: WHAT[what],
    path: path.replace(/\/$/, ''),
    ...(detail === undefined ? {} : { detail }),
  }));
  const rest = (valueOf(app.changes) ?? []).filter(
    (change) => !own.some(({ path, what }) => path === change.path && what === change.what),
  );
  return { ...facts, app: { ...app, changes: known([...own, ...rest].sort((a, b) => b.at - a.at)) } };
};

/** Finds the causes of the agent's apps: at once by the words of a crash, thoroughly by all facts of the host. */
export const createDiagnoser = ({ pm2Home, limit = LIMIT }: DiagnoserOptions = {}): Diagnoser => ({
  atOnce: (crash) => diagnose(crash),
  thoroughly: async (app, crash: Crash, changes) => {
    const at = Date.now();
    const machineFound = collectMachine({ limit });
    const home = pm2HomeOf(pm2Home, processEnvironment());
    const look = await within(LOOK, (signal) => lookAtPm2(home, askPm2, signal));
    const managed = await managerOf(look, app.name, { isUnit: app.manager === 'systemd', limit: LOOK, lines: LINES });
    const start = await findStart(app, valueOf(managed)?.launch, LOOK);
    const ports = machineFound.then((machine) => machine.ports);
    const [machine, collected] = await Promise.all([machineFound, collectApp({ app, managed, start, limit, ports })]);
    const facts = withSeen({ at, machine, app: collected.facts }, changes);
    return withLastChange(diagnose(crash, facts), facts);
  },
  wasKilledForMemory: async (pid, since) => {
    const kills = valueOf(await within(LOOK, (signal) => collectOomKills(signal))) ?? [];
    return kills.some((kill) => kill.pid === pid && (kill.at === undefined || kill.at >= since - SECOND));
  },
});
