import type { Finding } from '../diagnose/finding.ts';
import type { Locale } from '../kernel/locale.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Reason } from '../monitor/reason.ts';

/** How an app stands in the eyes of its agent. */
export type AppVerdict = 'pending' | 'up' | 'degraded' | 'down';

/** Figures of the machine, the latest of which the brain keeps; not evidence by themselves. */
export interface HostVitals {
  readonly load: readonly [number, number, number];
  readonly cpus: number;
  readonly memory: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly swapTotalBytes: number;
    readonly swapFreeBytes: number;
  };
  readonly disks: readonly {
    readonly mount: string;
    readonly totalBytes: number;
    readonly freeBytes: number;
    readonly inodesTotal: number;
    readonly inodesFree: number;
    /** At the pace of the last hours; absent while it does not fill. */
    readonly fullInMs?: Ms;
  }[];
  readonly clockSkewMs?: Ms;
  readonly processes: readonly {
    readonly app: string;
    readonly pid: number;
    readonly status: string;
    readonly restarts: number;
    readonly uptimeMs: Ms;
    readonly memoryBytes: number;
    readonly cpuPercent: number;
    readonly memorySlopeBytesPerHour?: number;
    readonly eventLoopDelayMs?: Ms;
  }[];
  readonly ports: readonly {
    readonly port: number;
    readonly address: string;
    readonly pid?: number;
    readonly program?: string;
  }[];
}

/** What an agent reports; each with the moment on its host. Names of apps are the configuration's. */
export type HostSignal =
  /** The supervisor's verdict changed; opens, changes or ends the app's part in its service's incident. */
  | {
      readonly type: 'app-verdict';
      readonly at: EpochMs;
      readonly app: string;
      readonly from: AppVerdict;
      readonly to: AppVerdict;
      readonly reason?: Reason;
      readonly lastGoodAt?: EpochMs;
      readonly firstBadAt?: EpochMs;
      readonly firstGoodAt?: EpochMs;
      /** The cause will not heal by itself: loud at once. */
      readonly lasting: boolean;
      readonly afterDeploy: boolean;
      /** Best first; may come later or again as `findings`. */
      readonly findings: readonly Finding[];
      /** The manager's word against what is so: "PM2 shows online; port 3000 is closed". */
      readonly managerSays?: string;
      readonly port?: { readonly port: number; readonly open: boolean };
    }
  | { readonly type: 'findings'; readonly at: EpochMs; readonly app: string; readonly findings: readonly Finding[] }
  /** For the timeline. */
  | {
      readonly type: 'process';
      readonly at: EpochMs;
      readonly app: string;
      readonly what:
        | 'exit'
        | 'start'
        | 'gave-up'
        | 'restart-by-hand'
        | 'memory-restart'
        | 'oom-kill'
        | 'manager-gone'
        | 'manager-back';
      readonly code?: number;
      readonly signal?: string;
      readonly uptimeMs?: Ms;
      readonly restarts?: number;
    }
  /** Something about the app changed on disk. */
  | {
      readonly type: 'change';
      readonly at: EpochMs;
      readonly app: string;
      readonly what:
        | 'artifact-appeared'
        | 'artifact-gone'
        | 'lock-file'
        | 'env-names'
        | 'git-head'
        | 'entry'
        | 'ecosystem';
      /** Relative to the app's folder. */
      readonly path: string;
      /** Names only, never values. */
      readonly detail?: string;
    }
  /** How a repair fares: what is proposed, tried, done. `plan` is the text that a person may read before saying yes. */
  | {
      readonly type: 'repair';
      readonly at: EpochMs;
      readonly app: string;
      readonly phase: 'proposed' | 'starting' | 'applied' | 'verified' | 'failed' | 'undone' | 'left' | 'given-up';
      readonly action: string;
      readonly planId: string;
      readonly cause?: string;
      readonly plan?: string;
      /** Begins by itself in so long (repair: auto). */
      readonly inMs?: Ms;
      readonly error?: string;
    }
  /** The machine itself is in trouble, or no longer: disk, inodes, memory, swap, clock. `key` tells troubles apart (`disk /`). */
  | {
      readonly type: 'host-trouble';
      readonly at: EpochMs;
      readonly key: string;
      readonly on: boolean;
      readonly severity: 'critical' | 'warning';
      readonly reason: Reason;
    }
  | { readonly type: 'vitals'; readonly at: EpochMs; readonly vitals: HostVitals }
  | {
      readonly type: 'order-done';
      readonly at: EpochMs;
      readonly orderId: string;
      readonly outcome: 'done' | 'failed' | 'refused';
      readonly output: string;
    };

