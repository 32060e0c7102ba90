import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { MINUTE, SECOND } from '#kernel/time.ts';
import { errorCode } from '#network/connect-error.ts';
import { beginCourse, followDeadline, type Course } from '#network/course.ts';
import { lookUp } from '#network/dial.ts';
import { finish, type Outcome } from '#network/outcome.ts';
import { brief } from '#network/redact.ts';
import type { CheckResult } from '../check.ts';
import { defineKind, type CheckContext } from '../kind.ts';
import { reason } from '../reason.ts';

const config = z.strictObject({
  kind: z.literal('ping'),
  host: z
    .string()
    .min(1)
    .max(253)
    .meta({ title: 'Host', examples: ['192.0.2.10'] }),
  ip: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .meta({ title: 'IP version', description: 'Either 4 or 6; whatever the name has when absent' }),
});

type PingConfig = z.output<typeof config>;

const OUTPUT_LIMIT = 4_096;

/** Reads what `ping` (iputils) said: exit code 0 is a reply, 1 silence, anything else that it could not ask. */
const judge = (course: Course, code: number | null, output: string): Outcome => {
  if (code === 0) {
    const time = /time[=<]([\d.]+)/.exec(output)?.[1];
    if (time !== undefined) course.phases.ttfb = Number(time);
    return {};
  }
  if (/unreachable/i.test(output)) return { reason: reason('tcp.unreachable'), detail: brief(output, 300) };
  if (code === 1) return { reason: reason('ping.no-reply', { ms: course.context.timeoutMs }) };
  return { reason: reason('watch.cannot-ask', { what: 'ping' }), detail: brief(output, 300) };
};

const echo = (course: Course, address: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const { timeoutMs, signal } = course.context;
    const wait = String(Math.max(1, Math.ceil(timeoutMs / SECOND)));
    const child = spawn('ping', ['-n', '-c1', `-W${wait}`, '--', address], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin', LC_ALL: 'C' },
    });
    let output = '';
    const read = (part: Buffer): void => {
      if (output.length < OUTPUT_LIMIT) output += part.toString('latin1');
    };
    // without a free descriptor there are no pipes, whatever the types say; the error follows
    (child.stdout as Readable | undefined)?.on('data', read);
    (child.stderr as Readable | undefined)?.on('data', read);
    child.once('error', (error) => {
      const what = errorCode(error) === 'ENOENT' ? 'the program ping is missing' : `ping: ${errorCode(error)}`;
      resolve({ reason: reason('watch.cannot-ask', { what }) });
    });
    child.once('close', (code) => resolve(judge(course, code, output)));
    course.cut = () => {
      child.kill('SIGKILL');
      resolve({ reason: reason('ping.no-reply', { ms: timeoutMs }) });
    };
    if (signal.aborted) course.cut();
  });

const ask = async (course: Course, asked: PingConfig): Promise<Outcome> => {
  const found = await lookUp(course, asked.host, asked.ip ?? 0);
  if ('reason' in found) return { reason: found.reason };
  const [address = asked.host] = found.addresses;
  course.ip = address;
  return await echo(course, address);
};

const check = async (asked: PingConfig, context: CheckContext): Promise<CheckResult> => {
  const course = beginCourse(context);
  return finish(course, await followDeadline(course, (under) => ask(under, asked)));
};

/** One ICMP echo, asked by the system's `ping`, which may do so without rights of our own. */
export const ping = defineKind({
  kind: 'ping',
  title: { en: 'Ping', ru: 'Ping' },
  config,
  passive: false,
  defaults: { everyMs: MINUTE, timeoutMs: 5 * SECOND, pulse: false },
  target: ({ host }) => ({ host, label: `ping ${host}` }),
  check,
});
