import type { StoredToken } from '#store/contract.ts';

/** What a caller may do: see; see and act on incidents; everything. */
export const SCOPES = ['viewer', 'responder', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const RANK: Readonly<Record<StoredToken['scope'], number>> = {
  viewer: 1,
  responder: 2,
  admin: 3,
  witness: 0,
  agent: 0,
  ack: 0,
};

/** Does what a token has include what is needed? Tokens of witnesses, agents and acknowledgements open nothing but their own doors. */
export const allows = (has: StoredToken['scope'], needs: Scope): boolean => RANK[has] >= RANK[needs];

/** Is it one of the scopes that people and API tokens have? */
export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text);
