import { defined } from '../kernel/defined.ts';
import type { Json } from '../kernel/json.ts';
import { MINUTE, SECOND, type EpochMs, type Ms } from '../kernel/time.ts';
import type { App } from '../config/contract.ts';
import type { AppVerdict, HostSignal } from '../host/contract.ts';
import type { Actor } from '../incident/incident.ts';
import { calmScene, type Help, type Scene, type Sign } from '../incident/scene.ts';
import { windowsCovering } from '../monitor/maintenance.ts';
import type { Service } from '../monitor/model.ts';
import { appSubject, bracketOf, unknownApp, withFindings, withOne, withVerdict, type AppState } from './app-state.ts';
import type { Core, Turn } from './core.ts';
import type { Incidents } from './incidents.ts';

/** Older bad news than this comes late: the brain was away, and the good one may follow. */
const LATE_MS: Ms = MINUTE;
/** So long it is waited whether it does. */
const HOLD_MS: Ms = 3 * SECOND;
const HELPS: ReadonlySet<string> = new Set(['starting', 'applied', 'verified']);
const CALLS: ReadonlySet<string> = new Set(['failed', 'given-up']);

/** What the agents say of an app. */
export type AppSignal = Extract<HostSignal, { readonly app: string }>;

/** How a sign is told. */
interface Manner {
  /** For the timeline only. */
  readonly quiet?: boolean;
  readonly needsPerson?: boolean;
  readonly help?: Help;
}

/** What the apps need to know of the rest. */
export interface AppsWorld {
  readonly core: Core;
  readonly incidents: Incidents;
  readonly lastChange: (serviceId: string) => { readonly at: EpochMs; readonly what: string } | undefined;
  /** Does nobody look inside its host any more? */
  readonly isBlind: (app: App) => boolean;
  /** Who asked for the repair by this plan, if anybody did. */
  readonly askedBy: (appId: string, planId: string) => Actor | undefined;
  /** What is being done for the app right now. */
  readonly underWay: (appId: string) => Help | undefined;
}

const isHurt = (verdict: AppVerdict): boolean => verdict === 'down' || verdict === 'degraded';

/** Does the incident not know it yet? While something is wrong, another reason is news as well. */
const isNews = ({ told, reason, toldReason }: AppState, wanted: AppVerdict): boolean =>
  wanted !== told || (isHurt(wanted) && JSON.stringify(reason) !== JSON.stringify(toldReason));

/** Every app: what its agent says of it becomes part of its service's incident, as a monitor's verdict does. */
export class Apps {
  readonly #world: AppsWorld;
  readonly #states = new Map<string, AppState>();

  constructor(world: AppsWorld) {
    this.#world = world;
  }

  /** Takes over what a former run knew. */
  restore(states: ReadonlyMap<string, Json>): void {
    for (const app of this.#world.core.registry.apps()) {
      const kept = states.get(appSubject(app.id));
      if (kept === undefined) continue;
      this.#states.set(app.id, kept as unknown as AppState);
      if (this.of(app).late) this.#settleLater(app.id);
    }
  }

  of(app: App): AppState {
    return this.#states.get(app.id) ?? unknownApp(app.id, this.#wall());
  }

  /** What is known on the hosts about the apps of a service. */
  scenesOf(serviceId: string): readonly Scene[] {
    return this.#world.core.registry
      .appsOf(serviceId)
      .map((app) => this.of(app).scene)
      .filter(({ findings, changes, exits }) => findings.length > 0 || changes.length > 0 || exits !== undefined);
  }

