import { DAY, SECOND, type EpochMs, type Ms } from '#kernel/time.ts';
import type { CheckClass } from '#monitor/reason.ts';
import { exponential, seeded, type Random } from './random.ts';

/** A span in which something is so: from its first moment until just before its last. */
type Spell = readonly [from: EpochMs, to: EpochMs];

/** What is wrong with the target at a moment. */
export interface Trouble {
  /** Nobody listens; or connections are taken and never answered. */
  readonly app?: 'refused' | 'hang';
  /** Packets vanish on the way, at the host, or because our own network is down. */
  readonly net?: 'drop' | 'hostdown' | 'self';
  /** This share of the answers is an error. */
  readonly bad?: number;
  /** Only the real path is wrong; /health is fine. */
  readonly onlyReal?: boolean;
  /** This share of the packets is lost. */
  readonly loss?: number;
  /** Answers take this long, give or take 30 %. */
  readonly delayMs?: Ms;
}

/** The fault under test as a function of time. */
export type Fault = (at: EpochMs) => Trouble | null;

/** What happens around a healthy target; none of it is an outage of the target, but for stalls of 10 s and more. */
export interface Noise {
  readonly path: readonly Spell[];
  readonly self: readonly Spell[];
  readonly stalls: readonly Spell[];
  readonly blips: readonly Spell[];
  readonly oddSoft: number;
  readonly packetLoss: number;
}

/** Next to no noise, for runs that measure how fast a fault is found. */
export const QUIET: Noise = { path: [], self: [], stalls: [], blips: [], oddSoft: 0.001, packetLoss: 0.002 };

const isIn = (spells: readonly Spell[], at: EpochMs): Spell | undefined => {
  let low = 0;
  let high = spells.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const spell = spells[middle];
    if (spell === undefined) return undefined;
    if (at < spell[0]) high = middle - 1;
    else if (at >= spell[1]) low = middle + 1;
    else return spell;
  }
  return undefined;
};

const spells = (random: Random, until: EpochMs, perDay: number, length: (random: Random) => Ms): readonly Spell[] => {
  const all: Spell[] = [];
  let at = exponential(random, DAY / perDay);
  while (at < until) {
    const span = length(random);
    all.push([at, at + span]);
    at += span + exponential(random, DAY / perDay);
  }
  return all;
};

/**
 * The noise of one target: 3 path outages a day (mean 3 s), the own network down once a week (30 s and 150 s more in the mean), 10 stalls a day (0.5 s
 * and 2 s more), two unannounced restarts of 3 s, 0.1 % odd failures, 0.2 % packet loss. The rates are assumptions of facts/detection.md.
 */
export const noise = (seed: number, until: EpochMs): Noise => {
  const random = seeded(seed * 7_919 + 13);
  return {
    path: spells(random, until, 3, (r) => exponential(r, 3 * SECOND)),
    self: spells(random, until, 1 / 7, (r) => 30 * SECOND + exponential(r, 150 * SECOND)),
    stalls: spells(random, until, 10, (r) => 500 + exponential(r, 2 * SECOND)),
    blips: spells(random, until, 2, () => 3 * SECOND),
    oddSoft: 0.001,
    packetLoss: 0.002,
  };
};

/** What a check saw, and when it ended. */
interface Seen {
  readonly class: CheckClass;
  readonly endedAt: EpochMs;
}

/** Answers what a check or a look at the controls sees that starts at a moment. */
export interface World {
  readonly until: EpochMs;
  readonly noise: Noise;
  check(at: EpochMs, path: '/health' | '/real'): Seen;
  controls(at: EpochMs): { readonly ok: number; readonly total: number; readonly endedAt: EpochMs };
}

const TIMEOUT_MS = 5 * SECOND;
const ROUND_TRIP_MS = 30;
/** When Linux sends a SYN again. */
const SYN_AT = [0, SECOND, 3 * SECOND, 7 * SECOND];
const FIRST_RETRANSMIT_MS = 200;

/** A world of one target, with packets lost, sent again and timed out as TCP does. */
export const makeWorld = (given: { seed: number; until: EpochMs; fault?: Fault; noise: Noise }): World => {
  const random = seeded(given.seed);
  const around = given.noise;
  const trouble = (at: EpochMs): Trouble | null => given.fault?.(at) ?? null;
  const isDead = (at: EpochMs): boolean =>
    isIn(around.self, at) !== undefined || isIn(around.path, at) !== undefined || trouble(at)?.net !== undefined;
  const passes = (at: EpochMs): boolean =>
    !isDead(at) && random() < (1 - Math.max(around.packetLoss, trouble(at)?.loss ?? 0)) ** 2;

  const connectedAt = (start: EpochMs): EpochMs | null => {
    for (const wait of SYN_AT) {
      if (wait >= TIMEOUT_MS) return null;
      if (passes(start + wait)) return start + wait + ROUND_TRIP_MS;
    }
    return null;
  };

  const roundTripsEndAt = (from: EpochMs, deadline: EpochMs): EpochMs | null => {
    let at = from;
    for (let trip = 0; trip < 3; trip += 1) {
      let wait = FIRST_RETRANSMIT_MS;
      while (!passes(at)) {
        at += wait;
        wait *= 2;
        if (at >= deadline) return null;
      }
      at += ROUND_TRIP_MS;
    }
    return at;
  };

  const answeredAt = (from: EpochMs, wrong: Trouble | null): EpochMs => {
    const at = isIn(around.stalls, from)?.[1] ?? from;
    if (wrong?.delayMs !== undefined) return at + wrong.delayMs * (0.7 + 0.6 * random());
    return at + 5 + exponential(random, 20);
  };

  const isWrong = (wrong: Trouble | null, path: string): boolean =>
    wrong?.bad !== undefined && random() < wrong.bad && (path === '/real' || wrong.onlyReal !== true);

  const refuses = (at: EpochMs): boolean => isIn(around.blips, at) !== undefined || trouble(at)?.app === 'refused';

  const check = (start: EpochMs, path: '/health' | '/real'): Seen => {
    const deadline = start + TIMEOUT_MS;
    const silence: Seen = { class: 'soft', endedAt: deadline };
    const connected = connectedAt(start);
    if (connected === null) return silence;
    if (refuses(connected)) return { class: 'hard', endedAt: connected };
    const wrong = trouble(connected);
    const sent = roundTripsEndAt(connected, deadline);
    if (sent === null || wrong?.app === 'hang') return silence;
    if (random() < around.oddSoft) return { class: 'soft', endedAt: Math.min(sent + SECOND, deadline) };
    const answered = answeredAt(sent, wrong);
    return answered < deadline ? { class: isWrong(wrong, path) ? 'hard' : 'ok', endedAt: answered } : silence;
  };

  const controls: World['controls'] = (at) => {
    const gone = isIn(around.self, at) !== undefined || trouble(at)?.net === 'self';
    return { ok: gone ? 0 : 6, total: 6, endedAt: at + (gone ? 2 * SECOND : 60) };
  };

  return { until: given.until, noise: around, check, controls };
};
