import type { HealthFacts } from '#diagnose/app-facts.ts';
import type { PortFact } from '#diagnose/machine-facts.ts';
import { known, type Known } from '#diagnose/known.ts';
import { defined } from '#kernel/defined.ts';
import type { Ms } from '#kernel/time.ts';
import type { AppToCollect } from './app-start.ts';
import { within } from './deadline.ts';
import { collectHealth, portOf, withOwner } from './health.ts';
import { familyOf, listProcesses } from './processes.ts';

/** What is asked about how an app answers. */
export interface AnsweringQuestion {
  readonly app: AppToCollect;
  readonly pids: readonly number[];
  readonly ports: readonly PortFact[];
  /** What the environment says for PORT. */
  readonly writtenPort: string | undefined;
  readonly limit: Ms;
}

/** How it answers, and on which port it should. */
export interface Answering {
  readonly port?: number;
  readonly health: Known<HealthFacts>;
}

const HEALTH_MS: Ms = 2_000;

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536;

const configuredPort = ({ app, writtenPort }: AnsweringQuestion): number | undefined =>
  app.port ??
  [app.health === undefined ? undefined : portOf(app.health), Number(writtenPort)].find(
    (one) => one !== undefined && isPort(one),
  );

/** The processes of the app with all that they started. */
export const familyOfAll = async (pids: readonly number[]): Promise<ReadonlySet<number>> => {
  if (pids.length === 0) return new Set();
  const all = await listProcesses();
  return new Set(pids.flatMap((pid) => [...familyOf(pid, all)]));
};

/** Asks the app from inside: its health address, else its port, else the port that its processes listen on. */
export const collectAnswering = async (question: AnsweringQuestion): Promise<Answering> => {
  const { app, pids, ports, limit } = question;
  const family = await familyOfAll(pids);
  const listening = ports.find(({ pid }) => pid !== undefined && family.has(pid))?.port;
  const port = configuredPort(question) ?? listening;
  const health = await within(limit, (signal) =>
    collectHealth({ url: app.health, port, limit: Math.min(limit, HEALTH_MS), signal }),
  );
  return defined({ port, health: health.known ? known(withOwner(health.value, ports, family)) : health });
};
