import type { z } from 'zod';
import { defined } from '#kernel/defined.ts';
import type { StoredToken } from '#store/contract.ts';
import type { TokenView } from '../contract/watch.ts';
import { time, timeOrNone } from './basics.ts';

/** A token without its hash. */
export const tokenView = (token: StoredToken): z.input<typeof TokenView> =>
  defined({
    id: token.id,
    name: token.name,
    kind: token.kind === 'session' ? ('session' as const) : ('api' as const),
    scope: token.scope,
    createdAt: time(token.createdAt),
    expiresAt: timeOrNone(token.expiresAt),
    usedAt: timeOrNone(token.usedAt),
  });
