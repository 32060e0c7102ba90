import type { NameResolver } from '../monitor/kind.ts';
import { publicOnly } from '../network/private-address.ts';
import type { Resource } from '../store/contract.ts';

/** How far what is defined may reach: everywhere, or not into private networks when it was made through API or screens (DESIGN § 7). */
export interface Reach {
  /** Must this resource, by its id, stay out of private networks? What is not known (a trial) must. */
  isConfined(id: string): boolean;
  /** Turns names into the addresses that this resource may reach; looked up anew each time, so a name that turns private is refused then. */
  resolverFor(id: string): NameResolver;
}

/** Reach by who made a resource: the file, the command line and the Unix socket are trusted. */
export const reachOver = (world: {
  readonly resolver: NameResolver;
  readonly resource: (id: string) => Resource | undefined;
  readonly allowPrivate: () => boolean;
}): Reach => {
  const outside = publicOnly(world.resolver);
  const isConfined = (id: string): boolean => {
    const resource = world.resource(id);
    const isTrusted = resource !== undefined && (resource.origin !== 'stored' || resource.trusted === true);
    return !isTrusted && !world.allowPrivate();
  };
  return { isConfined, resolverFor: (id) => (isConfined(id) ? outside : world.resolver) };
};
