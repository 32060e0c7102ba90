import assert from 'node:assert/strict';
import { startTarget, WELL, type Target } from '../fakes/target.ts';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramMessage } from '../fakes/telegram.ts';
import type { RunningBrain, Stage } from './harness.ts';
import { configuration, service, step, telegram, type Piece } from './settings.ts';

/** A service under watch with a target and a Telegram chat of its own. */
export interface Player {
  readonly name: string;
  readonly target: Target;
  /** What came to its chat, tests of the channel left out. */
  messages(): readonly FakeTelegramMessage[];
  /** Waits for the next message to its chat that fits and that nobody has waited for yet. */
  told(what: string, fits: RegExp | ((one: FakeTelegramMessage) => boolean)): Promise<FakeTelegramMessage>;
  /** Waits for the news that it works again: the first message is changed and answered. */
  recovered(first: FakeTelegramMessage): Promise<void>;
  /** Whatever was to be said to the chat has been said when a test message has come after it; gives what came, without that test. */
  everything(): Promise<readonly FakeTelegramMessage[]>;
  /** Waits for its line in the brain's output: `in doubt`, `up`, `down`. */
  line(verdict: string): Promise<string>;
}

/** Scenarios that run side by side in one brain: each service has a policy, and a chat, of its own. */
export interface Cast {
  readonly tg: FakeTelegram;
  readonly brain: () => RunningBrain;
  player(name: string): Player;
}

/** What a cast is made of. */
export interface CastParts {
  readonly names: readonly string[];
  /** The service of a name; by default one http monitor `health` on its target. */
  readonly serviceOf?: (name: string, url: string) => Piece;
  readonly detection?: Piece;
  readonly more?: Piece;
  /** The policy of a name; by default one step that tells its chat at once. */
  readonly policyOf?: (name: string) => Piece;
}

const isTest = ({ text }: FakeTelegramMessage): boolean => text.includes('Test message from Dozor');

/** The configuration of a cast, to write it anew. */
const castConfiguration = (tg: FakeTelegram, targets: ReadonlyMap<string, Target>, parts: CastParts): Piece => {
  const { names, detection = {}, more = {} } = parts;
  const serviceOf = parts.serviceOf ?? ((name, url) => service(name, url));
  const policyOf = parts.policyOf ?? ((name) => ({ steps: [step('0s', [`tg-${name}`])] }));
  return configuration({
    services: names.map((name) => ({ ...serviceOf(name, targets.get(name)?.url ?? ''), policy: name })),
    channels: names.map((name, place) => telegram(tg, { name: `tg-${name}`, chatId: 2_000 + place })),
    // Scenarios side by side are no storm.
    detection: { storm: { suspects: 1_000 }, ...detection },
    more: { policies: names.map((name) => ({ name, ...policyOf(name) })), ...more },
  });
};

/** Starts a brain with the cast; waits until every named service with a target has been seen well. */
export const openCast = async (stage: Stage, parts: CastParts): Promise<Cast> => {
  const tg = await stage.keep(startFakeTelegram());
  const targets = new Map<string, Target>();
  for (const name of parts.names) targets.set(name, await stage.keep(startTarget()));
  const brain = await stage.brain({ config: castConfiguration(tg, targets, parts) });

  const player = (name: string): Player => {
    const chat = String(2_000 + parts.names.indexOf(name));
    const isMine = (one: FakeTelegramMessage): boolean => one.chatId === chat;
    const messages = (): readonly FakeTelegramMessage[] =>
      tg.messages.items.filter((one) => isMine(one) && !isTest(one));
    const told: Player['told'] = (what, fits) =>
      brain.next(
        tg.messages,
        `${what} of ${name}`,
        (one) => isMine(one) && (fits instanceof RegExp ? fits.test(one.text) : fits(one)),
      );
    return {
      name,
      target: targets.get(name) as Target,
      messages,
      told,
      line: (verdict) => brain.line(new RegExp(`${verdict} +${name} /`)),
      recovered: async ({ messageId }) => {
        const answer = await told(
          'the recovery',
          ({ repliesTo, text }) => repliesTo === messageId && text.includes('🟢'),
        );
        assert.match(
          answer.text,
          new RegExp(`🟢 ${name}( works again|: .* reports again) · .* · (down|degraded|overdue) `),
        );
        const edit = await told(
          'the change of the first message',
          (one) => one.method === 'editMessageText' && one.messageId === messageId && one.text.includes('🟢'),
        );
        assert.equal(edit.buttons.length, 0, 'what is over needs no buttons');
      },
      everything: async () => {
        const answer = await brain.api('POST', `/channels/tg-${name}/test`, {});
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        await told('the test message', isTest);
        return messages();
      },
    };
  };
  return { tg, brain: () => brain, player };
};

/** Behaves badly for so many requests, then well again: the outage's length is counted in checks, not in time. */
export const blip = (target: Target, requests: number): void => {
  target.becomes(WELL);
  target.becomes({ do: 'answer', status: 500 }, requests);
};
