/** A piece of a configuration, as it is written in the file. */
export type Piece = Readonly<Record<string, unknown>>;

/** Thresholds of detection with which a whole outage takes seconds. Their proportions are those of the defaults. */
export const FAST: Piece = {
  minSpan: '600ms',
  deploySpan: '6s',
  deployGrace: '10s',
  recheck: '120ms',
  downEvery: '200ms',
  stable: '800ms',
  stableMax: '8s',
  blindExit: '1s',
  poorAfterBlind: '2s',
  controlEvery: '500ms',
  loudAfter: '1500ms',
  relapse: '20s',
  // Off unless a test is about it: on a busy machine single re-checks come so far apart that each counts as an episode.
  partial: { episodeGap: '500ms', quiet: '3s', minEpisodes: 1_000 },
  slow: { minSpan: '1s' },
  storm: { hold: '700ms', window: '10s' },
};

/** The own network's controls: a refusal on loopback is an answer, so nothing leaves the machine. */
export const LOOPBACK_CONTROLS: Piece = { controls: ['127.0.0.1:1'] };

/** A monitor that asks a URL every 300 ms, and waits long enough for an answer that a busy machine is no outage. */
export const http = (name: string, url: string, more: Piece = {}): Piece => ({
  name,
  kind: 'http',
  url,
  every: '300ms',
  timeout: '3s',
  ...more,
});

/** A service with one monitor `health`, or with the monitors that are named. */
export const service = (name: string, of: string | readonly Piece[], more: Piece = {}): Piece => ({
  name,
  monitors: typeof of === 'string' ? [http('health', of)] : of,
  ...more,
});

/** The channel `tg` at a fake Telegram: chat 1000, in which user 11 may press buttons. */
export const telegram = (fake: { readonly url: string; readonly token: string }, more: Piece = {}): Piece => ({
  name: 'tg',
  kind: 'telegram',
  botToken: fake.token,
  chatId: 1000,
  allow: [11],
  apiRoot: fake.url,
  ...more,
});

/** The channel `sms` at a fake SMSC. */
export const sms = (fake: { readonly url: string }, more: Piece = {}): Piece => ({
  name: 'sms',
  kind: 'sms',
  provider: 'smsc',
  login: 'onai',
  password: 'smsc-password',
  to: '8 701 123 45 67',
  country: 'KZ',
  apiRoot: fake.url,
  ...more,
});

/** A webhook channel. */
export const hook = (name: string, url: string, more: Piece = {}): Piece => ({ name, kind: 'webhook', url, ...more });

/** One step of a policy. */
export const step = (after: string, notify: readonly string[], more: Piece = {}): Piece => ({ after, notify, ...more });

/** What a configuration is made of. */
export interface Parts {
  readonly services?: readonly Piece[];
  /** Channels of the only contact, `duty`. */
  readonly channels?: readonly Piece[];
  /** The steps of the policy `default`; by default one that tells all channels at once. */
  readonly steps?: readonly Piece[];
  /** More of the policy `default`. */
  readonly policy?: Piece;
  /** More of the contact `duty`. */
  readonly contact?: Piece;
  /** Thresholds that differ from `FAST`. */
  readonly detection?: Piece;
  /** Other keys of the file. */
  readonly more?: Piece;
}

const merged = (first: Piece, second: Piece): Piece =>
  Object.fromEntries(
    [...new Set([...Object.keys(first), ...Object.keys(second)])].map((key) => {
      const [before, after] = [first[key], second[key]];
      const both = typeof before === 'object' && typeof after === 'object' && !Array.isArray(after);
      return [key, both ? merged(before as Piece, after as Piece) : key in second ? after : before];
    }),
  );

/** A whole configuration: fast, in English and UTC, with nothing that leaves the machine. */
export const configuration = (parts: Parts): Piece => {
  const { services = [], channels = [], contact = {}, policy = {}, detection = {}, more = {} } = parts;
  const names = channels.map((channel) => String(channel['name']));
  const steps = parts.steps ?? [step('0s', names)];
  return merged(
    {
      locale: 'en',
      timezone: 'UTC',
      network: LOOPBACK_CONTROLS,
      detection: merged(FAST, detection),
      services,
      ...(channels.length === 0
        ? {}
        : { contacts: [{ name: 'duty', channels, ...contact }], policies: [{ name: 'default', steps, ...policy }] }),
    },
    more,
  );
};
