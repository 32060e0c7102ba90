import type { Json } from '../kernel/json.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { CheckResult } from '../monitor/check.ts';
import type { MonitorKind, Target } from '../monitor/kind.ts';
import type { Monitor } from '../monitor/model.ts';
import { initial, type MonitorState } from '../monitor/state.ts';
import type { Verdict } from '../monitor/verdict.ts';
import type { Tally } from './tally.ts';

/** A span under way of a monitor that is not up. */
export interface OpenSpan {
  readonly kind: 'down' | 'degraded';
  readonly from: EpochMs;
}

/** What a verdict is held about: an active monitor or a heartbeat. */
export interface Subject {
  monitor: Monitor;
  readonly target: Target;
  /** The machine's state. */
  readonly state: { readonly verdict: Verdict; readonly since: EpochMs };
  openSpan: OpenSpan | undefined;
}

/** A monitor under watch: what it is, and all that changes about it. */
export interface Watched extends Subject {
  kind: MonitorKind;
  target: Target;
  state: MonitorState;
  inMaintenance: boolean;
  last: CheckResult | undefined;
  /** How the checks of the present (or the last) trouble went. */
  tally: Tally | undefined;
  /** Where the name led to when it was last asked: decides the controls when an asking fails before it has an address. */
  address: string | undefined;
  /** Full checks and pulses under way; another of the same is not begun before it has ended. */
  readonly running: Set<string>;
  /** Re-checks under way: they may overlap while the asker is not busy. */
  rechecks: number;
}

/** What of it survives a restart. */
export interface Kept<State> {
  readonly machine: State;
  readonly openSpan?: OpenSpan;
}

/** The subject of a monitor's state in the store. */
export const stateSubject = (monitorId: string): string => `monitor:${monitorId}`;

/** A monitor as it comes under watch, going on where a former run was. */
export const watched = (monitor: Monitor, kind: MonitorKind, at: EpochMs, kept: Json | undefined): Watched => {
  const former = kept as unknown as Kept<MonitorState> | undefined;
  return {
    monitor,
    kind,
    target: kind.target(monitor.config),
    state: former?.machine ?? initial(at),
    openSpan: former?.openSpan,
    inMaintenance: former?.machine.maintenance ?? false,
    last: undefined,
    tally: undefined,
    address: undefined,
    running: new Set(),
    rechecks: 0,
  };
};

/** Its state for the store. */
export const keptState = (one: Subject): Json => {
  const kept: Kept<Subject['state']> = {
    machine: one.state,
    ...(one.openSpan === undefined ? {} : { openSpan: one.openSpan }),
  };
  return kept as unknown as Json;
};
