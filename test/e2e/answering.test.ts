import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FakeTelegramMessage } from '../fakes/telegram.ts';
import { openCast, type Cast, type Player } from './cast.ts';
import { openStage, type ApiAnswer } from './harness.ts';

const NAMES = ['tapped', 'muted', 'typed', 'token', 'noted', 'resolved', 'unanswered'];
const BROKEN = { do: 'answer', status: 500 } as const;
const DUTY = { id: 11, first_name: 'Aigerim' };
const STRANGER = { id: 99, first_name: 'Mallory' };

const button = ({ buttons }: FakeTelegramMessage, label: string): string => {
  const found = buttons.find(({ text }) => text === label);
  assert.ok(found?.callback_data !== undefined, `a button ${label}`);
  return found.callback_data;
};

describe('an alert is answered', { concurrency: true }, () => {
  const stage = openStage({ after });
  let cast: Cast;

  before(async () => {
    // Long enough that an answer comes before the sound, short enough to see that the sound stays away.
    cast = await openCast(stage, { names: NAMES, detection: { loudAfter: '4s' } });
    await Promise.all(NAMES.map((name) => player(name).line('up')));
  });

  const player = (name: string): Player => cast.player(name);
  const brain = () => cast.brain();
  const breaks = async (name: string): Promise<FakeTelegramMessage> => {
    player(name).target.becomes(BROKEN);
    return player(name).told('the alert', new RegExp(`${name} is down`));
  };
  const incidentOf = async (name: string): Promise<ApiAnswer['body']> =>
    (await brain().api('GET', `/incidents?service=${name}`)).body.items[0];
  const tap = async (name: string, data: string, user: typeof DUTY): Promise<string> => {
    const query = cast.tg.press(data, user, 2_000 + NAMES.indexOf(name));
    const toast = await brain().next(cast.tg.toasts, `the answer to a tap on ${name}`, (one) => one.queryId === query);
    return toast.text;
  };
  const shownAs = (name: string, { messageId }: FakeTelegramMessage, words: string): Promise<FakeTelegramMessage> =>
    player(name).told(
      `the first message with "${words}"`,
      (one) => one.messageId === messageId && one.text.includes(words),
    );
  let soundOfAnother: Promise<unknown> | undefined;
  /** Another service breaks now and is told of aloud later: what else was to be told aloud has been told by then. Gives what came from now on. */
  const saidFromNowOn = async (name: string): Promise<readonly string[]> => {
    const before = player(name).messages().length;
    soundOfAnother ??= breaks('unanswered').then(() =>
      player('unanswered').told('the sound', ({ silent, method }) => !silent && method === 'sendMessage'),
    );
    await soundOfAnother;
    const all = (await player(name).everything()).slice(before);
    return all.filter(({ method }) => method === 'sendMessage').map(({ text }) => text);
  };

  it('by a tap of somebody who is allowed, once; a stranger is refused', async () => {
    const alert = await breaks('tapped');
    const data = button(alert, 'Acknowledge');
    assert.match(await tap('tapped', data, STRANGER), /You are not among the people .* Your id is 99/);
    assert.equal((await incidentOf('tapped')).acknowledged, undefined);
    assert.equal(await tap('tapped', data, DUTY), 'You have it.');
    const changed = await shownAs('tapped', alert, 'Acknowledged by Aigerim');
    assert.deepEqual(
      changed.buttons.map(({ text }) => text),
      ['Mute 1 h'],
    );
    assert.deepEqual((await incidentOf('tapped')).acknowledged.by, { name: 'Aigerim', via: 'telegram' });
    assert.equal(await tap('tapped', data, DUTY), 'Aigerim has it already.', 'a button is good once');
    assert.match(await tap('tapped', `${data}x`, DUTY), /not known/);
    assert.deepEqual(await saidFromNowOn('tapped'), []);
  });

  it('by a tap on Mute, which keeps it quiet for an hour', async () => {
    const alert = await breaks('muted');
    const before = Date.now();
    assert.equal(await tap('muted', button(alert, 'Mute 1 h'), DUTY), 'Muted for one hour.');
    const { mutedUntil } = await incidentOf('muted');
    assert.ok(Date.parse(mutedUntil) >= before + 3_600_000);
    assert.deepEqual(await saidFromNowOn('muted'), []);
  });

  it('by `dozor incidents ack CODE`', async () => {
    const alert = await breaks('typed');
    const { code } = await incidentOf('typed');
    const said = await brain().dozor('incidents', 'ack', code.toLowerCase());
    assert.equal(said.code, 0, said.error);
    assert.equal(said.out, `${code} (typed): acknowledged.\n`);
    await shownAs('typed', alert, 'Acknowledged by local admin');
    assert.deepEqual(await saidFromNowOn('typed'), []);
  });

  it('through the API with a token of the scope responder; a viewer may not', async () => {
    await breaks('token');
    const secret = async (scope: string): Promise<string> =>
      (await brain().api('POST', '/tokens', { name: `token of a ${scope}`, scope })).body.secret;
    const { id } = await incidentOf('token');
    const refused = await brain().byToken(await secret('viewer'), 'POST', `/incidents/${id}/acknowledge`, {});
    assert.deepEqual([refused.status, refused.body.code], [403, 'FORBIDDEN']);
    const nobody = await brain().byToken('dzr_not_a_token', 'POST', `/incidents/${id}/acknowledge`, {});
    assert.equal(nobody.status, 401);
    const done = await brain().byToken(await secret('responder'), 'POST', `/incidents/${id}/acknowledge`, {});
    assert.equal(done.status, 200);
    assert.deepEqual(done.body.acknowledged.by, { name: 'token of a responder', via: 'api' });
  });

  it('with a note, which stands in its timeline', async () => {
    await breaks('noted');
    const { code } = await incidentOf('noted');
    const said = await brain().dozor('incidents', 'note', code, 'restarted', 'by hand');
    assert.equal(said.code, 0, said.error);
    const shown = await brain().dozor('incidents', 'show', code);
    assert.match(shown.out, /restarted by hand/);
  });

  it('by closing it by hand, which is told where the alert went', async () => {
    const alert = await breaks('resolved');
    const { code } = await incidentOf('resolved');
    const said = await brain().dozor('incidents', 'resolve', code);
    assert.equal(said.code, 0, said.error);
    const end = await player('resolved').told(
      'the end',
      ({ repliesTo, text }) => repliesTo === alert.messageId && text.includes('⚪'),
    );
    assert.match(end.text, /⚪ resolved: incident closed · by: local admin/);
    assert.equal((await incidentOf('resolved')).state, 'closed');
    const again = await brain().dozor('incidents', 'ack', code);
    assert.equal(again.code, 11, 'what is over cannot be acknowledged');
  });
});
