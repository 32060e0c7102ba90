import { decide } from '#incident/decide.ts';
import type { IncidentEffect, IncidentEvent, VerdictEvent, Ward } from '#incident/events.ts';
import { reason } from '#monitor/reason.ts';

/** A relapse within ten minutes. */
export const RULES = { relapseMs: 600_000 };
/** Somebody who answers. */
export const PERSON = { name: 'Aigerim', via: 'telegram' } as const;

/** A monitor's verdict, with evidence that fits. */
export const verdict = (at: number, to: VerdictEvent['to'], more: Partial<VerdictEvent> = {}): VerdictEvent => ({
  type: 'verdict',
  at,
  serviceId: 's1',
  monitorId: 'm1',
  severity: 'critical',
  from: to === 'up' ? 'down' : 'suspect',
  to,
  bad: 6,
  asked: 6,
  lasting: false,
  afterDeploy: false,
  fresh: { id: `i${at}`, code: `C${at}` },
  ...(to === 'up'
    ? { lastBad: { at: at - 60_000 }, firstGood: { at: at - 58_000 } }
    : { lastGood: { at: at - 20_000 }, firstBad: { at: at - 10_000 }, reason: reason('tcp.refused') }),
  ...more,
});

/** Feeds events one after another. */
export const run = (
  events: readonly IncidentEvent[],
  from: Ward = {},
): { ward: Ward; effects: readonly IncidentEffect[] } => {
  let ward = from;
  const effects: IncidentEffect[] = [];
  for (const event of events) {
    const [next, done] = decide(ward, event, RULES);
    ward = next;
    effects.push(...done);
  }
  return { ward, effects };
};

/** What people are told. */
export const news = (effects: readonly IncidentEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.do === 'tell' ? [effect.news] : []));
