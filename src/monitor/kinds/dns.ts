import { promises as dnsPromises, type MxRecord } from 'node:dns';
import { isIP } from 'node:net';
import { z } from 'zod';
import { MINUTE, SECOND } from '#kernel/time.ts';
import { nameReason } from '#network/connect-error.ts';
import { splitHostPort } from '#network/control.ts';
import { beginCourse, deadlineReason, followDeadline, measure, type Course } from '#network/course.ts';
import { lookUp } from '#network/dial.ts';
import { hedge } from '#network/hedge.ts';
import { finish, type Outcome } from '#network/outcome.ts';
import { brief } from '#network/redact.ts';
import type { CheckResult } from '../check.ts';
import { defineKind, type CheckContext } from '../kind.ts';
import { reason } from '../reason.ts';

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'] as const;

const config = z.strictObject({
  kind: z.literal('dns'),
  host: z
    .string()
    .min(1)
    .max(253)
    .meta({ title: 'Name', description: 'Whose records are asked for', examples: ['example.com'] }),
  type: z.enum(TYPES).prefault('A').meta({ title: 'Type' }),
  server: z
    .string()
    .min(1)
    .max(260)
    .optional()
    .meta({ title: 'Name server', description: "host or host:port; the system's when absent", examples: ['9.9.9.9'] }),
  expect: z.array(z.string().min(1).max(1_000)).min(1).max(50).optional().meta({
    title: 'Expected',
    description: 'Each is among the records found; an MX is "10 mail.example.com" or the name alone',
  }),
});

type DnsConfig = z.output<typeof config>;

const plain = (value: string): string => value.toLowerCase().replace(/\.$/, '');

const mailServers = (records: readonly MxRecord[]): readonly string[] =>
  records.toSorted((a, b) => a.priority - b.priority).map(({ priority, exchange }) => `${priority} ${plain(exchange)}`);

const records = async (resolver: dnsPromises.Resolver, { host, type }: DnsConfig): Promise<readonly string[]> => {
  switch (type) {
    case 'A':
      return await resolver.resolve4(host);
    case 'AAAA':
      return await resolver.resolve6(host);
    case 'CNAME':
      return (await resolver.resolveCname(host)).map(plain);
    case 'MX':
      return mailServers(await resolver.resolveMx(host));
    case 'NS':
      return (await resolver.resolveNs(host)).map(plain);
    case 'TXT':
      return (await resolver.resolveTxt(host)).map((parts) => parts.join(''));
  }
};

const isFound = (expected: string, found: readonly string[], type: DnsConfig['type']): boolean => {
  if (type === 'TXT') return found.includes(expected);
  const wanted = plain(expected);
  return found.some((record) => plain(record) === wanted || (type === 'MX' && record.split(' ')[1] === wanted));
};

/** The server's address and port as c-ares wants them; undefined for the system's servers. */
const serverOf = async (course: Course, server: string | undefined): Promise<{ server?: string } | Outcome> => {
  if (server === undefined) return {};
  const { host, port } = splitHostPort(server, 53);
  const found = await lookUp(course, host, 0);
  if ('reason' in found) return { reason: found.reason };
  const [address = host] = found.addresses;
  course.ip = address;
  return { server: isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}` };
};

const judge = (course: Course, asked: DnsConfig, found: readonly string[]): Outcome => {
  const shown = brief(found.toSorted().join(', '), 300);
  const missing = asked.expect?.filter((expected) => !isFound(expected, found, asked.type)) ?? [];
  // kept a thousand times a day the records would fill the store; a person who asks sees them
  if (missing.length === 0) return course.context.source === 'now' ? { detail: shown } : {};
  return {
    detail: shown,
    reason: reason('dns.unexpected', {
      name: asked.host,
      type: asked.type,
      expected: brief(missing.join(', '), 100),
      found: brief(shown, 100),
    }),
  };
};

const ask = async (course: Course, asked: DnsConfig): Promise<Outcome> => {
  const { signal, timeoutMs, clock } = course.context;
  const place = await serverOf(course, asked.server);
  if ('reason' in place) return place;
  // of its own, so that cutting it cuts nobody else's question; a lost packet is asked for again within the deadline
  const resolver = new dnsPromises.Resolver({ timeout: timeoutMs, tries: 1 });
  if ('server' in place && place.server !== undefined) resolver.setServers([place.server]);
  const put = (): Promise<readonly string[]> => records(resolver, asked);
  const since = clock.monotonic();
  course.phase = 'dns';
  course.cut = () => resolver.cancel();
  try {
    if (signal.aborted) return { reason: deadlineReason(course) };
    return judge(course, asked, await hedge([put, put, put], timeoutMs / 4, clock));
  } catch (error) {
    if (signal.aborted) return { reason: deadlineReason(course) };
    const why = nameReason(error, asked.host);
    return { reason: { ...why, params: { ...why.params, type: asked.type } } };
  } finally {
    measure(course, 'dns', since);
  }
};

const check = async (asked: DnsConfig, context: CheckContext): Promise<CheckResult> => {
  const course = beginCourse(context);
  return finish(course, await followDeadline(course, (under) => ask(under, asked)));
};

/** The records of a name, as a name server tells them now. */
export const dns = defineKind({
  kind: 'dns',
  title: { en: 'DNS records', ru: 'Записи DNS' },
  config,
  passive: false,
  defaults: { everyMs: 2 * MINUTE, timeoutMs: 5 * SECOND, pulse: false },
  target: ({ host, type, server }) => {
    const label = `DNS ${type} ${host}${server === undefined ? '' : ` @${server}`}`;
    return server === undefined ? { label } : { ...splitHostPort(server, 53), label };
  },
  check,
});
