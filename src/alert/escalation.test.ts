import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideEscalation, type Escalation, type EscalationEvent } from './escalation.ts';
import type { Policy } from './model.ts';

const rules = { loudAfterMs: 45_000, fallbackMs: 30_000 };
const T = Date.UTC(2026, 0, 10, 3, 3, 33);
const policy: Policy = {
  id: 'p',
  name: 'default',
  origin: 'file',
  steps: [
    { afterMs: 0, notify: ['tg', 'hook'], loud: 'auto' },
    { afterMs: 45_000, notify: ['tg', 'sms'], loud: 'always' },
    { afterMs: 300_000, notify: ['call'], loud: 'always' },
    { afterMs: 900_000, notify: ['mail'], loud: 'always' },
  ],
  repeatEveryMs: 1_800_000,
  until: 'acknowledged',
};

type Told = { at: number; reason: string; step: number; channels: readonly string[]; loud: boolean };

/** Plays events at seconds after the start, giving a tick at every wake in between; every state goes through JSON. */
const play = (
  events: readonly (readonly [number, Partial<EscalationEvent> & { type: EscalationEvent['type'] }])[],
  options: {
    untilS: number;
    policy?: Policy;
    loudAtOnce?: boolean;
    severity?: 'critical' | 'warning';
    mutedUntil?: number;
    withheld?: boolean;
  },
): { told: Told[]; state: Escalation; wake: number | undefined } => {
  const told: Told[] = [];
  let wake: number | undefined;
  let state: Escalation | undefined;
  const step = (event: EscalationEvent): void => {
    const [next, effects] = decideEscalation(state, event, rules);
    state = JSON.parse(JSON.stringify(next)) as Escalation;
    wake = effects.find((effect) => effect.do === 'wake')?.at;
    for (const effect of effects)
      if (effect.do === 'notify') {
        const { do: _do, ...rest } = effect;
        told.push({ at: (event.at - T) / 1000, ...rest });
      }
  };
  step({
    type: 'opened',
    at: T,
    incidentId: 'i',
    policy: options.policy ?? policy,
    loudAtOnce: options.loudAtOnce ?? false,
    severity: options.severity ?? 'critical',
    ...(options.mutedUntil === undefined ? {} : { mutedUntil: options.mutedUntil }),
    ...(options.withheld === undefined ? {} : { withheld: options.withheld }),
  });
  const tickUntil = (at: number): void => {
    while (wake !== undefined && wake < at) step({ type: 'tick', at: wake });
  };
  for (const [second, event] of events) {
    tickUntil(T + second * 1000);
    step({ at: T + second * 1000, ...event } as EscalationEvent);
  }
  tickUntil(T + options.untilS * 1000);
  return { told, state: state as unknown as Escalation, wake };
};

const brief = (told: readonly Told[]): string[] =>
  told.map((one) => `${one.at}s ${one.reason} ${one.channels.join('+')} ${one.loud ? 'loud' : 'silent'}`);

