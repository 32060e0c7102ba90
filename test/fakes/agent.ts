import type { HostSignal, NumberedSignal } from '#host/contract.ts';
import { reason } from '#monitor/reason.ts';
import { staleArtifact } from './host-samples.ts';

type Of<T extends HostSignal['type']> = Extract<HostSignal, { readonly type: T }>;

/** An agent that crashes its app by a stale dist/, in words. */
export const crashed = (at: number, more: Partial<Of<'app-verdict'>> = {}): Of<'app-verdict'> => ({
  type: 'app-verdict',
  at,
  app: 'backend',
  from: 'up',
  to: 'down',
  reason: reason('app.boot-crash', { code: 1 }),
  lastGoodAt: at - 5_000,
  firstBadAt: at - 500,
  lasting: true,
  afterDeploy: false,
  findings: [staleArtifact],
  managerSays: 'online',
  port: { port: 3000, open: false },
  ...more,
});

/** The app is well again. */
export const healed = (at: number, more: Partial<Of<'app-verdict'>> = {}): Of<'app-verdict'> => ({
  type: 'app-verdict',
  at,
  app: 'backend',
  from: 'down',
  to: 'up',
  firstGoodAt: at,
  lasting: false,
  afterDeploy: false,
  findings: [],
  ...more,
});

/** A repair of it. */
export const repaired = (at: number, phase: Of<'repair'>['phase'], more: Partial<Of<'repair'>> = {}): Of<'repair'> => ({
  type: 'repair',
  at,
  app: 'backend',
  phase,
  action: 'stale-artifacts',
  planId: 'plan-1',
  ...more,
});

/** Numbers signals as a spool does. */
export const numbered = (from: number, ...signals: readonly HostSignal[]): readonly NumberedSignal[] =>
  signals.map((signal, index) => ({ seq: from + index, signal }));
