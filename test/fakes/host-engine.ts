import type { TestContext } from 'node:test';
import type { HostFace } from '#engine/host-face.ts';
import { hostFace } from '#engine/host-standings.ts';
import type { HostSignal } from '#host/contract.ts';
import type { Incident, TimelineEntry } from '#incident/incident.ts';
import { numbered } from './agent.ts';
import { servicesOf, startEngine, type TestEngine } from './engine.ts';

/** A host with an app of the service `api`. */
export const APPS = `hosts: [{ name: vps }]
apps:
  - { name: backend, service: api, host: vps, artifacts: [dist/] }
`;
/** The same with the service, of which a heartbeat is watched. */
export const CONFIG = `${servicesOf(['api'])}${APPS}`;

/** The brain's side of hosts and apps. */
export const faceOf = ({ parts }: TestEngine): HostFace => hostFace(parts);
/** The id of a host. */
export const hostId = ({ parts }: TestEngine, name = 'vps'): string => parts.core.registry.find('host', name).id;

/** Hands signals over as the agent of `vps`, numbered from here on. */
export const hand = async (engine: TestEngine, from: number, ...signals: readonly HostSignal[]): Promise<number> =>
  faceOf(engine).handSignals(hostId(engine), numbered(from, ...signals));

/** The open incident of a service. */
export const openOf = ({ parts }: TestEngine, service = 'api'): Incident | undefined =>
  parts.incidents.openOf(parts.core.registry.find('service', service).id);

/** An incident's timeline, oldest first. */
export const timelineOf = async ({ parts }: TestEngine, incidentId: string): Promise<readonly TimelineEntry[]> =>
  (await parts.core.store.timeline({ incidentId, limit: 100 })).items.toReversed();

/** Starts an engine that knows the app. */
export const startWithApp = (context: TestContext, config = CONFIG, more: { dir?: string } = {}): Promise<TestEngine> =>
  startEngine(context, { config, ...more });
