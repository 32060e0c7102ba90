import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Nothing, Plan, Step } from '../action.ts';
import { defineAction, type ActionContext, type Pm2Record, type Standing } from '../define.ts';
import { askHealth } from '../trial/health.ts';
import { matchArtifacts } from './stale-artifacts/glob.ts';
import { takeInventory } from './stale-artifacts/inventory.ts';
import { findOpeners } from '../runner/open-files.ts';
import { refusalOf, type Refusal } from './stale-artifacts/refusal.ts';

const ID = 'stale-artifacts';
/** Where nothing is configured: what the incident left behind. */
const USUAL = ['dist/', '*.tar.gz', '*.tgz'];
const HEALTH_MS = 3_000;
const RESTART_MS = 60_000;

interface Candidate {
  readonly path: string;
  readonly shown: string;
  readonly bytes: number;
  readonly refusal?: Refusal;
}

const findCandidates = async (context: ActionContext): Promise<readonly Candidate[]> => {
  const { artifacts } = context.app;
  const dir = await realpath(context.app.dir);
  const globs = artifacts.length === 0 ? USUAL : artifacts;
  const found = new Set((await Promise.all(globs.map(async (glob) => matchArtifacts(dir, glob)))).flat());
  const shown = [...found].filter((one) => ![...found].some((other) => one.startsWith(`${other}/`))).sort();
  const openers = await findOpeners(shown.map((one) => join(dir, one)));
  return Promise.all(
    shown.map(async (one): Promise<Candidate> => {
      const path = join(dir, one);
      const inventory = await takeInventory(path);
      const refusal = await refusalOf(path, inventory, openers.get(path), { ...context, app: { ...context.app, dir } });
      return { path, shown: one, bytes: inventory.bytes, ...(refusal === undefined ? {} : { refusal }) };
    }),
  );
};

const ownRecords = async ({ app, pm2 }: ActionContext): Promise<readonly Pm2Record[]> =>
  ((await pm2?.records()) ?? []).filter(({ name }) => name === app.name);

/** An app that is down does not rise by a folder's going: it has to be started again. */
const isDown = async (context: ActionContext): Promise<boolean> => {
  const { health } = context.app;
  if (health !== undefined) return !(await askHealth(new URL(health), new URL(health).host, HEALTH_MS)).isHealthy;
  const records = await ownRecords(context);
  return records.length > 0 && records.every(({ status }) => status !== 'online');
};

const restart = async (context: ActionContext): Promise<readonly Step[]> => {
  const { app, pm2 } = context;
  if (pm2?.command === undefined || (await ownRecords(context)).length === 0) return [];
  const argv = [...pm2.command, 'restart', app.name];
  return [{ do: 'run', argv, env: { PM2_HOME: pm2.home }, timeoutMs: RESTART_MS, undo: argv }];
};

const notesOf = (candidates: readonly Candidate[]): Plan['notes'] =>
  candidates.flatMap(({ shown, refusal }) =>
    refusal === undefined ? [] : [{ says: refusal.says, params: { ...refusal.params, path: shown } }],
  );

/** What the app runs from is no trash: then the matter does not exist here. */
const isProduct = ({ refusal }: Candidate): boolean =>
  refusal?.says === 'artifacts.entry' || refusal?.says === 'artifacts.named';

const nothing = (
  context: ActionContext,
  because: Nothing['because'],
  says: string,
  params: Nothing['params'],
): Nothing => ({
  action: ID,
  app: context.app.name,
  because,
  says,
  params,
});

const plan = async (context: ActionContext): Promise<Plan | Nothing> => {
  const candidates = await findCandidates(context);
  const going = candidates.filter(({ refusal }) => refusal === undefined);
  const [refused] = candidates.filter((one) => !isProduct(one));
  if (going.length === 0) {
    if (refused?.refusal !== undefined)
      return nothing(context, 'refused', refused.refusal.says, { ...refused.refusal.params, path: refused.shown });
    return nothing(context, 'done', 'artifacts.none', {});
  }
  const again = (await isDown(context)) ? await restart(context) : [];
  const steps: Step[] = [...going.map(({ path, bytes }): Step => ({ do: 'trash', path, bytes })), ...again];
  const gap = again.length === 0 ? [] : [{ says: 'artifacts.restart', params: { app: context.app.name } }];
  return {
    action: ID,
    app: context.app.name,
    steps,
    notes: [...notesOf(candidates), ...gap],
    touchesApp: again.length > 0,
    needsTrial: true,
  };
};

const check = async (context: ActionContext): Promise<Standing> => {
  const candidates = await findCandidates(context);
  const left = candidates.filter((one) => !isProduct(one)).map(({ shown }) => shown);
  if (left.length > 0)
    return { state: 'open', says: 'artifacts.there', params: { paths: left.slice(0, 5).join(', ') } };
  const [product] = candidates;
  if (product?.refusal !== undefined)
    return { state: 'done', says: product.refusal.says, params: { ...product.refusal.params, path: product.shown } };
  return { state: 'done', says: 'artifacts.none', params: {} };
};

/** Built things that shadow the source, or only lie about, go into a dated trash; what the app runs from stays. */
export const staleArtifacts = defineAction({
  id: ID,
  title: { en: 'Stale artifacts', ru: 'Устаревшие артефакты' },
  priority: 'P0',
  plan,
  check,
});
