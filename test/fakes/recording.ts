/** What a fake received, in order, with a way to wait for it. */
export interface Recording<Item> {
  readonly items: readonly Item[];
  readonly add: (item: Item) => void;
  /**
   * The first item that fits and that no earlier `next` has returned, whether it is here already or still to come.
   * Rejects after `withinMs` (10 s when absent) with `what` and all that did come.
   */
  readonly next: (
    fits?: (item: Item) => boolean,
    options?: { readonly withinMs?: number; readonly what?: string },
  ) => Promise<Item>;
}

interface Waiter<Item> {
  readonly fits: (item: Item) => boolean;
  readonly resolve: (item: Item) => void;
}

/** Makes an empty recording. `show` puts an item into the words of a failed wait. */
export const recording = <Item>(show: (item: Item) => string): Recording<Item> => {
  const items: Item[] = [];
  // by place, not by value: two equal texts are two items
  const taken = new Set<number>();
  const waiters = new Set<Waiter<Item>>();
  const add = (item: Item): void => {
    items.push(item);
    const waiter = [...waiters].find(({ fits }) => fits(item));
    if (waiter === undefined) return;
    taken.add(items.length - 1);
    waiter.resolve(item);
  };
  const next: Recording<Item>['next'] = (
    fits = () => true,
    { withinMs = 10_000, what = 'something to arrive' } = {},
  ) => {
    const place = items.findIndex((item, index) => !taken.has(index) && fits(item));
    const here = items[place];
    if (here !== undefined) {
      taken.add(place);
      return Promise.resolve(here);
    }
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        waiters.delete(waiter);
        reject(new Error(`waited ${withinMs} ms for ${what}; came: ${items.map(show).join(' | ') || 'nothing'}`));
      }, withinMs);
      const waiter: Waiter<Item> = {
        fits,
        resolve: (item) => {
          clearTimeout(deadline);
          waiters.delete(waiter);
          resolve(item);
        },
      };
      waiters.add(waiter);
    });
  };
  return { items, add, next };
};
