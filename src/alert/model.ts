import type { Locale } from '../kernel/locale.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Help, Scene } from '../incident/scene.ts';
import type { Origin, Severity } from '../monitor/model.ts';
import type { Reason } from '../monitor/reason.ts';

/** A person (or a team's room) with channels. */
export interface Contact {
  readonly id: string;
  readonly name: string;
  readonly origin: Origin;
  readonly locale?: Locale;
  readonly timezone?: string;
  /** From and to as minutes of the day in the contact's zone; alerts below the severity wait for its end. */
  readonly quiet?: { readonly fromMinute: number; readonly toMinute: number; readonly below: Severity };
}

/** A way to a person. Names are unique. */
export interface Channel {
  readonly id: string;
  readonly contactId: string;
  readonly name: string;
  readonly kind: string;
  readonly origin: Origin;
  readonly cap?: { readonly perDay?: number; readonly costPerDay?: number };
  /** The kind's own configuration, validated; secrets resolved. */
  readonly config: { readonly kind: string };
}

/** One step of a policy. `loud`: auto = silent unless the cause will not heal by itself. */
export interface PolicyStep {
  readonly afterMs: Ms;
  /** Channel names. */
  readonly notify: readonly string[];
  readonly loud: 'auto' | 'always' | 'never';
}

/** Who is told, when, until somebody answers. */
export interface Policy {
  readonly id: string;
  readonly name: string;
  readonly origin: Origin;
  readonly steps: readonly PolicyStep[];
  readonly repeatEveryMs?: Ms;
  readonly until: 'acknowledged' | 'recovered';
}

/** What an alert is about. */
export type AlertKind =
  | 'down'
  | 'degraded'
  | 'update'
  | 'recovered'
  | 'unseen'
  | 'storm'
  | 'blind'
  | 'unwatched'
  | 'gap'
  | 'test'
  | 'reminder'
  | 'digest';

/** What must reach a person. The facts are data; the words are made at sending time, in the reader's language and zone. */
export interface Alert {
  readonly id: string;
  readonly incidentId?: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** The incident's transition it tells of; with the incident's id and the channel it makes the dedup key. */
  readonly transition: number;
  readonly createdAt: EpochMs;
  readonly facts: AlertFacts;
}

/** One thing that a person may do from a message. */
export type ButtonAction = 'acknowledge' | 'mute' | 'details' | 'repair' | 'leave';

/** What an agent knows of an app, as a message tells it. */
export interface SceneFacts extends Omit<Scene, 'appId'> {
  readonly app: string;
  readonly appId: string;
  readonly manager: 'pm2' | 'systemd' | 'gate';
}

/** What a message says, before it is put into words (examples/messages.md). */
export interface AlertFacts {
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly incidentId?: string;
  readonly code?: string;
  /** The service's name; for a storm the host's. */
  readonly service?: string;
  readonly startFrom?: EpochMs;
  readonly startTo?: EpochMs;
  readonly detectedAt?: EpochMs;
  readonly endFrom?: EpochMs;
  readonly endTo?: EpochMs;
  /** What failed, first the gravest. */
  readonly failures: readonly {
    readonly monitor: string;
    /** It is an app's, or a host's trouble; absent: a monitor's. */
    readonly part?: 'app' | 'host';
    /** `GET api.onai.example/health` */
    readonly label: string;
    readonly reason?: Reason;
    readonly bad: number;
    readonly asked: number;
    readonly lastAt?: EpochMs;
  }[];
  readonly controls?: { readonly ok: number; readonly total: number };
  readonly lastChange?: { readonly at: EpochMs; readonly what: string };
  /** What the agents know of the service's apps, first those in trouble. */
  readonly scenes?: readonly SceneFacts[];
  /** How it came back, when somebody or something helped. */
  readonly help?: Help;
  /** Nobody looks inside its host since then. */
  readonly silentAgent?: { readonly host: string; readonly since: EpochMs };
  /** It is a host's own incident. */
  readonly isHost?: boolean;
  /** For storms: names of the services, and out of how many. */
  readonly services?: readonly string[];
  readonly of?: number;
  /** For blind spans and gaps. */
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly cause?: Reason;
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: EpochMs;
  readonly recoveredBy?: string;
  readonly flapping?: boolean;
  readonly reminder?: number;
  /** For digests: what happened to whom, newest last. */
  readonly digest?: readonly {
    readonly kind: AlertKind;
    readonly service: string;
    readonly incidentId?: string;
    readonly code?: string;
    readonly startTo?: EpochMs;
    readonly endTo?: EpochMs;
  }[];
  /** Second line when it is told from memory. */
  readonly storeFailed?: string;
  /** Free text for `test`, `unwatched`, witness messages: already in the reader's words by key. */
  readonly textKey?: string;
  readonly textParams?: Readonly<Record<string, string | number>>;
}

/** A delivery: one alert to one channel. A row of the outbox. */
export interface Delivery {
  readonly id: string;
  readonly alertId: string;
  readonly incidentId?: string;
  readonly channelId: string;
  /** incident id + transition + step + channel: what the far side can drop doubles by. */
  readonly dedupKey: string;
  readonly loud: boolean;
  readonly status: 'waiting' | 'sending' | 'accepted' | 'failed' | 'dropped' | 'merged';
  /** When the next try is due. */
  readonly dueAt: EpochMs;
  readonly createdAt: EpochMs;
  readonly attempts: number;
  /** When it was first handed to the channel. */
  readonly firstTriedAt?: EpochMs;
  /** When the conversation was told that this channel does not get through. */
  readonly exhaustedAt?: EpochMs;
  readonly claimedAt?: EpochMs;
  readonly acceptedAt?: EpochMs;
  readonly error?: string;
  /** What the provider calls it: to edit the message, to ask for its receipt. */
  readonly providerRef?: string;
  readonly receipt?: 'pending' | 'delivered' | 'undelivered';
  /** `edit` changes the message that was sent under this reference before. */
  readonly edits?: string;
  /** How many messages or calls it was charged as, and for how much: for caps. 1 and 0 when absent. */
  readonly parts?: number;
  readonly cost?: number;
}
