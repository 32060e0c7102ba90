import { defined } from '../kernel/defined.ts';
import { Fault } from '../kernel/fault.ts';
import type { Json } from '../kernel/json.ts';
import { DAY, MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { HostSignal, IssuedOrder, Order } from '../host/contract.ts';
import type { Actor } from '../incident/incident.ts';
import type { Help } from '../incident/scene.ts';
import type { Core, Turn } from './core.ts';
import type { OrderStanding } from './host-face.ts';

/** Nobody wants a repair that was asked for so long ago: what is not fetched until then never is. */
const EXPIRE_MS: Ms = 5 * MINUTE;
/** Not answered so long after it was handed over, it is handed over again; the agent knows it by its id. */
const AGAIN_MS: Ms = 60 * SECOND;
/** How long it can be asked what became of one. */
const KEEP_MS: Ms = DAY;
/** A report is kept to so many characters. */
const OUTPUT_CHARACTERS = 20_000;

const PREFIX = 'order:';
/** Orders that may bring a service back. */
export const HELPFUL: ReadonlySet<string> = new Set(['repair', 'undo', 'recover', 'rollback', 'protect']);
const ENDED: ReadonlySet<OrderStanding['phase']> = new Set(['done', 'failed', 'refused', 'expired']);

/** What somebody asked agents for: kept until answered, handed over in order, audited when asked and when answered. */
export class Orders {
  readonly #core: Core;
  readonly #orders = new Map<string, OrderStanding>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #onEnded: (turn: Turn, order: OrderStanding) => void;

  constructor(core: Core, onEnded: (turn: Turn, order: OrderStanding) => void) {
    this.#core = core;
    this.#onEnded = onEnded;
  }

  /** Takes over what a former run left. */
  restore(states: ReadonlyMap<string, Json>): void {
    for (const [key, state] of states)
      if (key.startsWith(PREFIX)) this.#orders.set(key.slice(PREFIX.length), state as unknown as OrderStanding);
    for (const order of this.#orders.values()) if (!ENDED.has(order.phase)) this.#expireLater(order);
  }

  /** @throws Fault NOT_FOUND */
  of(id: string): OrderStanding {
    const order = this.#orders.get(id);
    if (order === undefined)
      throw new Fault('NOT_FOUND', `There is no order "${id}".`, 'What was ordered is known for a day.');
    return order;
  }

  /** Who asked for this plan, if anybody did. */
  askedBy(appId: string, planId: string): Actor | undefined {
    return this.#latest(appId, ({ order }) => 'planId' in order && order.planId === planId)?.by;
  }

  /** What an agent is doing right now that may bring the app back: a recovery that is seen before the answer is its doing. */
  underWay(appId: string): Help | undefined {
    const order = this.#latest(appId, ({ phase, order: { do: what } }) => phase === 'handed' && HELPFUL.has(what));
    if (order === undefined || order.order.do === 'repair') return undefined;
    return { at: order.at, do: order.order.do as 'recover', by: order.by };
  }

  /** Puts an order in line. It is durable when this resolves. @throws Fault STORE_UNAVAILABLE */
  async issue(
    about: { readonly hostId: string; readonly appId: string; readonly incidentId?: string },
    order: Order,
    by: Actor,
    plan: string | undefined,
  ): Promise<OrderStanding> {
    const { clock } = this.#core;
    const issued: OrderStanding = {
      id: this.#core.newId(),
      hostId: about.hostId,
      appId: about.appId,
      at: clock.toWall(clock.now()),
      by,
      order,
      phase: 'waiting',
    };
    this.#forgetOld();
    const turn = this.#core.turn();
    this.#put(turn, issued);
    this.#audit(turn, by, `app.${order.do}`, order.app, { order, ...defined({ plan }) });
    if (about.incidentId !== undefined) {
      const data = { type: 'order', appId: about.appId, do: order.do, by } as const;
      turn.write({
        put: 'timeline',
        entry: { id: this.#core.newId(), incidentId: about.incidentId, at: issued.at, source: 'person', data },
      });
      turn.event('timeline', data as unknown as Json, { incidentId: about.incidentId });
    }
    const saved = await turn.commit();
    if (!saved.saved) {
      this.#orders.delete(issued.id);
      throw new Fault(
        'STORE_UNAVAILABLE',
        `The order could not be saved: ${saved.error}`,
        'Free space on the disk of Dozor.',
      );
    }
    this.#expireLater(issued);
    this.wake(about.hostId);
    return issued;
  }

  /** The agent says how an order went. */
  ended(turn: Turn, hostId: string, signal: Extract<HostSignal, { type: 'order-done' }>): void {
    const order = this.#orders.get(signal.orderId);
    if (order === undefined || order.hostId !== hostId || ENDED.has(order.phase)) return;
    const output = signal.output.slice(0, OUTPUT_CHARACTERS);
    this.#end(turn, order, signal.outcome, output);
  }

  /** Orders that the agent is to be given now; that they were handed over is durable when this resolves. */
  async take(hostId: string): Promise<readonly IssuedOrder[]> {
    const now = this.#core.clock.toWall(this.#core.clock.now());
    const due = [...this.#orders.values()].filter(
      (order) =>
        order.hostId === hostId &&
        now - order.at < EXPIRE_MS &&
        (order.phase === 'waiting' || (order.phase === 'handed' && now - (order.handedAt ?? 0) >= AGAIN_MS)),
    );
    if (due.length === 0) return [];
    const turn = this.#core.turn();
    for (const order of due) this.#put(turn, { ...order, phase: 'handed', handedAt: now });
    const saved = await turn.commit();
    if (!saved.saved) return [];
    return due.map(({ id, at, by, order }) => ({ id, at, by, order }));
  }

  /** Resolves when something may be new for the host, after `waitMs`, or when aborted. */
  async news(hostId: string, waitMs: Ms, signal: AbortSignal | undefined): Promise<void> {
    if (waitMs <= 0 || signal?.aborted === true) return;
    const waiting = this.#waiting.get(hostId) ?? new Set();
    this.#waiting.set(hostId, waiting);
    await new Promise<void>((resolve) => {
      const stop = this.#core.clock.after(waitMs, () => end());
      const end = (): void => {
        stop();
        waiting.delete(end);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      waiting.add(end);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  /** Something is new for the host: whoever waits for it looks again. */
  wake(hostId: string): void {
    for (const call of this.#waiting.get(hostId) ?? []) call();
  }

  /** Nobody waits any longer: the brain ends. */
  stop(): void {
    for (const hostId of this.#waiting.keys()) this.wake(hostId);
  }

  #latest(appId: string, fits: (order: OrderStanding) => boolean): OrderStanding | undefined {
    return [...this.#orders.values()].findLast((order) => order.appId === appId && fits(order));
  }

  #put(turn: Turn, order: OrderStanding): void {
    this.#orders.set(order.id, order);
    turn.write({ put: 'state', subject: `${PREFIX}${order.id}`, state: order as unknown as Json });
    turn.event('order', { id: order.id, app: order.order.app, do: order.order.do, phase: order.phase });
  }

  #end(turn: Turn, order: OrderStanding, phase: 'done' | 'failed' | 'refused' | 'expired', output: string): void {
    const endedAt = this.#core.clock.toWall(this.#core.clock.now());
    const ended: OrderStanding = {
      ...order,
      phase,
      endedAt,
      ...defined({ output: output === '' ? undefined : output }),
    };
    this.#core.deadlines.clear(`${PREFIX}${order.id}`);
    this.#put(turn, ended);
    this.#audit(turn, order.by, `app.${order.order.do}.${phase}`, order.order.app, { orderId: order.id, output });
    this.#onEnded(turn, ended);
  }

  #expireLater(order: OrderStanding): void {
    const { clock, deadlines } = this.#core;
    const left = order.at + EXPIRE_MS - clock.toWall(clock.now());
    deadlines.set(`${PREFIX}${order.id}`, clock.now() + Math.max(0, left), () => {
      const now = this.#orders.get(order.id);
      // What the agent has fetched it may still be doing: its answer counts whenever it comes.
      if (now?.phase !== 'waiting') return;
      const turn = this.#core.turn();
      this.#end(turn, now, 'expired', '');
      void turn.commit();
    });
  }

  #audit(turn: Turn, by: Actor, action: string, subject: string, data: object): void {
    const at: EpochMs = this.#core.clock.toWall(this.#core.clock.now());
    turn.write({
      put: 'audit',
      entry: { id: this.#core.newId(), at, actor: by.name, via: by.via, action, subject, data: data as Json },
    });
  }

  #forgetOld(): void {
    const since = this.#core.clock.toWall(this.#core.clock.now()) - KEEP_MS;
    const old = [...this.#orders.values()].filter(({ at }) => at < since);
    if (old.length === 0) return;
    const turn = this.#core.turn();
    for (const { id } of old) {
      this.#orders.delete(id);
      turn.write({ drop: 'state', subject: `${PREFIX}${id}` });
    }
    void turn.commit();
  }
}
