import type { AppFacts } from '../app-facts.ts';
import { clue, standingOf } from '../circumstance.ts';
import type { Reading } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { valueOf } from '../known.ts';
import type { PortFact } from '../machine-facts.ts';
import { defineRule } from '../rule.ts';
import { subjectOf, told } from '../signature.ts';

/** The port that the crash could not take. */
const refusedPort = (reading: Reading): number | undefined => {
  for (const { report, weight } of reading.suspects) {
    if (weight < 0.6 || !/EADDRINUSE|address already in use/.test(subjectOf(report))) continue;
    const port = Number(report.props['port'] ?? /:(\d{1,5})\b(?!.*:\d)/.exec(report.message)?.[1]);
    if (Number.isInteger(port) && port > 0) return port;
  }
  return undefined;
};

const ownerClue = (owner: PortFact) =>
  clue(
    'port',
    'port-owner',
    {
      port: owner.port,
      program: told(owner.program ?? '?'),
      pid: owner.pid ?? 0,
      ...(owner.command === undefined ? {} : { command: told(owner.command) }),
    },
    owner.startedAt,
  );

const ownerName = (owner: PortFact): string =>
  told(`${owner.command?.slice(0, 80) ?? owner.program ?? '?'} (pid ${owner.pid ?? '?'})`);

const isOwn = (owner: PortFact, app: AppFacts | undefined): boolean =>
  valueOf(app?.manager)?.processes.some(({ pid, isAlive }) => isAlive && pid === owner.pid) === true;

const afterCrash = (port: number, ports: readonly PortFact[], app: AppFacts | undefined): Finding => {
  const owner = ports.find((one) => one.port === port);
  if (owner === undefined)
    return {
      cause: 'port-in-use',
      params: { port },
      confidence: 0.9,
      evidence: [clue('port', 'port-free-now', { port })],
    };
  const evidence = owner.pid === undefined ? [clue('port', 'port-owner-hidden', { port })] : [ownerClue(owner)];
  if (isOwn(owner, app)) evidence.push(clue('manager', 'port-owner-is-app', { port, app: app?.name ?? '' }));
  return {
    cause: 'port-in-use',
    params: { port, ...(owner.pid === undefined ? {} : { owner: ownerName(owner) }) },
    confidence: 0.98,
    evidence,
  };
};

/** Nothing was said, but somebody else answers where the app should. */
const bySight = (app: AppFacts, ports: readonly PortFact[], reading: Reading): readonly Finding[] => {
  const health = valueOf(app.health);
  const owner = ports.find(({ port, pid }) => port === app.port && pid !== undefined);
  if (owner === undefined || health?.foreignOwner === undefined || standingOf(app) !== 'down') return [];
  const confidence = reading.everything.trim() === '' ? 0.7 : 0.35;
  return [
    {
      cause: 'port-in-use',
      params: { port: owner.port, owner: ownerName(owner) },
      confidence,
      evidence: [ownerClue(owner)],
    },
  ];
};

const judge = (reading: Reading, facts: Facts): readonly Finding[] => {
  const ports = valueOf(facts.machine?.ports);
  if (ports === undefined) return [];
  const port = refusedPort(reading);
  if (port !== undefined) return [afterCrash(port, ports, facts.app)];
  return facts.app === undefined ? [] : bySight(facts.app, ports, reading);
};

/** Who holds the port that the app wants. */
export const portOwner = defineRule({
  name: 'port-owner',
  causes: ['port-in-use'],
  judge: (reading, facts) => (facts === undefined ? [] : judge(reading, facts)),
});
