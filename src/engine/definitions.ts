import { defined } from '../kernel/defined.ts';
import { Fault } from '../kernel/fault.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Compiled, ConfigChange, Definition, LoadedConfig, Settings } from '../config/contract.ts';
import { definitionsFromUrls } from '../config/cli-urls.ts';
import { compile } from '../config/compile.ts';
import { defaultConfig } from '../config/defaults.ts';
import { loadConfig } from '../config/load.ts';
import { merge } from '../config/merge.ts';
import type { SecretSource } from '../config/contract.ts';
import type { Resource } from '../store/contract.ts';
import type { Place } from './registry.ts';

/** What changed by a (re)load, ready to be committed and applied. */
export interface Loaded {
  readonly config: LoadedConfig;
  readonly resources: readonly Resource[];
  readonly changes: readonly ConfigChange[];
  /** Where the file defines them, by id. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A resource with what it compiled to; without it when it is retired. */
export interface Applied {
  readonly resource: Resource;
  readonly compiled?: Compiled;
}

/** Reads the file (or the defaults and the command line's URLs) and merges it with what the store knows. */
export class Definitions {
  readonly #secrets: SecretSource;
  readonly #file: string | undefined;
  readonly #urls: readonly string[];
  readonly #newId: () => string;
  readonly #now: () => EpochMs;
  #nextNum = 1;

  constructor(parts: {
    readonly secrets: SecretSource;
    readonly file: string | undefined;
    readonly urls: readonly string[];
    readonly newId: () => string;
    readonly now: () => EpochMs;
  }) {
    this.#secrets = parts.secrets;
    this.#file = parts.file;
    this.#urls = parts.urls;
    this.#newId = parts.newId;
    this.#now = parts.now;
  }

  get file(): string | undefined {
    return this.#file;
  }

  /** Numbers already given must not be given again. */
  knows(resources: readonly Resource[]): void {
    for (const { num } of resources) this.#nextNum = Math.max(this.#nextNum, num + 1);
  }

  nextNum(): number {
    const num = this.#nextNum;
    this.#nextNum += 1;
    return num;
  }

  /** Settings alone, before the store can be opened. @throws Fault CONFIG_UNREADABLE, CONFIG_INVALID */
  async read(): Promise<LoadedConfig> {
    if (this.#file !== undefined) return loadConfig(this.#file, this.#secrets);
    return defaultConfig(this.#secrets, definitionsFromUrls(this.#urls));
  }

  /** Merges what was read with `existing`; URLs on the command line are an origin of their own. @throws Fault CONFIG_CLASH */
  merge(config: LoadedConfig, existing: readonly Resource[]): Loaded {
    const make = { id: this.#newId, num: () => this.nextNum(), now: this.#now() };
    const hasFile = this.#file !== undefined;
    const named = hasFile ? definitionsFromUrls(this.#urls) : [...this.#kept(existing), ...config.definitions];
    const first = merge(existing, hasFile ? named : [], hasFile ? 'cli' : 'file', make);
    const between = after(existing, first.resources);
    const second = merge(between, hasFile ? config.definitions : named, hasFile ? 'file' : 'cli', make);
    const now = after(between, second.resources);
    return {
      config,
      resources: [...first.resources, ...second.resources, ...orphansIn(now, this.#now())],
      changes: [...first.changes, ...second.changes],
      places: new Map([...first.places, ...second.places]),
    };
  }

  /** Without URLs and without a file, what an earlier command line named stays under watch. */
  #kept(existing: readonly Resource[]): readonly Definition[] {
    if (this.#urls.length > 0) return [];
    const names = new Map(existing.map(({ id, name }) => [id, name]));
    return existing
      .filter(
        ({ origin, kind, retiredAt }) =>
          origin === 'cli' && retiredAt === undefined && (kind === 'service' || kind === 'monitor'),
      )
      .map(({ kind, parentId, name, key, spec, position }) => ({
        kind,
        name,
        spec,
        position,
        ...defined({ key, parent: parentId === undefined ? undefined : names.get(parentId) }),
      }));
  }

  /** Compiles one resource. @throws Fault CONFIG_INVALID or INPUT_INVALID with places. */
  compile(resource: Resource): Applied {
    if (resource.retiredAt !== undefined) return { resource };
    return { resource, compiled: compile(resource, this.#secrets) };
  }

  /** Everything that lives, compiled; a stored object that cannot be compiled any more is left out and named. */
  compileAll(resources: readonly Resource[], onBroken: (resource: Resource, fault: Fault) => void): readonly Applied[] {
    return resources.map((resource) => {
      try {
        return this.compile(resource);
      } catch (error) {
        if (!(error instanceof Fault) || resource.origin !== 'stored') throw error;
        onBroken(resource, error);
        return { resource };
      }
    });
  }
}

/** What `existing` is once the changed ones are put in place. */
export const after = (existing: readonly Resource[], changed: readonly Resource[]): readonly Resource[] => {
  const byId = new Map(existing.map((resource) => [resource.id, resource]));
  for (const resource of changed) byId.set(resource.id, resource);
  return [...byId.values()];
};

/** What belongs to something that is no more retires with it, whoever made it. */
const orphansIn = (resources: readonly Resource[], retiredAt: EpochMs): readonly Resource[] => {
  const gone = new Set(resources.filter((one) => one.retiredAt !== undefined).map(({ id }) => id));
  return resources
    .filter((one) => one.retiredAt === undefined && one.parentId !== undefined && gone.has(one.parentId))
    .map((one) => ({ ...one, retiredAt }));
};

/** The settings that only a restart can change, for a sentence that says so. */
export const needsRestart = (before: Settings, now: Settings): readonly string[] => [
  ...(before.listen.host !== now.listen.host || before.listen.port !== now.listen.port ? ['listen'] : []),
  ...(JSON.stringify(before.storage) === JSON.stringify(now.storage) ? [] : ['storage']),
  ...(JSON.stringify(before.retention) === JSON.stringify(now.retention) ? [] : ['retention']),
  ...(JSON.stringify(before.network.resolvers) === JSON.stringify(now.network.resolvers) ? [] : ['network.resolvers']),
];
