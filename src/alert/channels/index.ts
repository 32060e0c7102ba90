import type { ChannelKind } from '../channel.ts';
import { telegram } from './telegram.ts';
import { email } from './email.ts';
import { call, sms } from './phone.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel: the configuration's union, its JSON Schema, the API and the forms come from this list. */
export const CHANNELS: readonly ChannelKind[] = [telegram, sms, call, email, webhook];

/** The kind of that name; undefined for a name that is none. */
export const channelOf = (kind: string): ChannelKind | undefined => CHANNELS.find((channel) => channel.kind === kind);
