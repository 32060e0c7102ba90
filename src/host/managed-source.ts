import type { Stop } from '../kernel/clock.ts';
import type { ManagerSetup, ManagerWatch } from '../supervise/manager.ts';
import { managerOf } from '../supervise/managers/index.ts';
import type { ProcessEvent } from '../supervise/model.ts';
import type { AppSpec } from './contract.ts';
import type { ProcessSource, RunInQuestion } from './sources.ts';

/** Follows each app under its own manager; a manager is watched only while an app of its is. */
export class ManagedSource implements ProcessSource {
  readonly #setup: ManagerSetup;
  readonly #watches = new Map<string, ManagerWatch>();

  constructor(setup: ManagerSetup) {
    this.#setup = setup;
  }

  follow(app: AppSpec, onEvent: (event: ProcessEvent) => void): Stop {
    return this.#watchOf(app)?.follow(app, onEvent) ?? (() => undefined);
  }

  async words(app: AppSpec, run: RunInQuestion): Promise<string> {
    return (await this.#watchOf(app)?.words(app, run)) ?? '';
  }

  entryOf(app: AppSpec): string | undefined {
    return this.#watchOf(app)?.entryOf(app);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()));
    this.#watches.clear();
  }

  #watchOf({ manager }: AppSpec): ManagerWatch | undefined {
    const known = this.#watches.get(manager);
    if (known !== undefined) return known;
    const opened = managerOf(manager)?.open(this.#setup);
    if (opened !== undefined) this.#watches.set(manager, opened);
    return opened;
  }
}