/** A closed list of what the brain may ask of an agent; never a command line. */
export type Order =
  | { readonly do: 'repair'; readonly app: string; readonly planId: string }
  | { readonly do: 'leave'; readonly app: string; readonly planId: string }
  | { readonly do: 'undo'; readonly app: string; readonly planId: string }
  | { readonly do: 'recover'; readonly app: string }
  | { readonly do: 'rollback'; readonly app: string; readonly to?: string }
  | { readonly do: 'protect'; readonly app: string; readonly only?: readonly string[]; readonly apply: boolean }
  | { readonly do: 'diagnose'; readonly app: string };

/** An order on its way. */
export interface IssuedOrder {
  readonly id: string;
  readonly at: EpochMs;
  readonly by: { readonly name: string; readonly via: string };
  readonly order: Order;
}

/** A signal with its place in the agent's own sequence: the brain drops what it has seen. */
export interface NumberedSignal {
  readonly seq: number;
  readonly signal: HostSignal;
}

/** What the brain tells the agent to watch: the `apps` of its host, as configured. Secrets stay away. */
export interface HostBriefing {
  /** Changes whenever anything else in it does. */
  readonly revision: string;
  readonly host: string;
  /** The language of plans and outputs, which people read. */
  readonly locale?: Locale;
  readonly pm2Home?: string;
  readonly apps: readonly AppSpec[];
}

/** An app as its agent needs it. */
export interface AppSpec {
  readonly name: string;
  readonly service: string;
  readonly manager: 'pm2' | 'systemd' | 'gate';
  readonly dir?: string;
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: number;
  readonly artifacts: readonly string[];
  readonly repair: 'off' | 'ask' | 'auto';
}

/** The agent's way to the brain: the same within one process (`dozor up`) and over the pinned connection. */
export interface Uplink {
  /**
   * Hands over signals in their order and resolves with the highest sequence number that is durable there, once it is. Rejects when the brain is
   * away: the spool keeps them and tries again.
   */
  hand(batch: readonly NumberedSignal[]): Promise<number>;
  /** Waits for orders and changes of the briefing, as long as the brain lets it; resolves with what there is (perhaps nothing). */
  listen(signal: AbortSignal): Promise<{ readonly orders: readonly IssuedOrder[]; readonly briefing?: HostBriefing }>;
}

/** The language of agent and brain; raised when one would misunderstand the other. */
export const AGENT_PROTOCOL = 1;

/** The header by which an agent proves itself. */
export const AGENT_KEY_HEADER = 'x-dozor-agent';

/** What every question of an agent carries. */
export interface AgentGreeting {
  readonly protocol: number;
  /** The agent's version, for people. */
  readonly version: string;
}

/** What every answer to it carries: the brain's clock, by which the agent sees how wrong its own is. */
export interface BrainMoment {
  readonly now: EpochMs;
}

/** `POST /api/v1/agents/join` with the one-time token of a code; the greeting stands beside it. */
export interface AgentJoining {
  readonly token: string;
}

/** Its answer: the key that lasts, and what to watch. */
export interface AgentJoined extends BrainMoment {
  readonly key: string;
  readonly brain: { readonly name: string };
  readonly briefing: HostBriefing;
}

/** `POST /api/v1/agents/signals`. */
export interface AgentSignals extends AgentGreeting {
  readonly signals: readonly NumberedSignal[];
}

/** Its answer, once they are durable: the highest number of this host that the brain has, which may lie above what was sent. */
export interface AgentAcked extends BrainMoment {
  readonly acked: number;
}

/** `POST /api/v1/agents/orders`: waits up to `waitMs` (≤ 25 s) for news. `briefing` names the one that the agent has (`revision`), if any; the greeting stands beside it. */
export interface AgentListening {
  readonly waitMs: Ms;
  readonly briefing?: string;
}

/** Its answer: orders that are not answered by `order-done` yet may come again; the briefing when it is another one than the agent's. */
export interface AgentNews extends BrainMoment {
  readonly orders: readonly IssuedOrder[];
  readonly briefing?: HostBriefing;
}
