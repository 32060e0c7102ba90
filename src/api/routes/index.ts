import type { Route } from '../route.ts';
import { definitionRoutes } from './definitions.ts';
import { hostRoutes } from './hosts.ts';
import { incidentRoutes } from './incidents.ts';
import { monitorRoutes } from './monitors.ts';
import { watchRoutes } from './watch.ts';
import { witnessRoutes } from './witness.ts';

/** Every route of `/api/v1` but the live stream; fixed paths stand before `{id}` ones. */
export const allRoutes: readonly Route[] = [
  ...monitorRoutes,
  ...definitionRoutes,
  ...hostRoutes,
  ...incidentRoutes,
  ...watchRoutes,
  ...witnessRoutes,
];
