import { z } from 'zod';
import { secret } from '#monitor/fields.ts';
import { secretsInUrl } from '../../refusal.ts';

const address = () => z.url({ protocol: /^https?$/ });

/** The keys of an account with a provider, and of the numbers to reach. */
const shared = {
  /** smsc */
  login: z.string().min(1).optional(),
  password: secret('Password').optional(),
  /** mobizon, or smsc instead of login and password */
  apiKey: secret('API key').optional(),
  /** twilio */
  accountSid: z.string().min(1).optional(),
  token: secret('Auth token').optional(),
  from: z.string().min(1).meta({ title: 'Sender' }).optional(),
  to: z.union([z.string().min(3), z.array(z.string().min(3)).min(1)]).meta({ title: 'Numbers' }),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'must be the two letters of a country, such as KZ')
    .optional(),
  apiRoot: address().optional(),
  /** Asked when `apiRoot` cannot be reached; without `apiRoot` the provider's own standby host is. */
  standbyRoot: address().optional(),
};

/** What an SMS channel is told. */
export const smsConfig = z.object({
  kind: z.literal('sms'),
  provider: z.enum(['smsc', 'mobizon', 'twilio', 'http']),
  ...shared,
  /** http: the gateway's address; `{to}` and `{text}` are filled in, encoded as their place needs. It is all that many gateways ask for. */
  url: address().meta({ title: 'Address', secret: true }).optional(),
  method: z.enum(['GET', 'POST', 'PUT']).optional(),
  headers: z.record(z.string(), z.string().meta({ secret: true })).optional(),
  body: z.string().optional(),
});

/** What a call channel is told. */
export const callConfig = z.object({
  kind: z.literal('call'),
  provider: z.enum(['smsc', 'twilio']),
  ...shared,
  /** The provider's name of a voice: smsc `m`, `w`, …; twilio `Polly.Tatyana`, … */
  voice: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
});

/** An SMS channel's configuration. */
export type SmsConfig = z.output<typeof smsConfig>;
/** A call channel's configuration. */
type CallConfig = z.output<typeof callConfig>;
/** What providers need of either. */
export type PhoneConfig = SmsConfig | CallConfig;

/** All values of a configuration that may never be shown. */
export const secretsOf = (config: PhoneConfig): readonly (string | undefined)[] => [
  config.password,
  config.apiKey,
  config.token,
  ...('headers' in config ? Object.values(config.headers ?? {}) : []),
  ...('url' in config ? secretsInUrl(config.url) : []),
];
