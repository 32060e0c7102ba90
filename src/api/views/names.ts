import type { Brain, MonitorStanding, ServiceStanding } from '#engine/brain.ts';

/** Names behind ids, looked up once a request. */
export interface Names {
  service(id: string | undefined): string | undefined;
  monitor(id: string): string | undefined;
  channel(id: string): string;
  contact(id: string): string;
}

const lazy = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

/** The names as the brain knows them now; what was retired keeps its last one. */
export const namesOf = (brain: Brain): Names => {
  const services = lazy(() => new Map(brain.services().map((one) => [one.service.id, one.service.name])));
  const monitors = lazy(
    () => new Map(brain.services().flatMap((one) => one.monitors.map(({ monitor }) => [monitor.id, monitor.name]))),
  );
  const channels = lazy(() => new Map(brain.channels().map((one) => [one.id, one.name])));
  const contacts = lazy(() => new Map(brain.contacts().map((one) => [one.id, one.name])));
  return {
    service: (id) => (id === undefined ? undefined : (services().get(id) ?? brain.nameOf(id))),
    monitor: (id) => monitors().get(id) ?? brain.nameOf(id),
    channel: (id) => channels().get(id) ?? brain.nameOf(id) ?? id,
    contact: (id) => contacts().get(id) ?? brain.nameOf(id) ?? id,
  };
};

/** All monitors with their services. */
export const allMonitors = (brain: Brain): { monitor: MonitorStanding; service: ServiceStanding }[] =>
  brain.services().flatMap((service) => service.monitors.map((monitor) => ({ monitor, service })));
