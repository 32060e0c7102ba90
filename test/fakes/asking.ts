import assert from 'node:assert/strict';
import type { Clock } from '#kernel/clock.ts';
import type { CheckResult } from '#monitor/check.ts';
import type { CheckContext, NameResolver } from '#monitor/kind.ts';
import { kindOf } from '#monitor/kinds/index.ts';
import { createResolver } from '#network/resolver.ts';

/** The machine's clocks, for real sockets. */
const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (span, call) => {
    const timer = setTimeout(call, span);
    return () => clearTimeout(timer);
  },
};

const resolver: NameResolver = createResolver({ clock: realClock });

/** Asks once with a monitor's specification as people write it, the way the engine does. */
export const askOnce = async (
  spec: Readonly<Record<string, unknown>>,
  more: Partial<CheckContext> = {},
): Promise<CheckResult> => {
  const kind = kindOf(String(spec['kind']));
  assert.ok(kind?.check !== undefined, `no active kind ${String(spec['kind'])}`);
  const timeoutMs = more.timeoutMs ?? 5_000;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const config = kind.config.parse(spec) as { readonly kind: string };
  const context = { source: 'full', signal: deadline.signal, timeoutMs, resolver, clock: realClock, ...more } as const;
  try {
    return await kind.check(config, context);
  } finally {
    clearTimeout(timer);
  }
};
