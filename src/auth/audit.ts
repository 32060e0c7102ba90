import { timedId, type RandomBytes } from '#kernel/id.ts';
import type { Json } from '#kernel/json.ts';
import type { EpochMs } from '#kernel/time.ts';
import type { Actor } from '#incident/incident.ts';
import type { AuditEntry } from '#store/contract.ts';

/** What was done: `monitor.create`, `incident.acknowledge`, `token.revoke`. */
export interface AuditInput {
  readonly actor: Actor;
  readonly action: string;
  readonly subject?: string;
  readonly data?: Json;
}

/** A row of the audit log. Callers give only what may be read by every admin: no secrets. */
export const auditEntry = (input: AuditInput, now: EpochMs, random: RandomBytes): AuditEntry => ({
  id: timedId(now, random),
  at: now,
  actor: input.actor.name,
  via: input.actor.via,
  action: input.action,
  ...(input.subject === undefined ? {} : { subject: input.subject }),
  ...(input.data === undefined ? {} : { data: input.data }),
});
