import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { CertificateSeen } from '#monitor/check.ts';
import type { Reason } from '#monitor/reason.ts';
import { certificateReason, nameReason, socketReason } from './connect-error.ts';
import { deadlineReason, measure, type Course } from './course.ts';
import { brief } from './redact.ts';

/** How a connection is secured. */
export interface Security {
  /** The name that the certificate must be for. */
  readonly host: string;
  /** Authorities and client certificate; the well-known authorities when absent. */
  readonly secureContext?: SecureContext;
  readonly protocols?: string[];
}

/** A connection, or why there is none. */
export type Dialled = { readonly socket: Socket; readonly reason?: never } | { readonly reason: Reason };

/** As many addresses of a name are tried, one after the other, when connecting fails at once. */
const MAX_ADDRESSES = 3;

/** The addresses of a host under the course's deadline, or why there are none. The phase is measured for names only. */
export const lookUp = async (
  course: Course,
  host: string,
  family: 0 | 4 | 6,
): Promise<{ readonly addresses: readonly string[] } | { readonly reason: Reason }> => {
  const { resolver, signal, source, clock } = course.context;
  const since = clock.monotonic();
  course.phase = 'dns';
  try {
    const addresses = await resolver.addresses(host, family, signal, source === 'recheck' || source === 'now');
    if (isIP(host) === 0) measure(course, 'dns', since);
    return { addresses };
  } catch (error) {
    if (isIP(host) === 0) measure(course, 'dns', since);
    return { reason: signal.aborted ? deadlineReason(course) : nameReason(error, host) };
  }
};

const connectOnce = (course: Course, address: string, port: number): Promise<Dialled> =>
  new Promise((resolve) => {
    const since = course.context.clock.monotonic();
    course.phase = 'tcp';
    course.ip = address;
    const socket = connectTcp({ host: address, port });
    const fail = (reason: Reason): void => {
      measure(course, 'tcp', since);
      course.cut = undefined;
      socket.destroy();
      resolve({ reason });
    };
    const refuse = (error: Error): void => fail(socketReason(error));
    socket.once('error', refuse);
    socket.once('connect', () => {
      measure(course, 'tcp', since);
      course.cut = undefined;
      socket.removeListener('error', refuse);
      resolve({ socket });
    });
    course.cut = () => fail(deadlineReason(course));
    if (course.context.signal.aborted) course.cut();
  });

const connectAny = async (course: Course, addresses: readonly string[], port: number): Promise<Dialled> => {
  let first: Dialled | undefined;
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    const dialled = await connectOnce(course, address, port);
    if (dialled.reason === undefined || course.context.signal.aborted) return dialled;
    // the address that a client would use first says most
    first ??= dialled;
  }
  return first ?? { reason: nameReason(new Error('no address'), '') };
};

const namesIn = (certificate: PeerCertificate): readonly string[] =>
  (certificate.subjectaltname ?? '')
    .split(', ')
    .slice(0, 20)
    .map((name) => brief(name.replace(/^(DNS|IP Address):/, ''), 200))
    .filter((name) => name !== '');

const text = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');

/** What a certificate says, for people. */
const describeCertificate = (certificate: PeerCertificate): CertificateSeen => ({
  subject: brief(text(certificate.subject?.CN) || text(certificate.subject?.O), 200),
  issuer: brief(text(certificate.issuer?.CN) || text(certificate.issuer?.O), 200),
  validFrom: Date.parse(certificate.valid_from),
  validTo: Date.parse(certificate.valid_to),
  fingerprint256: certificate.fingerprint256,
  names: namesIn(certificate),
});

let shared: SecureContext | undefined;

/** The well-known authorities, read once: Node would build them anew for each connection. */
const wellKnown = (): SecureContext => {
  shared ??= createSecureContext();
  return shared;
};

const day = (at: number): string => (Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : '');

const untrusted = (socket: TLSSocket, host: string, certificate: CertificateSeen | undefined): Reason => {
  const error: unknown = socket.authorizationError;
  const code = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);
  if (certificate === undefined) return certificateReason(code, { host });
  return certificateReason(code, {
    host,
    validFrom: day(certificate.validFrom),
    validTo: day(certificate.validTo),
    names: brief(certificate.names.slice(0, 3).join(', ') || certificate.subject, 120),
  });
};

/**
 * Secures a connection and judges the certificate by its code. Verification is not left to Node's own refusal, so that the certificate that failed
 * can be shown; nothing is sent before the judgement.
 */
const secure = (course: Course, plain: Socket, security: Security): Promise<Dialled> =>
  new Promise((resolve) => {
    const since = course.context.clock.monotonic();
    course.phase = 'tls';
    let seen: PeerCertificate | undefined;
    const socket = connectTls({
      socket: plain,
      rejectUnauthorized: false,
      ...(isIP(security.host) === 0 ? { servername: security.host } : {}),
      secureContext: security.secureContext ?? wellKnown(),
      ...(security.protocols === undefined ? {} : { ALPNProtocols: security.protocols }),
      checkServerIdentity: (_host, certificate) => {
        seen = certificate;
        return checkServerIdentity(security.host, certificate);
      },
    });
    plain.on('error', (error) => socket.destroy(error));
    const fail = (reason: Reason): void => {
      measure(course, 'tls', since);
      course.cut = undefined;
      socket.destroy();
      resolve({ reason });
    };
    const refuse = (error: Error): void => fail(socketReason(error));
    socket.once('error', refuse);
    socket.once('secureConnect', () => {
      seen ??= socket.getPeerCertificate();
      if (seen.fingerprint256 !== undefined) course.certificate = describeCertificate(seen);
      if (!socket.authorized) return fail(untrusted(socket, security.host, course.certificate));
      measure(course, 'tls', since);
      course.cut = undefined;
      socket.removeListener('error', refuse);
      return resolve({ socket });
    });
    course.cut = () => fail(deadlineReason(course));
    if (course.context.signal.aborted) course.cut();
  });

/**
 * Opens a fresh connection to the first address that accepts one, secured when asked for, under the course's deadline. The socket that is returned
 * has no error listener: the caller adds its own at once.
 */
export const dial = async (
  course: Course,
  addresses: readonly string[],
  port: number,
  security?: Security,
): Promise<Dialled> => {
  const dialled = await connectAny(course, addresses, port);
  if (dialled.reason !== undefined || security === undefined) return dialled;
  return await secure(course, dialled.socket, security);
};
