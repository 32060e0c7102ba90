import { Fault } from '#kernel/fault.ts';
import { defined, type Defined } from '#kernel/defined.ts';
import type { Page } from '#store/contract.ts';

/** What a list route was asked for. */
export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of a list that lies in memory; the cursor is the id of the last item shown, so that new items shift nothing. */
export const pageInMemory = <T extends { readonly id: string }>(all: readonly T[], query: ListQuery): Page<T> => {
  let start = 0;
  if (query.cursor !== undefined) {
    const at = all.findIndex((one) => one.id === query.cursor);
    if (at < 0) throw new Fault('INPUT_INVALID', 'The cursor is not known (any more).', 'Start again without it.');
    start = at + 1;
  }
  const items = all.slice(start, start + query.limit);
  const last = items.at(-1);
  return start + query.limit < all.length && last !== undefined ? { items, next: last.id } : { items };
};

/** A page with each item turned into its view. */
export const mapPage = <T, V>(page: Page<T>, view: (item: T) => V): { items: V[]; next?: string } => ({
  items: page.items.map(view),
  ...(page.next === undefined ? {} : { next: page.next }),
});

/** A store's query without keys that are undefined. */
export const storeQuery = <T extends object>(query: T): Defined<T> => defined(query);
