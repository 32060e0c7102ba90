import { catalog } from '../i18n/catalog.ts';
import { defined } from '../kernel/defined.ts';
import type { Json } from '../kernel/json.ts';
import type { Locale } from '../kernel/locale.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Button, Message } from './channel.ts';
import type { Draft } from './message-facts.ts';
import { proposalOf } from './message-host.ts';
import { wordsOf } from './message-facts.ts';
import { tell } from './message-kinds.ts';
import { shortOf, spokenOf } from './message-short.ts';
import type { Alert, AlertFacts } from './model.ts';
import { redactJson } from '../kernel/redact.ts';

/** Who reads a message, and how this copy of it is sent. */
export interface Reader {
  readonly locale: Locale;
  readonly timezone: string;
  /** Where links point to, without a slash at the end; no links without it. */
  readonly publicUrl?: string;
  readonly loud: boolean;
  readonly dedupKey: string;
  /** Single-use names of the buttons; a button without one is not shown. */
  readonly buttons?: {
    readonly acknowledge?: string;
    readonly mute?: string;
    readonly repair?: string;
    readonly leave?: string;
  };
  /** The one-time acknowledgement page. */
  readonly ackLink?: string;
  /** The message to be changed: after a recovery it gets the end's status and duration above what it said. */
  readonly edits?: string;
  /** The message to be answered. */
  readonly answers?: string;
  /** The moment of sending. */
  readonly at: EpochMs;
}

const SIGNS = { critical: '🔴', warning: '🟠', info: '⚪' } as const;

const SIGN_OF_KIND: Readonly<Partial<Record<AlertFacts['kind'], string>>> = {
  blind: '⚪',
  gap: '⚪',
  test: '🔵',
  unseen: '🟠',
  unwatched: '🟠',
};

const BACK = new Set(['witness.back', 'watcher.back', 'agent.back']);

const signOf = ({ kind, severity, textKey, endTo }: AlertFacts): string => {
  if (textKey !== undefined && BACK.has(textKey)) return '🟢';
  // Green is for what was seen to work; a closed incident is just closed.
  if (kind === 'recovered') return endTo === undefined ? '⚪' : '🟢';
  return SIGN_OF_KIND[kind] ?? SIGNS[severity];
};

const OPEN_KINDS = new Set<AlertFacts['kind']>(['down', 'degraded', 'update', 'storm', 'reminder']);

/** Where something is asked, that is what the buttons are for: then nobody is offered silence. */
const asked = (draft: Draft, buttons: NonNullable<Reader['buttons']>): readonly Button[] => {
  const { mute, repair, leave } = buttons;
  const words = catalog(draft.locale);
  if (repair !== undefined && leave !== undefined && proposalOf(draft.facts) !== undefined)
    return [
      { action: 'repair', label: words.hosts.button.repair, id: repair },
      { action: 'leave', label: words.hosts.button.leave, id: leave },
    ];
  return mute === undefined ? [] : [{ action: 'mute', label: words.messages.button.mute, id: mute }];
};

const buttonsOf = (draft: Draft, reader: Reader, link: string | undefined): readonly Button[] => {
  const { button } = catalog(reader.locale).messages;
  const buttons = OPEN_KINDS.has(draft.facts.kind) ? (reader.buttons ?? {}) : {};
  const { acknowledge } = buttons;
  const mayAcknowledge = acknowledge !== undefined && draft.facts.acknowledgedBy === undefined;
  return [
    ...(mayAcknowledge ? [{ action: 'acknowledge', label: button.acknowledge, id: acknowledge } as const] : []),
    ...asked(draft, buttons),
    ...(link === undefined ? [] : [{ action: 'details', label: button.details, url: link } as const]),
  ];
};

const linkOf = (facts: AlertFacts, publicUrl: string | undefined): string | undefined =>
  publicUrl === undefined || facts.code === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}/i/${facts.code}`;

const storeFailureIn = (draft: Draft, why: string): string => {
  const { storeFailure } = wordsOf(draft);
  // The texts of SQLite (SQLITE_FULL, SQLITE_IOERR) and of the system's ENOSPC and EIO.
  if (/\bfull\b|ENOSPC|no space/i.test(why)) return storeFailure.full;
  return /I\/O error|\bEIO\b/i.test(why) ? storeFailure.io : why;
};

/** Told from memory: the second line says why, since nothing of it may be found later. */
const memoryLine = (draft: Draft): readonly string[] =>
  draft.facts.storeFailed === undefined
    ? []
    : [wordsOf(draft).line.fromMemory(storeFailureIn(draft, draft.facts.storeFailed))];

/** What a machine gets (webhook): the facts without secrets, not put into words. */
const dataOf = (alert: Alert, facts: AlertFacts, reader: Reader): Json =>
  ({
    ...defined({ id: alert.id, incidentId: alert.incidentId }),
    transition: alert.transition,
    createdAt: alert.createdAt,
    loud: reader.loud,
    ...facts,
  }) as unknown as Json;

/**
 * Puts an alert into the words of its reader: language, zone, date when it is not today's. The order is that of a message read half
 * asleep: what and how bad, since when, why, what changed, what can be done. Secrets in the facts are redacted first. The same alert
 * and reader always give the same message.
 */
export const compose = (alert: Alert, reader: Reader): Message => {
  const facts = redactJson(alert.facts as unknown as Json) as unknown as AlertFacts;
  const link = linkOf(facts, reader.publicUrl);
  const { locale, timezone, at } = reader;
  const draft: Draft = { alert, facts, locale, timezone, at, hasLink: link !== undefined };
  const told = tell(draft, reader.edits !== undefined);
  return {
    kind: facts.kind,
    severity: facts.severity,
    locale,
    title: `${signOf(facts)} ${told.title}`,
    lines: [...memoryLine(draft), ...told.lines],
    short: shortOf(draft, told.title, defined({ details: link, acknowledge: reader.ackLink })),
    spoken: spokenOf(draft, told.title),
    loud: reader.loud,
    buttons: buttonsOf(draft, reader, link),
    dedupKey: reader.dedupKey,
    at,
    data: dataOf(alert, facts, reader),
    ...defined({
      link,
      ackLink: reader.ackLink,
      incidentId: alert.incidentId,
      edits: reader.edits,
      answers: reader.answers,
    }),
  };
};
