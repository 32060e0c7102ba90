import type { Auth } from '#auth/auth.ts';
import type { Scope } from '#auth/scope.ts';
import type { Brain } from '#engine/brain.ts';
import type { Actor } from '#incident/incident.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Json } from '#kernel/json.ts';
import type { Peer } from './peer.ts';

/** Who calls, and what they may do. */
export interface Caller {
  readonly actor: Actor;
  readonly scope: Scope;
  /** The session or API token behind it; absent over the Unix socket. */
  readonly tokenId?: string;
  /** Trusted callers (the Unix socket) may name private targets. */
  readonly trusted: boolean;
}

/** What hono carries through a request. */
export interface ApiEnv {
  Bindings: { readonly peer: Peer };
  Variables: { caller: Caller | undefined };
}

/** One line of the log. */
export type ApiLog = (level: 'info' | 'warn' | 'error', text: string, more?: Readonly<Record<string, Json>>) => void;

/** What all routes work with. */
export interface World {
  readonly brain: Brain;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly log: ApiLog;
  readonly version: string;
  /** Where it listens now; the settings say only where it should. Absent before. */
  readonly listening: () => { readonly host: string; readonly port: number } | undefined;
  /** The brain's own certificate in PEM; absent when there is none (yet). */
  readonly certificate: () => { readonly key: string; readonly cert: string } | undefined;
}
