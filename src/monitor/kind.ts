import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Locale } from '../kernel/locale.ts';
import type { Ms } from '../kernel/time.ts';
import type { CheckResult, CheckSource } from './check.ts';

/** Where a monitor's question goes: decides the controls that vouch for the way to it, and what storms have in common. */
export interface Target {
  /** A host name or an address; undefined for a passive monitor. */
  readonly host?: string;
  readonly port?: number;
  /** How people see it in one line, without credentials: `GET api.example.com/health`. */
  readonly label: string;
}

/** Names resolved under a deadline, never by the system's four threads (DESIGN § 5). */
export interface NameResolver {
  /**
   * The addresses of a name (an address resolves to itself; /etc/hosts is honoured), in the order to try.
   * `fresh`: a re-check in doubt asks the servers again instead of taking what was kept.
   * @throws ResolveError with `code` (`ENOTFOUND`, `ENODATA`, `ESERVFAIL`, `ETIMEOUT`, …).
   */
  addresses(host: string, family: 0 | 4 | 6, signal: AbortSignal, fresh?: boolean): Promise<readonly string[]>;
}

/** What a check is given besides its configuration. */
export interface CheckContext {
  readonly source: CheckSource;
  /** Aborts at the check's deadline; the reason for it is in the phase that was under way. */
  readonly signal: AbortSignal;
  readonly timeoutMs: Ms;
  readonly resolver: NameResolver;
  readonly clock: Clock;
  /** Another path for a pulse, when its configuration says so. */
  readonly pulsePath?: string;
}

/** A kind of monitor: one file in `kinds/`, one line in its list. */
export interface MonitorKind<Config extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: Config['kind'];
  readonly title: Readonly<Record<Locale, string>>;
  /** The kind's own keys and its `kind` literal; the keys that all kinds share are added by the configuration. */
  readonly config: z.ZodObject;
  /** Passive kinds are told (heartbeat), active ones ask. */
  readonly passive: boolean;
  readonly defaults: { readonly everyMs: Ms; readonly timeoutMs: Ms; readonly pulse: boolean };
  target(config: Config): Target;
  /** Asks once. Never throws for what the target does; a throw is a bug and counts as `watch.cannot-ask`. Absent for passive kinds. */
  check?(config: Config, context: CheckContext): Promise<CheckResult>;
}

/** Checks the shape of a kind at compile time and ties its configuration's type to its functions. */
export const defineKind = <Schema extends z.ZodObject>(
  kind: Omit<MonitorKind<z.output<Schema> & { kind: string }>, 'config'> & { readonly config: Schema },
): MonitorKind => kind as unknown as MonitorKind;
