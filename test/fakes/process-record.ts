import type { ManagerWatch } from '#supervise/manager.ts';
import type { ProcessEvent } from '#supervise/model.ts';

type EventOf<Type extends ProcessEvent['type']> = Extract<ProcessEvent, { type: Type }>;

/** What happens to an app, written down; waits for what is to come without looking at a clock. */
export class ProcessRecord {
  readonly events: ProcessEvent[] = [];
  readonly #waiting: { readonly is: (event: ProcessEvent) => boolean; readonly done: (event: ProcessEvent) => void }[] =
    [];

  constructor(watch: ManagerWatch, app: string) {
    watch.follow({ name: app }, (event) => {
      this.events.push(event);
      for (const one of this.#waiting.filter(({ is }) => is(event))) {
        this.#waiting.splice(this.#waiting.indexOf(one), 1);
        one.done(event);
      }
    });
  }

  /** The first event of the type, from the mark on, for which the condition holds; as long as the test may last. */
  async first<Type extends ProcessEvent['type']>(
    type: Type,
    holds: (event: EventOf<Type>) => boolean = () => true,
    from = 0,
  ): Promise<EventOf<Type>> {
    const is = (event: ProcessEvent): boolean => event.type === type && holds(event as EventOf<Type>);
    const found =
      this.events.slice(from).find((event) => is(event)) ??
      (await new Promise<ProcessEvent>((done) => {
        this.#waiting.push({ is, done });
      }));
    return found as EventOf<Type>;
  }

  /** All of a type, from the mark on. */
  all<Type extends ProcessEvent['type']>(type: Type, from = 0): readonly EventOf<Type>[] {
    return this.events.slice(from).filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Where the record stands. */
  get mark(): number {
    return this.events.length;
  }
}
