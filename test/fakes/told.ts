import type { Message } from '#alert/channel.ts';
import { compose, type Reader } from '#alert/message.ts';
import type { AlertFacts } from '#alert/model.ts';
import type { Locale } from '#kernel/locale.ts';

/** By the clocks of Almaty, 10 January 2026. */
export const at = (hour: number, minute: number, second: number): number =>
  Date.UTC(2026, 0, 10, hour - 5, minute, second);

/** What is told of a service that is down. */
export const down: AlertFacts = {
  kind: 'down',
  severity: 'critical',
  incidentId: 'i',
  code: '7F3K',
  service: 'OnAI Backend API',
  startFrom: at(8, 3, 12),
  startTo: at(8, 3, 22),
  detectedAt: at(8, 3, 33),
  failures: [
    {
      monitor: 'health',
      label: 'GET api.onai.example/health',
      reason: { code: 'tcp.refused', params: {} },
      bad: 6,
      asked: 6,
      lastAt: at(8, 3, 33),
    },
  ],
  controls: { ok: 6, total: 6 },
  lastChange: { at: at(7, 58, 40), what: 'release 41' },
};

/** The message of these facts, as it is sent at a moment. */
export const tell = (
  facts: AlertFacts,
  locale: Locale,
  now: number,
  more: Partial<Reader> & { createdAt?: number } = {},
): Message => {
  const { createdAt = now, ...reader } = more;
  return compose(
    {
      id: 'a',
      ...(facts.incidentId === undefined ? {} : { incidentId: facts.incidentId }),
      kind: facts.kind,
      severity: facts.severity,
      transition: 1,
      createdAt,
      facts,
    },
    {
      locale,
      timezone: 'Asia/Almaty',
      publicUrl: 'https://watch.onai.example',
      loud: true,
      dedupKey: 'i-1-0-tg',
      buttons: { acknowledge: 'ack1', mute: 'mute1' },
      at: now,
      ...reader,
    },
  );
};
