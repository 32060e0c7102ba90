import { homedir } from 'node:os';
import { join } from 'node:path';
import { processEnvironment } from '../config/environment.ts';
import type { Clock } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import type { Ms } from '../kernel/time.ts';
import type { SuperviseRules } from '../supervise/rules.ts';
import { Agent, type Reach } from './agent.ts';
import { createVitalsPoll } from './collect/vitals.ts';
import type { HostBriefing, Uplink } from './contract.ts';
import { createDiagnoser } from './diagnosis/diagnoser.ts';
import { lazyHands } from './lazy-hands.ts';
import { ManagedSource } from './managed-source.ts';
import { Spool, SPOOL_FILE } from './spool.ts';

/** What an agent of this machine needs. */
export interface MakeAgentOptions {
  /** Its data folder, which holds the spool. */
  readonly dir: string;
  /** The way to the brain; given what the agent has of its briefing. */
  readonly uplink: (agent: { readonly revision: () => string | undefined }) => Uplink;
  readonly clock: Clock;
  readonly clockSkew?: () => Ms | undefined;
  readonly rules?: SuperviseRules;
  readonly onNote: (line: string) => void;
  readonly onBug: (error: unknown) => void;
}

/** An agent that can be started and stopped. */
export interface MadeAgent {
  readonly agent: Agent;
  stop(): Promise<void>;
}

/** What makes the agent itself small; an app that is started by it must not inherit that. */
const OWN = new Set(['NODE_COMPILE_CACHE', 'MALLOC_ARENA_MAX']);

const reachHere =
  (clock: Clock, over: AbortSignal) =>
  ({ pm2Home, locale = 'en' }: HostBriefing): Reach => {
    const env = Object.fromEntries(Object.entries(processEnvironment()).filter(([name]) => !OWN.has(name)));
    const home = env['HOME'] ?? homedir();
    const named = defined({ pm2Home: pm2Home ?? env['PM2_HOME'] });
    return {
      source: new ManagedSource({ clock, home, path: env['PATH'] ?? '', ...named }),
      hands: lazyHands({ env, home, now: () => clock.now(), signal: over, locale, ...named }),
      diagnoser: createDiagnoser(named),
    };
  };

/** Puts an agent of this machine together. @throws Fault DATA_UNWRITABLE */
export const makeAgent = (options: MakeAgentOptions): MadeAgent => {
  const { dir, clock, clockSkew, rules, onNote, onBug } = options;
  const spool = new Spool(join(dir, SPOOL_FILE), clock.now(), (kept) =>
    onNote(`What was kept for the brain could not be read: it lies in ${kept}, and a new file is begun.`),
  );
  const over = new AbortController();
  const uplink = options.uplink({ revision: () => agent.revision });
  const agent: Agent = new Agent({
    spool,
    uplink,
    clock,
    reach: reachHere(clock, over.signal),
    vitals: createVitalsPoll(() => clock.now()),
    random: Math.random,
    onNote,
    onBug,
    ...defined({ clockSkew, rules }),
  });
  return {
    agent,
    stop: async () => {
      await agent.stop();
      over.abort();
      spool.close();
    },
  };
};
