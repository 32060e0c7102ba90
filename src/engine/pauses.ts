import type { Json } from '../kernel/json.ts';
import type { Actor } from '../incident/incident.ts';
import type { Monitor } from '../monitor/model.ts';
import type { Core } from './core.ts';
import type { Applied } from './definitions.ts';

const PREFIX = 'paused:';

/** Monitors that somebody paused or resumed by hand: kept beside their definitions, which the file may own. */
export class Pauses {
  readonly #core: Core;
  readonly #byHand = new Map<string, boolean>();

  constructor(core: Core) {
    this.#core = core;
  }

  restore(meta: ReadonlyMap<string, Json>): void {
    for (const [key, value] of meta)
      if (key.startsWith(PREFIX) && typeof value === 'boolean') this.#byHand.set(key.slice(PREFIX.length), value);
  }

  /** What is applied, with what was done by hand over what is defined. */
  over(applied: Applied): Applied {
    const { compiled } = applied;
    if (compiled?.kind !== 'monitor') return applied;
    const paused = this.#byHand.get(compiled.value.id);
    if (paused === undefined || paused === compiled.value.paused) return applied;
    return { ...applied, compiled: { kind: 'monitor', value: { ...compiled.value, paused } } };
  }

  /** Pauses a monitor or lets it go on; saved before it is done. @throws Fault NOT_FOUND */
  async set(idOrName: string, on: boolean, actor: Actor): Promise<Applied | undefined> {
    const monitor: Monitor = this.#core.registry.find('monitor', idOrName);
    const resource = this.#core.registry.resource(monitor.id);
    if (resource === undefined || monitor.paused === on) return undefined;
    this.#byHand.set(monitor.id, on);
    const at = this.#core.clock.toWall(this.#core.clock.now());
    const turn = this.#core.turn();
    turn.write({ put: 'meta', key: `${PREFIX}${monitor.id}`, value: on });
    turn.write({
      put: 'audit',
      entry: {
        id: this.#core.newId(),
        at,
        actor: actor.name,
        via: actor.via,
        action: on ? 'monitor.pause' : 'monitor.resume',
        subject: monitor.name,
      },
    });
    turn.event('paused', { monitorId: monitor.id, on }, { serviceId: monitor.serviceId });
    await turn.commit();
    return { resource, compiled: { kind: 'monitor', value: { ...monitor, paused: on } } };
  }
}