describe('an escalation', () => {
  it('tells silently at once and loudly when it is still down after 45 s, then the later steps and repeats', () => {
    assert.deepEqual(brief(play([], { untilS: 2_800 }).told), [
      '0s step tg+hook silent',
      '45s step tg+sms loud',
      '300s step call loud',
      '900s step mail loud',
      '2700s repeat tg+hook+sms+call+mail loud',
    ]);
  });

  it('merges the steps up to 45 s into one loud message when the cause will not heal by itself', () => {
    assert.deepEqual(brief(play([], { untilS: 100, loudAtOnce: true }).told), ['0s step tg+hook+sms loud']);
  });

  it('goes loud at the moment when the cause becomes lasting', () => {
    assert.deepEqual(brief(play([[5, { type: 'loud-now' }]], { untilS: 100 }).told), [
      '0s step tg+hook silent',
      '5s step tg+sms loud',
    ]);
  });

  it('lets a due step wait while checks succeed again, and fires it when they fail again', () => {
    const told = play(
      [
        [40, { type: 'recovering', on: true }],
        [70, { type: 'recovering', on: false }],
      ],
      { untilS: 100 },
    ).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '70s step tg+sms loud']);
  });

  it('wakes nobody when it recovers while the step is withheld', () => {
    const told = play(
      [
        [40, { type: 'recovering', on: true }],
        [100, { type: 'recovered' }],
      ],
      { untilS: 5_000 },
    ).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent']);
  });

  it('ends steps and repeats when acknowledged', () => {
    const { told, wake } = play([[60, { type: 'acknowledged' }]], { untilS: 10_000 });
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '45s step tg+sms loud']);
    assert.equal(wake, undefined);
  });

  it('goes on with the steps from where it stood when the acknowledgement is taken back', () => {
    const told = play(
      [
        [60, { type: 'acknowledged' }],
        [1_000, { type: 'unacknowledged' }],
      ],
      { untilS: 1_300 },
    ).told;
    assert.deepEqual(brief(told).slice(2), ['1240s step call loud']);
  });

  it('keeps repeating silently after an acknowledgement when the policy says until recovered', () => {
    const told = play([[60, { type: 'acknowledged' }]], {
      untilS: 2_000,
      policy: { ...policy, until: 'recovered' },
    }).told;
    assert.deepEqual(brief(told).slice(2), ['1845s repeat tg+hook+sms silent']);
  });

  it('tells a relapse to everybody who was told that all is well, and goes on from where the steps stood', () => {
    const told = play(
      [
        [60, { type: 'acknowledged' }],
        [120, { type: 'recovered' }],
        [400, { type: 'relapsed' }],
      ],
      { untilS: 700 },
    ).told;
    assert.deepEqual(brief(told).slice(2), ['400s step tg+hook+sms loud', '640s step call loud']);
  });

  it('tells a relapse silently when nobody had been woken before', () => {
    const told = play(
      [
        [20, { type: 'recovered' }],
        [100, { type: 'relapsed' }],
      ],
      { untilS: 130 },
    ).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '100s step tg+hook silent', '125s step tg+sms loud']);
  });

  it('is still during a mute and goes on after it', () => {
    const told = play([[10, { type: 'muted', until: T + 3_610_000 }]], { untilS: 3_700 }).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '3610s repeat tg+hook loud', '3645s step tg+sms loud']);
  });

  it('is still from the start when the service was muted before', () => {
    const told = play([], { untilS: 700, mutedUntil: T + 600_000 }).told;
    assert.deepEqual(brief(told), ['600s step tg+hook silent', '645s step tg+sms loud']);
  });

  it('waits from the start while checks succeed again already, and tells once they fail', () => {
    assert.deepEqual(brief(play([], { untilS: 700, withheld: true }).told), []);
    const failed = play([[20, { type: 'recovering', on: false }]], { untilS: 30, withheld: true }).told;
    assert.deepEqual(brief(failed), ['20s step tg+hook silent']);
  });

  it('turns to the next step early when a channel does not get through, and does not tell it twice', () => {
    const told = play([[1, { type: 'exhausted', channel: 'tg' }]], { untilS: 100 }).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '1s fallback sms loud', '45s step tg loud']);
  });

  it('needs no fallback when a person was reached by another channel', () => {
    const told = play(
      [
        [1, { type: 'accepted', channel: 'tg' }],
        [30, { type: 'exhausted', channel: 'hook' }],
      ],
      { untilS: 40 },
    ).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent']);
  });

  it('turns to the next step when the only channel that accepted could not deliver', () => {
    const told = play(
      [
        [1, { type: 'accepted', channel: 'tg' }],
        [2, { type: 'exhausted', channel: 'hook' }],
        [31, { type: 'exhausted', channel: 'tg' }],
      ],
      { untilS: 40 },
    ).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '31s fallback sms loud']);
  });

  it('makes a sound after 45 s even when the policy has one silent step only', () => {
    const told = play([], {
      untilS: 100,
      policy: { ...policy, steps: [{ afterMs: 0, notify: ['tg'], loud: 'auto' }] },
    }).told;
    assert.deepEqual(brief(told), ['0s step tg silent', '45s step tg loud']);
  });

  it('tells a warning once and silently', () => {
    assert.deepEqual(brief(play([], { untilS: 10_000, severity: 'warning', loudAtOnce: true }).told), [
      '0s step tg+hook silent',
    ]);
  });

  it('tells a warning loudly when the step says always', () => {
    const told = play([], {
      untilS: 100,
      severity: 'warning',
      policy: { ...policy, steps: [{ afterMs: 0, notify: ['tg'], loud: 'always' }] },
    }).told;
    assert.deepEqual(brief(told), ['0s step tg loud']);
  });

  it('begins anew when a warning becomes critical', () => {
    const told = play([[500, { type: 'opened', incidentId: 'i', policy, loudAtOnce: false, severity: 'critical' }]], {
      untilS: 600,
      severity: 'warning',
    }).told;
    assert.deepEqual(brief(told), ['0s step tg+hook silent', '500s step tg+hook silent', '545s step tg+sms loud']);
  });
});
