import { catalog } from '#i18n/catalog.ts';
import type { TimelineData } from '#incident/incident.ts';
import type { Locale } from '#kernel/locale.ts';
import type { Reason } from '#monitor/reason.ts';
import { reasonText } from './basics.ts';
import type { Names } from './names.ts';
import { spanText } from './span-text.ts';

type Writers = {
  readonly [K in TimelineData['type']]: (
    data: Extract<TimelineData, { type: K }>,
    names: Names,
    locale: Locale,
  ) => string;
};

const words = (locale: Locale) => catalog(locale).pages.timeline;
const why = (reason: Reason | undefined, locale: Locale): string =>
  reason === undefined ? '' : reasonText(reason, locale);
const monitorName = (names: Names, id: string | undefined): string =>
  id === undefined ? '' : (names.monitor(id) ?? id);

const WRITERS: Writers = {
  opened: (data, names, locale) => words(locale).opened(monitorName(names, data.monitorId), why(data.reason, locale)),
  verdict: (data, names, locale) =>
    words(locale).verdict(
      monitorName(names, data.monitorId),
      catalog(locale).pages.verdict[data.from],
      catalog(locale).pages.verdict[data.to],
      why(data.reason, locale),
    ),
  check: (data, names, locale) =>
    words(locale).check(monitorName(names, data.monitorId), data.class === 'ok', why(data.reason, locale)),
  'joined-storm': (_data, _names, locale) => words(locale).joinedStorm,
  child: (data, names, locale) => words(locale).child(names.service(data.serviceId) ?? data.serviceId),
  relapse: (data, _names, locale) => words(locale).relapse(why(data.reason, locale)),
  flapping: (_data, _names, locale) => words(locale).flapping,
  severity: (data, _names, locale) =>
    words(locale).severity(catalog(locale).pages.severity[data.from], catalog(locale).pages.severity[data.to]),
  alert: (data, _names, locale) => words(locale).alert(data.channel, data.loud, data.outcome, data.error ?? ''),
  acknowledged: (data, _names, locale) => words(locale).acknowledged(data.by.name),
  unacknowledged: (data, _names, locale) => words(locale).unacknowledged(data.by.name),
  muted: (data, _names, locale) => words(locale).muted(data.by.name),
  note: (data, _names, locale) => words(locale).note(data.by.name, data.text),
  deploy: (data, _names, locale) => words(locale).deploy(data.version ?? '', data.by ?? ''),
  maintenance: (data, _names, locale) => words(locale).maintenance(data.on, data.name ?? ''),
  blind: (data, _names, locale) => words(locale).blind(spanText(data.to - data.from, locale)),
  gap: (data, _names, locale) => words(locale).gap(spanText(data.to - data.from, locale)),
  recovering: (data, names, locale) => words(locale).recovering(monitorName(names, data.monitorId)),
  recovered: (data, _names, locale) =>
    words(locale).recovered(spanText(data.downMs, locale), data.marginMs < 500 ? '' : spanText(data.marginMs, locale)),
  closed: (data, _names, locale) => words(locale).closed(data.by.name),
  withdrawn: (data, names, locale) => words(locale).withdrawn(monitorName(names, data.monitorId)),
};

/** What happened, in a sentence. */
export const timelineText = (data: TimelineData, names: Names, locale: Locale): string => {
  const write = WRITERS[data.type] as (data: TimelineData, names: Names, locale: Locale) => string;
  return write(data, names, locale);
};
