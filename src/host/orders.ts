import type { HostSignal, IssuedOrder } from './contract.ts';
import type { Carried } from './hands.ts';

/** So many orders are remembered: those that the brain may send again because its last answer was lost. */
const REMEMBERED = 200;

/** How far an order that was remembered had come. */
type Progress = 'begun' | Carried;

/** What the orders of a brain need. */
export interface OrdersOptions {
  readonly now: () => number;
  readonly carryOut: (order: IssuedOrder) => Promise<Carried>;
  readonly tell: (signal: HostSignal) => void;
  readonly kept: readonly (readonly [string, Progress])[];
  readonly keep: (kept: readonly (readonly [string, Progress])[]) => void;
}

/** Takes orders of the brain, each once, however often it is sent; and answers each. */
export class Orders {
  readonly #options: OrdersOptions;
  readonly #known: Map<string, Progress>;
  readonly #running = new Set<string>();

  constructor(options: OrdersOptions) {
    this.#options = options;
    this.#known = new Map(options.kept);
  }

  /** Begins what is new; resolves when all of it has been answered. */
  async take(orders: readonly IssuedOrder[]): Promise<void> {
    await Promise.all(orders.map(async (order) => this.#takeOne(order)));
  }

  async #takeOne(order: IssuedOrder): Promise<void> {
    if (this.#running.has(order.id)) return;
    const known = this.#known.get(order.id);
    if (known === 'begun')
      return this.#answer(order, {
        outcome: 'failed',
        output: 'The agent was started again in the middle of it: look how things stand before you repeat it.',
      });
    // Its answer may still be on its way, or was lost with a spool.
    if (known !== undefined) return this.#answer(order, known);
    this.#remember(order.id, 'begun');
    this.#running.add(order.id);
    try {
      this.#answer(order, await this.#options.carryOut(order));
    } finally {
      this.#running.delete(order.id);
    }
  }

  #answer({ id }: IssuedOrder, carried: Carried): void {
    this.#remember(id, carried);
    this.#options.tell({ type: 'order-done', at: this.#options.now(), orderId: id, ...carried });
  }

  #remember(id: string, progress: Progress): void {
    this.#known.delete(id);
    this.#known.set(id, progress);
    for (const old of this.#known.keys()) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(old);
    }
    this.#options.keep([...this.#known]);
  }
}
