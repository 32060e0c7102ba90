import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { err, ok, type Result } from '#kernel/result.ts';
import { SECOND } from '#kernel/time.ts';
import { defineChannel, type Accepted, type ChannelContext, type DeliveryError, type Message } from '../channel.ts';
import { passing, permanent, redacted } from '../refusal.ts';
import { htmlBody, textBody } from './email/body.ts';

const SMTP_URL = /^smtps?:\/\/./;

const config = z.object({
  kind: z.literal('email'),
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; `?requireTLS=false` allows a password in clear. */
  smtp: z.string().regex(SMTP_URL, 'must be smtp://… or smtps://…').meta({ title: 'SMTP server', secret: true }),
  from: z.string().min(3).meta({ title: 'From' }),
  to: z.union([z.string().min(3), z.array(z.string().min(3)).min(1)]).meta({ title: 'To' }),
  /** Another SMTP server instead of that of `smtp`, whose user and password are kept. */
  apiRoot: z.string().regex(SMTP_URL, 'must be smtp://… or smtps://…').optional(),
});
type Config = z.output<typeof config>;

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(host);

const serverOf = (settings: Config) => {
  const own = new URL(settings.smtp);
  const url = settings.apiRoot === undefined ? own : new URL(settings.apiRoot);
  const user = decodeURIComponent(url.username || own.username);
  const pass = decodeURIComponent(url.password || own.password);
  const secure = url.protocol === 'smtps:';
  const port = Number(url.port) || (secure ? 465 : 587);
  const clearAllowed = user === '' || isLoopback(url.hostname) || own.searchParams.get('requireTLS') === 'false';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    secure: secure || port === 465,
    requireTLS: !clearAllowed,
    ...(user === '' ? {} : { auth: { user, pass } }),
    connectionTimeout: 9 * SECOND,
    greetingTimeout: 9 * SECOND,
    socketTimeout: 20 * SECOND,
  };
};

const addressIn = (mailbox: string): string => /<([^<>]+)>/.exec(mailbox)?.[1] ?? mailbox.trim();

const idOf = (name: string, settings: Config): string => {
  const domain = addressIn(settings.from).split('@')[1] ?? 'dozor.invalid';
  return `<dozor.${createHash('sha256').update(name).digest('hex').slice(0, 32)}@${domain}>`;
};

const mailOf = (settings: Config, message: Message) => {
  // all mails of an incident refer to one id, so that readers show them as one conversation
  const thread = message.incidentId === undefined ? undefined : idOf(`incident ${message.incidentId}`, settings);
  return {
    from: settings.from,
    to: typeof settings.to === 'string' ? settings.to : [...settings.to],
    subject: message.title,
    text: textBody(message),
    html: htmlBody(message),
    messageId: idOf(message.dedupKey, settings),
    ...(thread === undefined ? {} : { inReplyTo: thread, references: thread }),
    ...(message.loud ? { priority: 'high' as const } : {}),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
};

/** What nodemailer puts on its errors (nodemailer.com/errors): the step that failed and the server's reply. */
interface MailFailure {
  readonly code: string;
  readonly reply?: number;
  readonly message: string;
}

const failureOf = (error: unknown): MailFailure => {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return {
    code: typeof code === 'string' ? code : '',
    message: error instanceof Error ? error.message : String(error),
    ...(typeof responseCode === 'number' ? { reply: responseCode } : {}),
  };
};

const replied = (code: string, reply: number, message: string): DeliveryError => {
  if (code === 'ETLS' && reply >= 500)
    return permanent(
      `the mail server offers no STARTTLS, so the password was not sent: use smtps://, or add ?requireTLS=false (${message})`,
    );
  if (reply < 500) return passing(`the mail server asks to try later: ${message}`);
  return permanent(
    code === 'EAUTH'
      ? `the mail server does not accept user and password (${message})`
      : `the mail server refused: ${message}`,
  );
};

const refusalOf = ({ code, reply, message }: MailFailure, written: boolean): DeliveryError => {
  if (reply !== undefined) return replied(code, reply, message);
  const doubt = written ? { perhapsSent: true } : {};
  if (code === 'EABORT') return passing('the mail server does not answer in time', doubt);
  if (['EAUTH', 'ENOAUTH', 'EENVELOPE'].includes(code)) return permanent(`the mail cannot be sent so: ${message}`);
  if (code === 'ETLS') return passing(`no safe connection to the mail server: ${message}`, doubt);
  return passing(`the mail server cannot be reached: ${message}`, doubt);
};

/** The server by its address, so that nothing else is reached than what the resolver allows; its certificate is still for the name. */
const placeOf = async (
  server: ReturnType<typeof serverOf>,
  resolver: ChannelContext['resolver'],
  signal: AbortSignal,
): Promise<Result<ReturnType<typeof serverOf> & { readonly tls?: { readonly servername: string } }, DeliveryError>> => {
  if (resolver === undefined) return ok(server);
  try {
    const [address = server.host] = await resolver.addresses(server.host, 0, signal);
    return ok({ ...server, host: address, ...(isIP(server.host) === 0 ? { tls: { servername: server.host } } : {}) });
  } catch (error) {
    return err(passing(`the mail server cannot be found: ${error instanceof Error ? error.message : String(error)}`));
  }
};

const deliver = async (
  settings: Config,
  message: Message,
  { signal, resolver }: ChannelContext,
): Promise<Result<Accepted, DeliveryError>> => {
  const { createTransport } = await import('nodemailer');
  const server = await placeOf(serverOf(settings), resolver, signal);
  if (!server.ok) return server;
  const transport = createTransport(server.value);
  let written = false;
  transport.use('stream', (mail, done) => {
    mail.message.processFunc((content) => {
      content.once('end', () => {
        written = true;
      });
      return content;
    });
    done();
  });
  try {
    const sent = await transport.sendMail({ ...mailOf(settings, message), signal });
    const refused = sent.rejected.map(String);
    return ok({
      ref: sent.messageId,
      ...(refused.length === 0 ? {} : { warning: `the mail server refused ${refused.join(', ')}` }),
    });
  } catch (error) {
    return err(refusalOf(failureOf(error), written));
  }
};

/** Mail by SMTP: text and HTML, one conversation an incident, marked important when loud. */
export const email = defineChannel({
  kind: 'email',
  title: { en: 'E-mail', ru: 'Почта' },
  config,
  traits: { edits: false, buttons: false, paid: false, silentPossible: true },
  validate: ({ smtp, apiRoot }) =>
    URL.canParse(smtp) && (apiRoot === undefined || URL.canParse(apiRoot))
      ? undefined
      : 'smtp is no address: write smtp://user:password@host:587 and encode special characters of the password (%40 for @)',
  send: async (settings, message, context) => {
    if (!URL.canParse(settings.smtp)) return err(permanent('smtp is no address'));
    if (context.signal.aborted) return err(passing('the mail server does not answer in time'));
    const sent = await deliver(settings, message, context);
    const { password } = new URL(settings.smtp);
    return sent.ok ? sent : err(redacted(sent.error, [settings.smtp, decodeURIComponent(password), password]));
  },
});
