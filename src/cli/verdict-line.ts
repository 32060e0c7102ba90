import type { Brain } from '#engine/brain.ts';
import type { VerdictLine } from '#engine/verdicts.ts';
import { catalog } from '#i18n/catalog.ts';
import { formatTime } from '#i18n/format.ts';
import type { Locale } from '#kernel/locale.ts';
import { SIGNS } from './signs.ts';
import type { Terminal } from './terminal.ts';

/** One change of verdict as a line of `dozor up`: time in the configured zone, sign, verdict, service, monitor, reason. */
export const verdictLine = (
  { at, one, effect }: VerdictLine,
  brain: Pick<Brain, 'service' | 'settings'>,
  locale: Locale,
  terminal: Pick<Terminal, 'paint'>,
): string => {
  const words = catalog(locale);
  const { sign, ink } = SIGNS[effect.to];
  const why = effect.reason === undefined ? '' : `  ${words.reasons[effect.reason.code].long(effect.reason.params)}`;
  const { service } = brain.service(one.monitor.serviceId);
  const verdict = terminal.paint(ink, `${sign} ${words.cli.verdict[effect.to]}`);
  return `${formatTime(at, brain.settings().timezone)} ${verdict}  ${service.name} / ${one.monitor.name}${why}`;
};
