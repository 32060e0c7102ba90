import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Policy } from './model.ts';
import { automaticPolicy, policyFor, unknownChannels } from './policy.ts';

const policy = (name: string): Policy => ({
  id: name,
  name,
  origin: 'file',
  steps: [{ afterMs: 0, notify: ['tg', 'sms'], loud: 'auto' }],
  until: 'acknowledged',
});
const channels = [{ name: 'tg', silentPossible: true }, { name: 'sms', silentPossible: false }, { name: 'mail' }];

describe('the policy of a service', () => {
  it('is the one it names, else default, else an automatic one', () => {
    const policies = [policy('night'), policy('default')];
    assert.equal(policyFor('night', policies, channels).name, 'night');
    assert.equal(policyFor(undefined, policies, channels).name, 'default');
    assert.equal(policyFor('retired', policies, channels).name, 'default');
    assert.equal(policyFor(undefined, [policy('night')], channels).name, 'automatic');
  });

  it('tells silent channels at once and all with sound after 45 s when nobody wrote one', () => {
    const { steps, repeatEveryMs, until } = automaticPolicy(channels);
    assert.deepEqual(
      { steps, repeatEveryMs, until },
      {
        steps: [
          { afterMs: 0, notify: ['tg', 'mail'], loud: 'auto' },
          { afterMs: 45_000, notify: ['tg', 'sms', 'mail'], loud: 'always' },
        ],
        repeatEveryMs: 1_800_000,
        until: 'acknowledged',
      },
    );
  });

  it('has no silent step when no channel can be silent', () => {
    assert.deepEqual(automaticPolicy([{ name: 'sms', silentPossible: false }]).steps, [
      { afterMs: 45_000, notify: ['sms'], loud: 'always' },
    ]);
  });
});

describe('a policy that names a channel nobody has', () => {
  it('says where, and which channels there are', () => {
    assert.deepEqual(unknownChannels(policy('default'), ['tg', 'mail']), [
      {
        path: 'policies.default.steps[0].notify',
        message: 'there is no channel "sms"',
        hint: 'channels are: tg, mail',
      },
    ]);
    assert.deepEqual(unknownChannels(policy('default'), ['tg', 'sms']), []);
  });
});
