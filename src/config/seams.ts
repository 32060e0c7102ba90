import type { ChannelKind } from '#alert/channel.ts';
import type { MonitorKind } from '#monitor/kind.ts';

/** The lists that the configuration's schema is made from: kinds of monitors and kinds of channels. */
export interface Seams {
  readonly kinds: readonly MonitorKind[];
  readonly channels: readonly ChannelKind[];
}
