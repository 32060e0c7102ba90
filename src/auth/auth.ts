import type { Clock } from '#kernel/clock.ts';
import type { RandomBytes } from '#kernel/id.ts';
import type { Store } from '#store/contract.ts';
import { auditEntry, type AuditInput } from './audit.ts';
import { createOneTime, type OneTime } from './one-time.ts';
import { machineRandom } from './secret-text.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createJoinedKeys, type JoinedKeys } from './joined-keys.ts';

/** Who may do what, and who did what: all of it over the store. */
export interface Auth {
  readonly tokens: Tokens;
  readonly oneTime: OneTime;
  readonly signIn: SignIn;
  readonly witnessKeys: JoinedKeys;
  readonly agentKeys: JoinedKeys;
  /** Writes a row of the audit log. */
  audit(input: AuditInput): Promise<void>;
}

/** Ties the parts of auth to a store and a clock. */
export const createAuth = (world: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random?: RandomBytes;
}): Auth => {
  const { store, clock, random = machineRandom } = world;
  const tokens = createTokens({ store, clock, random });
  const oneTime = createOneTime({ store, clock, random });
  return {
    tokens,
    oneTime,
    signIn: createSignIn({ clock, oneTime, tokens }),
    witnessKeys: createJoinedKeys('witness', { store, clock, random }),
    agentKeys: createJoinedKeys('agent', { store, clock, random }),
    // Urgent, for the caller waits: a batch would stay open for 100 ms.
    audit: (input) => store.write([{ put: 'audit', entry: auditEntry(input, clock.now(), random) }], { urgent: true }),
  };
};
