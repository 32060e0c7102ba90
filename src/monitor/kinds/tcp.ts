import type { Socket } from 'node:net';
import { z } from 'zod';
import { MINUTE, SECOND } from '#kernel/time.ts';
import { socketReason } from '#network/connect-error.ts';
import { beginCourse, followDeadline, measure, type Course } from '#network/course.ts';
import { dial, lookUp } from '#network/dial.ts';
import { finish, type Outcome } from '#network/outcome.ts';
import { brief } from '#network/redact.ts';
import type { CheckResult } from '../check.ts';
import { port } from '../fields.ts';
import { defineKind, type CheckContext } from '../kind.ts';
import { reason } from '../reason.ts';

/** So much of an answer is read while waiting for what is expected. */
const ANSWER_LIMIT = 65_536;
const SHOWN = 80;

const config = z.strictObject({
  kind: z.literal('tcp'),
  host: z
    .string()
    .min(1)
    .max(253)
    .meta({ title: 'Host', examples: ['db.example.com'] }),
  port: port().meta({ title: 'Port', examples: [5432] }),
  ip: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .meta({ title: 'IP version', description: 'Either 4 or 6; whatever the name has when absent' }),
  send: z
    .string()
    .max(4_096)
    .optional()
    .meta({ title: 'Send', description: 'Sent once connected; write \\r\\n in double quotes', secret: true }),
  expect: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .meta({ title: 'Expected', description: 'The answer contains it; without it a connection is enough' }),
});

type TcpConfig = z.output<typeof config>;

const converse = (course: Course, socket: Socket, send: string | undefined, expected: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const since = course.context.clock.monotonic();
    let answer = '';
    course.phase = 'answer';
    const end = (outcome: Outcome): void => {
      measure(course, 'ttfb', since);
      course.cut = undefined;
      socket.destroy();
      resolve(outcome);
    };
    const unexpected = (): Outcome => {
      const found = answer === '' ? 'nothing' : `"${brief(answer, SHOWN)}"`;
      return {
        reason: reason('tcp.unexpected', { expected: `"${brief(expected, SHOWN)}"`, found }),
        detail: brief(answer, 300),
      };
    };
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      answer += part;
      if (answer.includes(expected)) end({});
      else if (answer.length > ANSWER_LIMIT) end(unexpected());
    });
    socket.once('end', () => end(unexpected()));
    socket.on('error', (error) => end({ reason: socketReason(error) }));
    course.cut = () =>
      end(answer === '' ? { reason: reason('tcp.no-answer', { ms: course.context.timeoutMs }) } : unexpected());
    if (course.context.signal.aborted) course.cut();
    else if (send !== undefined) socket.write(send);
  });

const ask = async (course: Course, asked: TcpConfig): Promise<Outcome> => {
  const found = await lookUp(course, asked.host, asked.ip ?? 0);
  if ('reason' in found) return { reason: found.reason };
  const dialled = await dial(course, found.addresses, asked.port);
  if (dialled.reason !== undefined) return { reason: dialled.reason };
  const { socket } = dialled;
  // compared byte for byte: what is sent and expected is UTF-8, what comes may be no text at all
  if (asked.expect !== undefined)
    return await converse(course, socket, asked.send, Buffer.from(asked.expect).toString('latin1'));
  socket.on('error', () => socket.destroy());
  if (asked.send === undefined) socket.destroy();
  else socket.end(asked.send, () => socket.destroy());
  return {};
};

const check = async (asked: TcpConfig, context: CheckContext): Promise<CheckResult> => {
  const course = beginCourse(context);
  return finish(course, await followDeadline(course, (under) => ask(under, asked)));
};

/** A TCP connection, and what is answered to what is sent. */
export const tcp = defineKind({
  kind: 'tcp',
  title: { en: 'TCP port', ru: 'Порт TCP' },
  config,
  passive: false,
  defaults: { everyMs: 2 * MINUTE, timeoutMs: 5 * SECOND, pulse: true },
  target: (asked) => ({
    host: asked.host,
    port: asked.port,
    label: `TCP ${asked.host.includes(':') ? `[${asked.host}]` : asked.host}:${asked.port}`,
  }),
  check,
});
