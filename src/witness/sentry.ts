import { randomBytes } from 'node:crypto';
import type { Clock, Stop } from '../kernel/clock.ts';
import { timedId } from '../kernel/id.ts';
import { SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { WitnessRules } from '../config/witness-rules.ts';
import type { WitnessBriefing } from '../engine/brain.ts';
import { WatchClock } from '../engine/watch-clock.ts';
import { readFileOf, writeFileOf, type Membership } from './files.ts';
import type { Helper, LookTask } from './helper.ts';
import { askPinned, type LinkFailure } from './link.ts';
import {
  beginning,
  decideWitness,
  problemsIn,
  resumed,
  type Pace,
  type WitnessEffect,
  type WitnessEvent,
  type WitnessNews,
  type WitnessState,
} from './machine.ts';
import { orderOf, type Order } from './order.ts';
import type { Known } from './sight.ts';

/** What a sentry writes down, so that a restart goes on where it was. */
interface Notes {
  readonly state: WitnessState;
  readonly seenAt: EpochMs;
  readonly briefing?: WitnessBriefing;
  readonly known: Known;
  /** What is to be told and is not in the outbox yet. */
  readonly orders: readonly Order[];
}

/** What a sentry is made of. */
export interface SentryOptions {
  readonly clock: Clock;
  readonly dir: string;
  readonly membership: Membership;
  readonly rules: WitnessRules;
  readonly helper: Helper;
  readonly version: string;
  /** A line for whoever runs it. */
  readonly say: (line: string) => void;
}

const EVERY_MS: Ms = 10 * SECOND;
const AGAIN_MS: Ms = 30 * SECOND;

const hostOf = (address: string | undefined): string | undefined =>
  address?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

/**
 * Watches one brain: reports to it again and again, keeps its answer, and when it is silent has the heavy half judge and tell. What is to be told is on
 * the disk before anybody is told.
 */
export class Sentry {
  readonly #options: SentryOptions;
  readonly #clock: WatchClock;
  #state: WitnessState;
  #briefing: WitnessBriefing | undefined;
  #known: Known;
  #orders: readonly Order[];
  #lookedAt: EpochMs | undefined;
  #stopNext: Stop | undefined;
  #stopWake: Stop | undefined;
  #stopTelling: Stop | undefined;
  #judging = false;
  #telling = false;
  #lastFailure: string | undefined;
  #stopped = false;
  #busy: Promise<void> = Promise.resolve();

  /** Goes on where a former run was. @throws Fault STORE_BROKEN, DATA_UNWRITABLE. */
  constructor(options: SentryOptions) {
    this.#options = options;
    const notes = readFileOf<Notes>(options.dir, 'state');
    this.#clock = new WatchClock(options.clock, notes?.seenAt);
    const at = this.#clock.now();
    this.#state = notes === undefined ? beginning(at) : resumed(notes.state, notes.seenAt, at, options.rules);
    this.#briefing = notes?.briefing;
    this.#known = notes?.known ?? {};
    this.#orders = notes?.orders ?? [];
  }

  /** Asks at once, tells what a former run left untold. */
  start(): void {
    void this.#tell();
    this.#round(this.#clock.now());
  }

  /** Ends the watch; nothing is told of it. Resolves when the question under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopNext?.();
    this.#stopWake?.();
    this.#stopTelling?.();
    await this.#busy;
  }

  get #pace(): Pace {
    return { ...this.#options.rules, everyMs: this.#briefing?.everyMs ?? EVERY_MS };
  }

  get #brain(): string {
    return this.#briefing?.brain.name ?? this.#options.membership.brain;
  }

  #round(dueAt: EpochMs): void {
    this.#busy = this.#askThenWait(dueAt);
  }

  async #askThenWait(dueAt: EpochMs): Promise<void> {
    try {
      await this.#ask();
    } catch (error) {
      this.#fault(error);
    }
    if (this.#stopped) return;
    const next = Math.max(dueAt + this.#pace.everyMs, this.#clock.now());
    this.#stopNext = this.#clock.after(next - this.#clock.now(), () => this.#round(next));
  }

  async #ask(): Promise<void> {
    this.#clock.noticeJump();
    const heard = await this.#hear();
    if (this.#stopped) return;
    this.#feed(heard ?? { type: 'unanswered', at: this.#clock.now() });
    if (heard !== undefined) this.#learn();
  }

  /** Asks the brain; undefined when there is no sign of it. */
  async #hear(): Promise<WitnessEvent | undefined> {
    const { membership, rules, version } = this.#options;
    const answer = await askPinned(membership, {
      path: '/witness/report',
      body: { version },
      key: membership.key,
      timeoutMs: rules.timeoutMs,
    });
    const at = this.#clock.now();
    if (!answer.ok) {
      this.#noteFailure(answer.error);
      return undefined;
    }
    const { status, body } = answer.value;
    if (status === 200) {
      this.#briefing = body as WitnessBriefing;
      this.#noteFailure(undefined);
      return { type: 'answered', at, problems: problemsIn(this.#briefing) };
    }
    this.#noteFailure({
      kind: 'no-brain',
      message: status === 401 ? 'it does not know this witness any more: join again' : `it answered ${status}`,
    });
    return { type: 'answered', at, problems: status === 401 ? [] : [`it answers ${status}`] };
  }

  #noteFailure(failure: LinkFailure | undefined): void {
    const text = failure?.message ?? '';
    if (text === this.#lastFailure) return;
    this.#lastFailure = text;
    this.#options.say(text === '' ? `Dozor on ${this.#brain} answers.` : `Dozor on ${this.#brain}: ${text}.`);
  }

  #feed(event: WitnessEvent): void {
    const [state, effects] = decideWitness(this.#state, event, this.#pace);
    this.#state = state;
    const news = effects.filter((effect) => effect.do === 'tell');
    if (news.length > 0) this.#orders = [...this.#orders, ...news.map((one) => this.#order(one))];
    this.#save(news.length > 0);
    for (const effect of effects) this.#act(effect);
    if (news.length > 0) void this.#tell();
  }

  #order(news: WitnessNews): Order {
    const at = this.#clock.now();
    return orderOf(news, {
      id: timedId(at, (count) => randomBytes(count)),
      at,
      brain: this.#brain,
      toWall: (moment) => this.#clock.toWall(moment),
    });
  }

  #act(effect: WitnessEffect): void {
    if (effect.do === 'wake') {
      this.#stopWake?.();
      this.#stopWake = this.#clock.after(Math.max(0, effect.at - this.#clock.now()), () =>
        this.#feed({ type: 'tick', at: this.#clock.now() }),
      );
    } else if (effect.do === 'judge') void this.#judge();
    else {
      const words = { silent: 'is silent', back: 'is back', unwell: 'is not well' } as const;
      this.#options.say(`Dozor on ${this.#brain} ${words[effect.news]}: telling.`);
    }
  }

  get #task(): LookTask {
    const towards = hostOf(this.#options.membership.addresses[0]);
    return { known: this.#known, ...(towards === undefined ? {} : { towards }) };
  }

  async #judge(): Promise<void> {
    if (this.#judging || this.#stopped) return;
    this.#judging = true;
    try {
      const services = this.#briefing?.services ?? [];
      const judgement = await this.#options.helper.judge({ ...this.#task, services });
      if (judgement.sight === 'blind')
        this.#options.say(`The own network does not answer (${judgement.controls.ok} of ${judgement.controls.total}).`);
      // the link may have come back just now: then the brain answers, and nothing was wrong with it
      const heard = await this.#hear();
      if (!this.#stopped) this.#feed(heard ?? { type: 'judged', at: this.#clock.now(), judgement });
    } catch (error) {
      this.#fault(error);
    } finally {
      this.#judging = false;
    }
  }

  /** Learns, while all is well, which controls of the own network answer: only those can vouch later. */
  #learn(): void {
    const at = this.#clock.now();
    if (this.#lookedAt !== undefined && at - this.#lookedAt < this.#options.rules.lookEveryMs) return;
    this.#lookedAt = at;
    this.#options.helper.look(this.#task).then(
      ({ known, ok, total }) => {
        const isNew = Object.keys(known).some((name) => this.#known[name] === undefined);
        // looks may overlap, and what has answered once is known for good
        this.#known = { ...this.#known, ...known };
        this.#save(true);
        if (isNew) this.#options.say(`Own network: ${ok} of ${total} controls answer.`);
      },
      (error: unknown) => this.#fault(error),
    );
  }

  /** Has everything told that is written down; tries again when that fails. */
  async #tell(): Promise<void> {
    if (this.#telling || this.#stopped) return;
    this.#telling = true;
    this.#stopTelling?.();
    const wait = await this.#deliver();
    this.#telling = false;
    if (wait !== undefined && !this.#stopped) this.#stopTelling = this.#clock.after(wait, () => void this.#tell());
  }

  /** Returns after how long there is something to be told again; undefined when nothing waits. */
  async #deliver(): Promise<Ms | undefined> {
    const orders = this.#orders;
    try {
      const next = await this.#options.helper.deliver({ orders });
      const told = new Set(orders.map(({ id }) => id));
      this.#orders = this.#orders.filter(({ id }) => !told.has(id));
      this.#save(orders.length > 0);
      if (this.#orders.length > 0) return 0;
      return next === undefined ? undefined : Math.max(0, next - this.#options.clock.now());
    } catch (error) {
      this.#fault(error);
      return AGAIN_MS;
    }
  }

  #save(durable: boolean): void {
    const notes: Notes = {
      state: this.#state,
      seenAt: this.#clock.now(),
      known: this.#known,
      orders: this.#orders,
      ...(this.#briefing === undefined ? {} : { briefing: this.#briefing }),
    };
    try {
      writeFileOf(this.#options.dir, 'state', notes, durable);
    } catch (error) {
      // Better told twice after a restart than not at all: the watch goes on from memory.
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    this.#options.say(`Fault: ${error instanceof Error ? error.message : String(error)}`);
  }
}
