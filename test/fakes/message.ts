import type { ChannelContext, ChannelKind, Message } from '../../src/alert/channel.ts';

/** A message as the engine hands it to a channel. */
export const sampleMessage = (more: Partial<Message> = {}): Message => ({
  kind: 'down',
  severity: 'critical',
  locale: 'en',
  title: '🔴 OnAI Backend API is down',
  lines: [
    'Since 08:03:12–08:03:22 · seen after 11–21 s',
    'GET api.onai.example/health: connection refused (tcp, 6 of 6 checks, last 08:03:33)',
  ],
  short: 'OnAI Backend API DOWN since 08:03 (refused). watch.onai.example/i/7F3K',
  spoken: 'OnAI Backend API is down since eight oh three.',
  loud: true,
  buttons: [
    { action: 'acknowledge', label: 'Acknowledge', id: 'a7F3K' },
    { action: 'mute', label: 'Mute 1 h', id: 'm7F3K' },
    { action: 'details', label: 'Details', url: 'https://watch.onai.example/i/7F3K' },
  ],
  link: 'https://watch.onai.example/i/7F3K',
  ackLink: 'https://watch.onai.example/a/9QX2',
  dedupKey: 'INC1:1:0:tg',
  incidentId: 'INC1',
  at: Date.UTC(2026, 10, 24, 3, 3, 33),
  data: { service: 'OnAI Backend API', code: 'tcp.refused' },
  ...more,
});

/** A context that aborts after so long. */
export const contextOf = (limitMs = 10_000): ChannelContext => ({
  signal: AbortSignal.timeout(limitMs),
  now: Date.UTC(2026, 10, 24, 3, 3, 33),
});

/** A configuration as the loader would have read it: the kind's own schema has passed it. */
export const configured = (
  channel: ChannelKind,
  config: Readonly<Record<string, unknown>>,
): { readonly kind: string } => channel.config.parse({ kind: channel.kind, ...config }) as { readonly kind: string };
