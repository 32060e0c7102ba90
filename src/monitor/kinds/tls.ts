import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { z } from 'zod';
import { DAY, HOUR, SECOND, type EpochMs, type Ms } from '#kernel/time.ts';
import { errorCode } from '#network/connect-error.ts';
import { beginCourse, followDeadline, type Course } from '#network/course.ts';
import { dial, lookUp } from '#network/dial.ts';
import { finish, type Outcome } from '#network/outcome.ts';
import { securityContext } from '#network/pem.ts';
import { brief } from '#network/redact.ts';
import type { CheckResult } from '../check.ts';
import { port, span } from '../fields.ts';
import { defineKind, type CheckContext } from '../kind.ts';
import { reason, type Reason } from '../reason.ts';

const config = z.strictObject({
  kind: z.literal('tls'),
  host: z
    .string()
    .min(1)
    .max(253)
    .meta({ title: 'Host', examples: ['api.example.com'] }),
  port: port().prefault(443).meta({ title: 'Port' }),
  serverName: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .meta({ title: 'Name', description: 'The name that the certificate must be for; the host when absent' }),
  ip: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .meta({ title: 'IP version', description: 'Either 4 or 6; whatever the name has when absent' }),
  ca: z
    .string()
    .min(1)
    .optional()
    .meta({ title: 'Authority', description: 'The only authority to trust: PEM, or the path of a PEM file' }),
  warnBefore: z
    .array(span({ min: HOUR }))
    .min(1)
    .max(10)
    .prefault(['21d', '7d', '1d'])
    .meta({ title: 'Warn before', description: 'So long before the certificate ends people are warned' }),
});

type TlsConfig = z.output<typeof config>;

const MAX_CHAIN = 10;

/** When the first certificate of the chain ends; a root that signs itself is trusted whatever its date, so it does not count. */
const chainEndsAt = (leaf: DetailedPeerCertificate): EpochMs => {
  let endsAt = Date.parse(leaf.valid_to);
  let certificate = leaf;
  for (let depth = 1; depth < MAX_CHAIN; depth += 1) {
    const issuer = certificate.issuerCertificate;
    if (issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256) break;
    const isRoot = issuer.issuerCertificate?.fingerprint256 === issuer.fingerprint256;
    if (!isRoot) endsAt = Math.min(endsAt, Date.parse(issuer.valid_to));
    certificate = issuer;
  }
  return endsAt;
};

/** The warning for a certificate that has so long to live: by the nearest threshold that it has passed. */
export const expiryWarning = (leftMs: Ms, warnBefore: readonly Ms[]): Reason | undefined => {
  const passed = warnBefore.filter((threshold) => leftMs <= threshold);
  if (passed.length === 0) return undefined;
  const threshold = Math.min(...passed);
  return reason('tls.expires-soon', {
    days: Math.floor(leftMs / DAY),
    threshold: Math.round((threshold / DAY) * 100) / 100,
  });
};

const ask = async (course: Course, asked: TlsConfig, secureContext: SecureContext | undefined): Promise<Outcome> => {
  const found = await lookUp(course, asked.host, asked.ip ?? 0);
  if ('reason' in found) return { reason: found.reason };
  const dialled = await dial(course, found.addresses, asked.port, {
    host: asked.serverName ?? asked.host,
    ...(secureContext === undefined ? {} : { secureContext }),
  });
  if (dialled.reason !== undefined) return { reason: dialled.reason };
  const { socket } = dialled;
  socket.on('error', () => socket.destroy());
  const endsAt = socket instanceof TLSSocket ? chainEndsAt(socket.getPeerCertificate(true)) : Number.NaN;
  socket.destroy();
  return { warning: expiryWarning(endsAt - course.startedAt, asked.warnBefore) };
};

const contextFor = (ca: string | undefined): { secureContext: SecureContext | undefined } | { error: unknown } => {
  try {
    return { secureContext: securityContext(ca, undefined) };
  } catch (error) {
    return { error };
  }
};

const check = async (asked: TlsConfig, context: CheckContext): Promise<CheckResult> => {
  const course = beginCourse(context);
  const trust = contextFor(asked.ca);
  if ('error' in trust)
    return finish(course, {
      reason: reason('watch.cannot-ask', { what: `certificate file: ${errorCode(trust.error)}` }),
      detail: trust.error instanceof Error ? brief(trust.error.message, 300) : '',
    });
  return finish(course, await followDeadline(course, (under) => ask(under, asked, trust.secureContext)));
};

/** A server's certificate: its host, its chain, and how long it still lasts. */
export const tls = defineKind({
  kind: 'tls',
  title: { en: 'TLS certificate', ru: 'Сертификат TLS' },
  config,
  passive: false,
  defaults: { everyMs: HOUR, timeoutMs: 10 * SECOND, pulse: false },
  target: (asked) => {
    const shown = asked.host.includes(':') ? `[${asked.host}]` : asked.host;
    const name = asked.serverName === undefined ? '' : ` (${asked.serverName})`;
    return { host: asked.host, port: asked.port, label: `TLS ${shown}:${asked.port}${name}` };
  },
  check,
});
