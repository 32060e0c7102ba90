import { defined } from '../kernel/defined.ts';
import type { Ms } from '../kernel/time.ts';
import type { Decision, IncidentEffect, IncidentEvent, VerdictEvent, Ward } from './events.ts';
import type { Incident } from './incident.ts';
import { bracket, save, signRows, timeline, withOpen, withScenes } from './parts.ts';
import { isLastingScene, namedCause } from './scene.ts';

/** The agent often saw the beginning before anybody outside could ask: then the start is what it saw. */
export const narrowed = (open: Incident, event: VerdictEvent): Incident => {
  const { firstBad, lastGood } = event;
  if (event.part !== 'app' || firstBad === undefined || firstBad.at >= open.start.to.at) return open;
  const before = lastGood ?? open.start.from;
  return { ...open, start: bracket(before !== undefined && before.at <= firstBad.at ? before : undefined, firstBad) };
};

const causeOf = ({ scenes = [] }: Incident): string | undefined =>
  scenes.map((scene) => namedCause(scene)?.cause).find((cause) => cause !== undefined);

/** Whoever heard of it without a cause, or with another one, wants to hear it; all else only makes the first message better. */
export const betterTold = (before: Incident, now: Incident): Extract<IncidentEffect, { do: 'tell' }> => {
  const cause = causeOf(now);
  return { do: 'tell', news: cause !== undefined && cause !== causeOf(before) ? 'named' : 'evidence', incident: now };
};

/** A person is needed, or it is sure now that it will not heal by itself, and nobody was woken so far. */
const turnsLoud = (open: Incident, { scene, needsPerson }: Extract<IncidentEvent, { type: 'scene' }>): boolean =>
  !open.loudAtOnce &&
  open.severity === 'critical' &&
  open.involved.some(({ verdict }) => verdict === 'down') &&
  (needsPerson === true || isLastingScene(scene));

/** An agent knows more: the cause, a repair, another exit. */
export const onScene = (ward: Ward, open: Incident, event: Extract<IncidentEvent, { type: 'scene' }>): Decision => {
  const known = withScenes(open, [event.scene]);
  const loud = turnsLoud(open, event);
  const better = betterTold(open, known);
  const incident: Incident = {
    ...known,
    loudAtOnce: open.loudAtOnce || loud,
    ...defined({ help: event.help ?? open.help }),
    transition: open.transition + (better.news === 'named' || loud ? 1 : 0),
  };
  const effects: IncidentEffect[] = [save(incident), ...signRows(incident, event.signs)];
  if (event.quiet !== true || better.news === 'named') effects.push({ ...better, incident });
  if (loud) effects.push({ do: 'converse', change: 'loud-now', incident });
  return [withOpen(ward, incident), effects];
};

/** What an agent tells soon after the end (that the repair holds) belongs to the incident that it ended. */
export const onLateScene = (
  ward: Ward,
  event: Extract<IncidentEvent, { type: 'scene' }>,
  rules: { readonly relapseMs: Ms },
): Decision => {
  const { last } = ward;
  if (last?.closedAt === undefined || Math.abs(event.at - last.closedAt) > rules.relapseMs) return [ward, []];
  const isOfIt = last.scenes?.some(({ appId }) => appId === event.scene.appId) === true;
  return [ward, isOfIt ? signRows(last, event.signs) : []];
};

/** Nobody looks inside any more, or somebody does again. */
export const onAgent = (ward: Ward, open: Incident, event: Extract<IncidentEvent, { type: 'agent' }>): Decision => [
  ward,
  [
    save(open),
    timeline(open, event.at, 'watch', { type: 'agent', hostId: event.hostId, gone: event.gone }),
    { do: 'tell', news: 'evidence', incident: open },
  ],
];
