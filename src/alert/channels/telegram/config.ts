import { z } from 'zod';
import { secret } from '#monitor/fields.ts';

/** What a Telegram channel is told. `chatId` may be missing until somebody has paired by `/start`. */
export const telegramConfig = z.object({
  kind: z.literal('telegram'),
  botToken: secret('Bot token'),
  chatId: z
    .union([
      z.int(),
      z.string().regex(/^(-?\d{1,20}|@\w{4,64})$/, 'must be a number such as 11111111 or -1001234567890, or @channel'),
    ])
    .optional(),
  /** User ids that may press buttons. */
  allow: z.array(z.union([z.int(), z.string().min(1)])).optional(),
  /** `http://host:port` or `socks5://host:port`, with `user:password@` where the proxy wants it. */
  proxy: z
    .string()
    .regex(/^(https?|socks5h?):\/\/./, 'must be http://host:port or socks5://host:port')
    .meta({ title: 'Proxy', secret: true })
    .optional(),
  /** A Bot API server of one's own. */
  apiRoot: z.url({ protocol: /^https?$/ }).optional(),
});

/** A Telegram channel's configuration. */
export type TelegramConfig = z.output<typeof telegramConfig>;
