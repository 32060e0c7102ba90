import { MINUTE, SECOND, type EpochMs } from '#kernel/time.ts';
import type { Fault, Trouble } from './world.ts';

/** A fault with its ground truth: should somebody be told? */
export interface FaultCase {
  readonly name: string;
  readonly isOutage: boolean;
  readonly build: (start: EpochMs) => Course;
}

/** What happens in one run. */
export interface Course {
  readonly fault: Fault;
  readonly deploys?: readonly EpochMs[];
  readonly maintenance?: readonly (readonly [from: EpochMs, to: EpochMs])[];
}

const from =
  (start: EpochMs, trouble: Trouble): Fault =>
  (at) =>
    at >= start ? trouble : null;

const during =
  (start: EpochMs, span: number, trouble: Trouble): Fault =>
  (at) =>
    at >= start && at < start + span ? trouble : null;

const repeating =
  (start: EpochMs, period: number, bad: number, trouble: Trouble): Fault =>
  (at) =>
    at >= start && (at - start) % period < bad ? trouble : null;

const lasting = (name: string, trouble: Trouble): FaultCase => ({
  name,
  isOutage: true,
  build: (start) => ({ fault: from(start, trouble) }),
});

const REFUSED: Trouble = { app: 'refused' };
const CUT_OFF: Trouble = { net: 'self' };

/** The faults of facts/detection.md that a probe can see, and the troubles that must alarm nobody. */
export const FAULT_CASES: readonly FaultCase[] = [
  lasting('crash (refused)', REFUSED),
  lasting('hang: accepts, never answers', { app: 'hang' }),
  lasting('host or firewall drops', { net: 'hostdown' }),
  lasting('HTTP 500, 100 %', { bad: 1 }),
  lasting('HTTP 500, 50 %', { bad: 0.5 }),
  lasting('HTTP 500, 5 %', { bad: 0.05 }),
  {
    name: 'crash loop, 1 s up, 4 s down',
    isOutage: true,
    build: (start) => ({ fault: repeating(start, 5 * SECOND, 4 * SECOND, REFUSED) }),
  },
  {
    name: 'crash loop, 40 s up, 20 s down',
    isOutage: true,
    build: (start) => ({ fault: repeating(start, MINUTE, 20 * SECOND, REFUSED) }),
  },
  lasting('answers after 20 s', { delayMs: 20 * SECOND }),
  lasting('/health fine, real path 500', { bad: 1, onlyReal: true }),
  lasting('packet loss 30 %', { loss: 0.3 }),
  { name: 'packet loss 5 %', isOutage: false, build: (start) => ({ fault: from(start, { loss: 0.05 }) }) },
  { name: '2 s more latency', isOutage: false, build: (start) => ({ fault: from(start, { delayMs: 2 * SECOND }) }) },
  { name: 'restart, 3 s', isOutage: false, build: (start) => ({ fault: during(start, 3 * SECOND, REFUSED) }) },
  {
    name: 'announced deploy, gap of 25 s',
    isOutage: false,
    build: (start) => ({ fault: during(start, 25 * SECOND, REFUSED), deploys: [start - 2 * SECOND] }),
  },
  {
    name: 'path outage, 6 s',
    isOutage: false,
    build: (start) => ({ fault: during(start, 6 * SECOND, { net: 'drop' }) }),
  },
  {
    name: 'own network down, 10 min',
    isOutage: false,
    build: (start) => ({ fault: during(start, 10 * MINUTE, CUT_OFF) }),
  },
  {
    name: 'own gateway flaps, 4 s in 15 s',
    isOutage: false,
    build: (start) => {
      const flaps = repeating(start, 15 * SECOND, 4 * SECOND, CUT_OFF);
      return { fault: (at) => (at < start + 10 * MINUTE ? flaps(at) : null) };
    },
  },
  {
    name: 'maintenance, down 10 min',
    isOutage: false,
    build: (start) => ({
      fault: during(start, 10 * MINUTE, REFUSED),
      maintenance: [[start - 5 * SECOND, start + 10 * MINUTE + 5 * SECOND]],
    }),
  },
];
