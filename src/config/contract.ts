import type { FaultPlace } from '../kernel/fault.ts';
import type { Json } from '../kernel/json.ts';
import type { Locale } from '../kernel/locale.ts';
import type { EpochMs, Ms } from '../kernel/time.ts';
import type { Channel, Contact, Policy } from '../alert/model.ts';
import type { MaintenanceWindow, Monitor, Origin, Service } from '../monitor/model.ts';
import type { DetectionRules } from '../monitor/rules.ts';
import type { Resource, ResourceKind } from '../store/contract.ts';
import type { WitnessRules } from './witness-rules.ts';

/** One thing that a file (or the command line) defines, not yet merged with what the store knows. */
export interface Definition {
  readonly kind: ResourceKind;
  /** Name of the service (for monitors) or contact (for channels) it belongs to. */
  readonly parent?: string;
  readonly name: string;
  readonly key?: string;
  /** As written: `${…}` references stand unresolved. */
  readonly spec: Json;
  readonly position: number;
  /** Added by Dozor itself; steps back when another origin holds the name. */
  readonly implicit?: boolean;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/** An outside watcher of this brain: a witness that joined, or a dead-man's URL that is pinged. */
export interface Watcher {
  readonly id: string;
  readonly name: string;
  readonly kind: 'witness' | 'deadman';
  readonly url?: string;
  readonly everyMs: Ms;
}

/** A machine whose processes an agent sees. */
export interface Host {
  readonly id: string;
  readonly name: string;
  readonly origin: Origin;
  /** The machine that the brain itself runs on. */
  readonly local: boolean;
  /** `user@host` */
  readonly ssh?: string;
  readonly pm2Home?: string;
}

/** A program on a host; part of its service's incidents, as a monitor is. */
export interface App {
  readonly id: string;
  readonly name: string;
  readonly origin: Origin;
  /** The service's name; the one called like the app, or the only one, when absent. */
  readonly service?: string;
  /** The host's name; the only one, or the only local one, when absent. */
  readonly host?: string;
  readonly manager: 'pm2' | 'systemd' | 'gate';
  readonly dir?: string;
  readonly ecosystem?: string;
  readonly envFile?: string;
  readonly health?: string;
  readonly port?: number;
  readonly artifacts: readonly string[];
  readonly repair: 'off' | 'ask' | 'auto';
}

/** What the whole program is told, besides the things it watches. */
export interface Settings {
  readonly locale: Locale;
  readonly timezone: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Links in alerts point here; derived from `listen` when absent. */
  readonly publicUrl?: string;
  readonly network: {
    /** Controls beyond the gateway as `host:port`; the docs name the defaults. */
    readonly controls: readonly string[];
    readonly resolvers: readonly string[];
    /** Targets made through API or screens may be private. */
    readonly allowPrivate: boolean;
  };
  readonly detection: DetectionRules;
  /** How patient this machine is as a witness of another one's brain; the defaults when absent. */
  readonly witness?: WitnessRules;
  readonly retention: { readonly checksMs: Ms; readonly minutesMs: Ms; readonly hoursMs: Ms };
  /** The most that Dozor's own data may take, and what must stay free on the disk. */
  readonly storage: { readonly quotaBytes: number; readonly keepFreeBytes: number };
}

/** A configuration that was read and found right as a whole. */
export interface LoadedConfig {
  readonly settings: Settings;
  readonly definitions: readonly Definition[];
  /** Keys that are valid but not acted on yet, for the one line that says so. */
  readonly notActedOn: readonly string[];
  readonly warnings: readonly FaultPlace[];
  /** Files that were read (the configuration and `${file:…}`), to be watched for changes. */
  readonly files: readonly string[];
}

/** Where `${NAME}` and `${file:/path}` are looked up; passed in so that tests own it. */
export interface SecretSource {
  env(name: string): string | undefined;
  /** The file's text without its last line break, or undefined when it cannot be read. */
  file(path: string): string | undefined;
}

/** A resource turned into what the engine works with. */
export type Compiled =
  | { readonly kind: 'service'; readonly value: Service }
  | { readonly kind: 'monitor'; readonly value: Monitor }
  | { readonly kind: 'contact'; readonly value: Contact }
  | { readonly kind: 'channel'; readonly value: Channel }
  | { readonly kind: 'policy'; readonly value: Policy }
  | { readonly kind: 'watcher'; readonly value: Watcher }
  | { readonly kind: 'maintenance'; readonly value: MaintenanceWindow }
  | { readonly kind: 'host'; readonly value: Host }
  | { readonly kind: 'app'; readonly value: App };

/** `config/load.ts` exports `loadConfig: LoadConfig`. @throws Fault CONFIG_UNREADABLE or CONFIG_INVALID with every place that is wrong. */
export type LoadConfig = (file: string, secrets: SecretSource) => Promise<LoadedConfig>;

/** `config/compile.ts` exports `compile: Compile`. @throws Fault CONFIG_INVALID (from a file) or INPUT_INVALID (through the API) with places. */
export type Compile = (resource: Resource, secrets: SecretSource) => Compiled;

/** One line of the diff that is printed when the file is reloaded. */
export interface ConfigChange {
  readonly change: 'added' | 'changed' | 'retired' | 'renamed';
  readonly kind: ResourceKind | 'setting';
  readonly name: string;
  readonly parent?: string;
  /** `every: 2m → 1m`, one a key; secrets masked. */
  readonly details: readonly string[];
}

/**
 * `config/merge.ts` exports `merge: Merge`: what the store has of an origin against what is defined now. Identity is `key`, else the name within
 * its parent. A name that another origin holds is a clash: Fault CONFIG_CLASH naming both.
 */
export type Merge = (
  existing: readonly Resource[],
  definitions: readonly Definition[],
  origin: 'file' | 'cli',
  make: { readonly id: () => string; readonly num: () => number; readonly now: EpochMs },
) => {
  /** What is to be written: new, changed and newly retired resources; what stays as it is, is not among them. */
  readonly resources: readonly Resource[];
  readonly changes: readonly ConfigChange[];
  /** By resource id, where each of the definitions stands now. */
  readonly places: ReadonlyMap<string, { readonly file: string; readonly line: number; readonly column: number }>;
};
