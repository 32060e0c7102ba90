import type { Incident } from '../incident/incident.ts';
import { RANK } from '../incident/parts.ts';
import type { Core } from './core.ts';
import type { Incidents } from './incidents.ts';

/** How incidents stand to each other: who depends on whom, who speaks for whom. */
export class Relations {
  readonly #core: Core;
  readonly #incidents: Incidents;

  constructor(core: Core, incidents: Incidents) {
    this.#core = core;
    this.#incidents = incidents;
  }

  /** Is somebody else's conversation telling of it? One about a warning tells nobody that something is down. */
  isSpokenFor({ parentId, severity }: Incident): boolean {
    const parent = parentId === undefined ? undefined : this.#incidents.known(parentId);
    return parent?.state === 'open' && RANK[parent.severity] >= RANK[severity];
  }

  /** Ids of the services that the incident's service cannot work without. */
  parents(incident: Incident): readonly string[] {
    const services = this.#core.registry.services();
    const names = services.find(({ id }) => id === incident.serviceId)?.dependsOn ?? [];
    return services.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  }

  /** The open incident of something it depends on, when that is down; a circle of services has no such cause. */
  blocker(incident: Incident): Incident | undefined {
    for (const id of this.parents(incident)) {
      const open = this.#incidents.openOf(id);
      if (open?.severity === 'critical' && open.parentId !== incident.id) return open;
    }
    return undefined;
  }

  /** The members of a storm that are still open. */
  membersOf(storm: Incident): readonly Incident[] {
    return storm.kind === 'storm' ? this.childrenOf(storm) : [];
  }

  /** Open incidents that it spoke for, but does not any more: it is over, or has become the lesser trouble. */
  freedBy(parent: Incident): readonly Incident[] {
    return this.childrenOf(parent).filter((child) => !this.isSpokenFor(child));
  }

  /** Open incidents that hang on this one. */
  childrenOf(parent: Incident): readonly Incident[] {
    return this.#incidents.open().filter(({ parentId }) => parentId === parent.id);
  }
}
