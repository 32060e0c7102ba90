import type { Json } from './json.ts';

/** What stands in the place of a secret. */
export const MASK = '•••';

/** Words in a name that make its value a secret: `DB_PASSWORD`, `client_secret`, `x-api-key`. */
const SECRET_WORD =
  'passw(?:or)?d|passwd|passphrase|pwd|psw|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|signing[_-]?key|credential';

/**
 * Every kind of secret, most telling first. Each expression keeps what stands in its first group and, in named group `end`, what follows; all
 * repetitions are bounded, so that no text makes it slow.
 */
const PATTERNS: readonly RegExp[] = [
  // A private key in PEM, whole or cut off.
  /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[\s\S]{1,20000}?(?<end>-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  // Credentials in a connection string; also the secret of an old Sentry DSN. The last @ before the path ends them.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/(?:[^\s/?#@:"'<>]{0,200}:))[^\s/?#"'<>]{1,500}(?<end>@)/gi,
  // A token alone in front of the host.
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#@:"'<>]{20,500}(?<end>@)/gi,
  // A Telegram bot token (core.telegram.org/bots/api#authorizing-your-bot), alone or in an address after `bot`.
  /()(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,64}(?<end>)/g,
  // A JSON Web Token.
  /()\beyJ[A-Za-z0-9_-]{5,4000}\.[A-Za-z0-9_-]{5,4000}(?:\.[A-Za-z0-9_-]{0,4000})?(?<end>)/g,
  // Tokens that show by their beginning what they are: AWS, GitHub, GitLab, Slack, Stripe, OpenAI, Google, npm, SendGrid.
  /()\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{30,255}|glpat-[\w-]{20,255}|xox[abeoprs]-[\w-]{10,255}|[rs]k_(?:live|test)_\w{16,255}|sk-[\w-]{20,255}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|SG\.[\w-]{16,64}\.[\w-]{16,64})(?<end>)/g,
  // HTTP credentials, as a header or in passing.
  /(\b(?:proxy-)?authorization["']?\s{0,5}[:=]\s{0,5}["']?(?:(?:bearer|basic|digest|token|negotiate)\s{1,5})?)(?!(?:bearer|basic|digest|token|negotiate)\s)[^\s"',;]{1,4000}(?<end>)/gi,
  /(\b(?:bearer|basic)\s{1,5})(?=[^\s"',;]{0,200}[\d=])[A-Za-z0-9._~+/=-]{8,4000}(?<end>)/gi,
  /(\b(?:set-)?cookie["']?\s{0,5}:\s{0,5})[^\r\n]{1,4000}(?<end>)/gi,
  // name=value and name: value, quoted or not. A parser's "unexpected token: x" is none.
  new RegExp(
    `((?<!unexpected |invalid )\\b[\\w.-]{0,40}(?:${SECRET_WORD})[\\w-]{0,20}["']?\\s{0,5}[:=]\\s{0,5})(?:"[^"\\r\\n]{1,500}"?|'[^'\\r\\n]{1,500}'?|[^\\s,;&"'<>{}[\\]]{1,500})(?<end>)`,
    'gi',
  ),
  // Keys and signatures in an address.
  /([?&](?:key|sig|signature|auth|code|sid)=)[^\s&#"'<>]{1,500}(?<end>)/gi,
];

/**
 * The text without the secrets that can be recognised by their shape: credentials in connection strings, bot tokens, bearer tokens, AWS keys, JWT,
 * `password=…` and its sisters, private keys. A text without any comes back unchanged; redacting twice changes nothing more.
 */
export const redact = (text: string): string => {
  let clean = text;
  for (const pattern of PATTERNS) clean = clean.replaceAll(pattern, `$1${MASK}$<end>`);
  return clean;
};

const SECRET_NAME = new RegExp(`^[\\w.-]{0,40}(?:${SECRET_WORD})[\\w-]{0,20}$`, 'i');

/** The same for any JSON: all texts are redacted, and what stands under a name such as `password` is masked whole. */
export const redactJson = <Value extends Json>(value: Value): Value => redactAny(value) as Value;

const redactAny = (value: Json): Json => {
  if (typeof value === 'string') return redact(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one: Json) => redactAny(one));
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Json>>).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) && inner !== null && inner !== '' && typeof inner !== 'object' ? MASK : redactAny(inner),
    ]),
  );
};
