import type { EpochMs } from '../kernel/time.ts';
import type { AlertFacts } from '../alert/model.ts';
import type { ServiceSeen } from './judgement.ts';
import type { WitnessNews } from './machine.ts';

/** Something to be told, as it is written down before anybody is told. Times are the wall clock's. */
export interface Order {
  readonly id: string;
  readonly at: EpochMs;
  readonly news: WitnessNews['news'];
  /** The silence that it is about: later messages answer the first one. */
  readonly about: string;
  readonly loud: boolean;
  readonly facts: AlertFacts;
}

const failureOf = ({ name, label, reason }: ServiceSeen): AlertFacts['failures'][number] => ({
  monitor: name,
  label,
  bad: 1,
  asked: 1,
  ...(reason === undefined ? {} : { reason }),
});

const factsOf = (news: WitnessNews, brain: string, toWall: (at: EpochMs) => EpochMs): AlertFacts => {
  const from = toWall(news.since);
  if (news.news === 'back')
    return {
      kind: 'recovered',
      severity: 'critical',
      failures: [],
      from,
      to: toWall(news.to),
      startTo: from,
      endTo: toWall(news.to),
      textKey: 'witness.back',
      textParams: { brain },
    };
  if (news.news === 'unwell')
    return {
      kind: 'degraded',
      severity: 'warning',
      failures: [],
      from,
      textKey: 'witness.unwell',
      textParams: { brain, problems: news.problems.join('; ').slice(0, 500) },
    };
  const { services, controls } = news.judgement;
  return {
    kind: news.times === 1 ? 'down' : 'reminder',
    severity: 'critical',
    failures: services.filter(({ answers }) => !answers).map(failureOf),
    services: services.filter(({ answers }) => answers).map(({ label }) => label),
    controls,
    from,
    textKey: 'witness.silent',
    textParams: { brain },
  };
};

/** Puts news into an order: silence is loud, what ended or is merely odd is silent. */
export const orderOf = (
  news: WitnessNews,
  world: {
    readonly id: string;
    readonly at: EpochMs;
    readonly brain: string;
    readonly toWall: (at: EpochMs) => EpochMs;
  },
): Order => ({
  id: world.id,
  at: world.toWall(world.at),
  news: news.news,
  about: `${news.news === 'unwell' ? 'unwell' : 'silence'}-${world.toWall(news.since)}`,
  loud: news.news === 'silent',
  facts: factsOf(news, world.brain, world.toWall),
});
