import { catalog } from '#i18n/catalog.ts';
import type { TimelineData } from '#incident/incident.ts';
import type { Locale } from '#kernel/locale.ts';
import type { Reason } from '#monitor/reason.ts';
import { findingTitle } from '#alert/finding-words.ts';
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

const said = (locale: Locale) => catalog(locale).hosts.timeline;

const HOST_WRITERS: Pick<Writers, 'process' | 'change' | 'repair' | 'finding' | 'order' | 'agent'> = {
  process: ({ appId, what, code, signal, uptimeMs }, names, locale) => {
    const uptime = uptimeMs === undefined ? '' : spanText(uptimeMs, locale);
    return said(locale).process[what](monitorName(names, appId), said(locale).exit({ code, signal, uptime }));
  },
  change: ({ appId, what, path, detail = '' }, names, locale) =>
    `${said(locale).change[what](monitorName(names, appId), path)}${said(locale).detail(detail)}`,
  repair: ({ appId, phase, action, error = '' }, names, locale) =>
    `${said(locale).repair[phase](monitorName(names, appId), action)}${said(locale).detail(error)}`,
  finding: ({ appId, finding }, names, locale) =>
    said(locale).finding(monitorName(names, appId), findingTitle(finding, locale)),
  order: ({ appId, do: what, by, outcome, output = '' }, names, locale) => {
    const known: Readonly<Partial<Record<string, string>>> = catalog(locale).hosts.order;
    const word = known[what] ?? what;
    const app = monitorName(names, appId);
    if (outcome === undefined) return said(locale).order(app, word, by.name);
    const [line = ''] = output.split('\n');
    return `${said(locale).orderEnded[outcome](app, word)}${said(locale).detail(line.slice(0, 200))}`;
  },
  agent: ({ hostId, gone }, names, locale) => said(locale).agent(monitorName(names, hostId), gone),
};

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
  ...HOST_WRITERS,
};

/** What happened, in a sentence. */
export const timelineText = (data: TimelineData, names: Names, locale: Locale): string => {
  const write = WRITERS[data.type] as (data: TimelineData, names: Names, locale: Locale) => string;
  return write(data, names, locale);
};
