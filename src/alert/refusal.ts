import type { Ms } from '../kernel/time.ts';
import type { DeliveryError } from './channel.ts';

/** What a network failure looks like to a channel. */
export interface Trouble {
  readonly kind: 'bad-url' | 'network' | 'proxy' | 'timeout';
  readonly message: string;
  readonly written: boolean;
}

/** A refusal that trying again cannot change. */
export const permanent = (message: string): DeliveryError => ({ permanent: true, message });

/** A failure that may pass by itself. */
export const passing = (message: string, more: Omit<DeliveryError, 'permanent' | 'message'> = {}): DeliveryError => ({
  permanent: false,
  message,
  ...more,
});

/** The provider never answered; when the request had left, the message may have arrived. */
export const unanswered = (provider: string, trouble: Trouble): DeliveryError =>
  trouble.kind === 'bad-url'
    ? permanent(`${provider}: ${trouble.message}`)
    : passing(`${provider} does not answer: ${trouble.message}`, trouble.written ? { perhapsSent: true } : {});

const MAY_PASS = new Set([408, 421, 423, 425, 429]);

/** The provider answered with a status that is no success: 4xx and redirects are permanent, 408, 425, 429 and 5xx may pass. */
export const refusedWith = (provider: string, status: number, detail: string, retryAfterMs?: Ms): DeliveryError => {
  const message = `${provider} answered ${status}${detail === '' ? '' : `: ${detail.slice(0, 300)}`}`;
  if (status >= 500 || MAY_PASS.has(status))
    return passing(message, retryAfterMs === undefined ? {} : { retryAfterMs });
  if (status >= 300 && status < 400) return permanent(`${message} (redirects are not followed: set the final address)`);
  return permanent(message);
};

/** A text without the secrets, in whatever way they were written into it: plain, for URLs, for basic authorisation. */
export const withoutSecrets = (text: string, secrets: readonly (string | undefined)[]): string => {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 3);
  const forms = known.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return forms
    .toSorted((one, other) => other.length - one.length)
    .reduce((hidden, form) => hidden.replaceAll(form, '•••'), text);
};

/** What an address may hold in secret: user, password, query values, parts of the path that look like a key. A server may echo them. */
export const secretsInUrl = (address: string | undefined): readonly string[] => {
  if (address === undefined || !URL.canParse(address)) return [];
  const { username, password, searchParams, pathname } = new URL(address);
  const parts = pathname.split('/').filter((part) => part.length >= 8 && /\d/.test(part));
  return [username, password, ...searchParams.values(), ...parts];
};

/** The same error with its message freed of secrets. */
export const redacted = (error: DeliveryError, secrets: readonly (string | undefined)[]): DeliveryError => ({
  ...error,
  message: withoutSecrets(error.message, secrets),
});
