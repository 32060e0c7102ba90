/** Why something could not be found out: `late` not within its deadline, `denied` no right to look, `absent` there is none, `broken` unreadable. */
export type Unknown = 'late' | 'denied' | 'absent' | 'broken' | 'unsupported';

/** What was looked for: its value, or why it is not known. Plain data: it travels as JSON. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: Unknown; readonly detail?: string };

/** The value when it is known. */
export const valueOf = <T>(known: Known<T> | undefined): T | undefined =>
  known !== undefined && known.known ? known.value : undefined;

/** Wraps what is known. */
export const known = <T>(value: T): Known<T> => ({ known: true, value });

/** Says why something is not known. */
export const unknown = (why: Unknown, detail?: string): Known<never> =>
  detail === undefined ? { known: false, why } : { known: false, why, detail };