  /** Is nobody to hear of it now? */
  inMaintenance(app: App): boolean {
    const { registry } = this.#world.core;
    const service = registry.serviceOf(app);
    return service !== undefined && windowsCovering(registry.maintenance(), service.name, this.#wall()).length > 0;
  }

  /** Takes a signal in; what it leads to is written with the turn. */
  take(turn: Turn, app: App, signal: AppSignal): void {
    switch (signal.type) {
      case 'app-verdict':
        this.#verdict(turn, app, signal);
        return;
      case 'findings':
        this.#keep(turn, app, withFindings(this.of(app), signal));
        this.#tellScene(turn, app, {});
        return;
      case 'process':
      case 'change': {
        const { app: _app, at, ...sign } = signal;
        this.#sign(turn, app, at, { ...sign, appId: app.id }, { quiet: signal.type === 'process' });
        return;
      }
      case 'repair':
        this.#repair(turn, app, signal);
    }
  }

  /** What was ordered helps, or went otherwise: a row of the timeline, and how the recovery is told. */
  ordered(turn: Turn, app: App, sign: Extract<Sign, { type: 'order' }>, help: Help | undefined): void {
    this.#keep(turn, app, withOne(this.of(app), this.#wall(), sign));
    this.#tellScene(turn, app, defined({ help }));
  }

  /** Looks at every app anew: a window began or ended, an agent went or came, the configuration changed. */
  settleAll(turn: Turn): void {
    for (const app of this.#world.core.registry.apps()) this.#settle(turn, app);
  }

  /** The app carries this service no more: nobody will see it recover there. */
  leave(turn: Turn, appId: string, serviceId: string): void {
    this.#world.incidents.feed(turn, serviceId, { type: 'withdrawn', at: this.#wall(), monitorId: appId });
    const app = this.#world.core.registry.apps().find(({ id }) => id === appId);
    if (app !== undefined) this.#keep(turn, app, { ...this.of(app), told: 'pending' });
    else {
      this.#states.delete(appId);
      turn.write({ drop: 'state', subject: appSubject(appId) });
    }
  }

  #verdict(turn: Turn, app: App, signal: Extract<AppSignal, { type: 'app-verdict' }>): void {
    const before = this.of(app);
    const state = withVerdict(before, signal);
    const late = isHurt(signal.to) && !isHurt(before.told) && this.#wall() - signal.at > LATE_MS;
    turn.event('app', { appId: app.id, from: before.verdict, to: signal.to }, this.#about(app));
    if (before.late && signal.to === 'up') {
      this.#unseen(turn, app, before, state);
      return;
    }
    this.#keep(turn, app, { ...state, late });
    if (late) this.#settleLater(app.id);
    else this.#settle(turn, app);
  }

  /** It came and went while nobody was here to hear it. */
  #unseen(turn: Turn, app: App, bad: AppState, state: AppState): void {
    const service = this.#service(app);
    const firstBad = { at: bad.firstBadAt ?? bad.since, ...defined({ reason: bad.reason }) };
    if (service !== undefined && !this.inMaintenance(app))
      this.#world.incidents.feed(turn, service.id, {
        type: 'unseen',
        at: this.#wall(),
        serviceId: service.id,
        monitorId: app.id,
        part: 'app',
        severity: bad.verdict === 'down' ? 'critical' : 'warning',
        firstBad,
        firstGood: { at: state.firstGoodAt ?? state.since },
        fresh: this.#fresh(),
        scenes: [bad.scene],
        signs: state.signs,
        ...defined({
          lastBad: { at: bad.scene.exits?.last.at ?? firstBad.at },
          lastGood: bad.lastGoodAt === undefined ? undefined : { at: bad.lastGoodAt },
        }),
      });
    this.#keep(turn, app, { ...state, told: 'up', late: false, scene: calmScene(state.scene), signs: [] });
  }

  #sign(turn: Turn, app: App, at: EpochMs, sign: Sign, more: Manner): void {
    this.#keep(turn, app, withOne(this.of(app), at, sign));
    this.#tellScene(turn, app, more);
  }

  #repair(turn: Turn, app: App, signal: Extract<AppSignal, { type: 'repair' }>): void {
    const { app: _app, at, ...said } = signal;
    const by = this.#world.askedBy(app.id, signal.planId);
    const help: Help | undefined = HELPS.has(signal.phase)
      ? { at, do: 'repair', action: signal.action, ...defined({ by }) }
      : undefined;
    const sign: Sign = { ...said, appId: app.id, ...defined({ by }) };
    turn.event('repair', { appId: app.id, phase: signal.phase, planId: signal.planId }, this.#about(app));
    this.#sign(turn, app, at, sign, { needsPerson: CALLS.has(signal.phase), ...defined({ help }) });
  }

  /** The service's incident hears what is known now, if there is one; until then the signs wait. */
  #tellScene(turn: Turn, app: App, more: Manner): void {
    const { incidents } = this.#world;
    const service = this.#service(app);
    const state = this.of(app);
    if (service === undefined || state.late || !incidents.isLately(service.id, app.id)) return;
    incidents.feed(turn, service.id, {
      type: 'scene',
      at: this.#wall(),
      scene: state.scene,
      signs: state.signs,
      ...more,
    });
    this.#keep(turn, app, { ...state, signs: [] });
  }

  /** Brings the incident in line with what holds now: the agent's word, unless nobody is to hear of it or nobody looks. */
  #settle(turn: Turn, app: App): void {
    const state = this.of(app);
    const isJudged = !this.inMaintenance(app) && !this.#world.isBlind(app);
    const wanted = isJudged ? state.verdict : 'pending';
    if (state.late || !isNews(state, wanted)) return;
    const { toldReason: _told, ...rest } = state;
    this.#keep(turn, app, { ...rest, told: wanted, ...defined({ toldReason: state.reason }) });
    const service = this.#service(app);
    if (service === undefined || (!isHurt(wanted) && !isHurt(state.told))) return;
    if (wanted !== 'pending') this.#feed(turn, app, service, state);
    else this.#world.incidents.feed(turn, service.id, { type: 'withdrawn', at: this.#wall(), monitorId: app.id });
  }

  #feed(turn: Turn, app: App, service: Service, state: AppState): void {
    const { incidents, lastChange } = this.#world;
    const at = this.#wall();
    const isWell = state.verdict === 'up';
    const help = isWell ? this.#world.underWay(app.id) : undefined;
    if (help !== undefined)
      incidents.feed(turn, service.id, { type: 'scene', at, scene: state.scene, signs: [], help, quiet: true });
    incidents.feed(turn, service.id, {
      type: 'verdict',
      part: 'app',
      at,
      serviceId: service.id,
      monitorId: app.id,
      severity: 'critical',
      from: state.told,
      to: state.verdict,
      bad: 0,
      asked: 0,
      lasting: state.lasting,
      afterDeploy: state.afterDeploy,
      fresh: this.#fresh(),
      scenes: [state.scene],
      signs: state.signs,
      ...defined({ reason: state.reason, lastChange: lastChange(service.id) }),
      ...bracketOf(state, at),
    });
    const now = this.of(app);
    this.#keep(turn, app, { ...now, signs: [], ...(isWell ? { scene: calmScene(now.scene) } : {}) });
  }

  #settleLater(appId: string): void {
    const { core } = this.#world;
    core.deadlines.set(`late ${appId}`, core.clock.now() + HOLD_MS, () => {
      const app = core.registry.apps().find(({ id }) => id === appId);
      if (app === undefined || !this.of(app).late) return;
      const turn = core.turn();
      this.#keep(turn, app, { ...this.of(app), late: false });
      this.#settle(turn, app);
      void turn.commit();
    });
  }

  #keep(turn: Turn, app: App, state: AppState): void {
    this.#states.set(app.id, state);
    turn.write({ put: 'state', subject: appSubject(app.id), state: state as unknown as Json });
  }

  #service(app: App): Service | undefined {
    return this.#world.core.registry.serviceOf(app);
  }

  #about(app: App): { readonly serviceId?: string } {
    return defined({ serviceId: this.#service(app)?.id });
  }

  #fresh(): { readonly id: string; readonly code: string } {
    const { core } = this.#world;
    return { id: core.newId(), code: core.newCode() };
  }

  #wall(): EpochMs {
    const { clock } = this.#world.core;
    return clock.toWall(clock.now());
  }
}
