import type { Clock } from '../kernel/clock.ts';
import { SECOND, type Ms } from '../kernel/time.ts';
import type { WitnessBriefing } from '../engine/brain.ts';
import type { CheckResult } from '../monitor/check.ts';
import type { MonitorKind, NameResolver } from '../monitor/kind.ts';
import { kindOf } from '../monitor/kinds/index.ts';
import type { ServiceSeen } from './judgement.ts';

/** What asking the services needs. */
export interface AskOptions {
  readonly clock: Clock;
  readonly resolver: NameResolver;
  readonly timeoutMs: Ms;
}

type Service = WitnessBriefing['services'][number];

const AGAIN_AFTER_MS = SECOND;

interface Question {
  readonly kind: MonitorKind;
  readonly config: { readonly kind: string };
}

/** The question that shows whether a service is there; undefined when the brain named nothing to ask. */
const questionFor = (service: Service): Question | undefined => {
  const [name, spec] =
    service.url === undefined
      ? ['tcp', { kind: 'tcp', host: service.host, port: service.port }]
      : ['http', { kind: 'http', url: service.url }];
  const kind = kindOf(name);
  const read = kind?.config.safeParse(spec);
  return kind === undefined || read?.success !== true ? undefined : { kind, config: read.data as Question['config'] };
};

/** Whatever speaks is there: a status, even a bad one, and a certificate, even an expired one. */
const isThere = ({ class: verdict, status, reason }: CheckResult): boolean =>
  verdict === 'ok' ||
  status !== undefined ||
  (reason !== undefined && !/^(dns|tcp)\.|timeout|^watch\./.test(reason.code));

const askOnce = async ({ kind, config }: Question, options: AskOptions): Promise<CheckResult | undefined> => {
  const abort = new AbortController();
  const stop = options.clock.after(options.timeoutMs, () => abort.abort());
  try {
    return await kind.check?.(config, { source: 'now', signal: abort.signal, ...options });
  } finally {
    stop();
  }
};

const pause = (clock: Clock, span: Ms): Promise<void> =>
  new Promise((resolve) => {
    clock.after(span, resolve);
  });

const see = async (service: Service, options: AskOptions): Promise<readonly ServiceSeen[]> => {
  const question = questionFor(service);
  if (question === undefined) return [];
  const { label } = question.kind.target(question.config);
  let result = await askOnce(question, options);
  // one lost packet must not make a service dead
  if (result !== undefined && !isThere(result)) {
    await pause(options.clock, Math.min(AGAIN_AFTER_MS, options.timeoutMs));
    result = await askOnce(question, options);
  }
  if (result === undefined) return [];
  const answers = isThere(result);
  const why = answers || result.reason === undefined ? {} : { reason: result.reason };
  return [{ name: service.name, label: label.replace(/^(GET|TCP) /, ''), answers, ...why }];
};

/** Asks the brain's services from this place, side by side, each twice before it counts as silent. */
export const askServices = async (
  services: readonly Service[],
  options: AskOptions,
): Promise<readonly ServiceSeen[]> => {
  const seen = await Promise.all(services.map(async (service) => await see(service, options)));
  return seen.flat();
};
