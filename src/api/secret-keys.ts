import type { Json } from '#kernel/json.ts';
import type { ResourceKind } from '#store/contract.ts';

/** Which keys of a definition are secrets by their kind's schema, besides those whose name says so. */
export const secretKeys = (kind: ResourceKind, _spec: Json): ((path: string) => boolean) => {
  if (kind === 'watcher') return (path) => path === 'url';
  return () => false;
};
