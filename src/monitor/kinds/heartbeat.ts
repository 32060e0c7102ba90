import { Cron } from 'croner';
import { z } from 'zod';
import { DAY, MINUTE, SECOND } from '#kernel/time.ts';
import { span } from '../fields.ts';
import { defineKind } from '../kind.ts';

const readsAs = (make: () => unknown): boolean => {
  try {
    make();
    return true;
  } catch (error) {
    // croner and Intl say what they cannot read by errors of several classes
    return !(error instanceof Error);
  }
};

const isCron = (text: string): boolean => readsAs(() => new Cron(text, { paused: true }));
const isTimezone = (text: string): boolean => readsAs(() => new Intl.DateTimeFormat('en', { timeZone: text }));

const config = z
  .strictObject({
    kind: z.literal('heartbeat'),
    every: span({ min: SECOND, max: 366 * DAY })
      .optional()
      .meta({ title: 'Every', description: 'A sign of life comes at least this often' }),
    schedule: z
      .string()
      .min(1)
      .max(200)
      .refine(isCron, 'is no cron expression; write five fields such as "0 3 * * *"')
      .optional()
      .meta({ title: 'Schedule', description: 'When it is due, as cron; instead of every', examples: ['0 3 * * *'] }),
    timezone: z
      .string()
      .refine(isTimezone, 'is no time zone; write one such as Asia/Almaty')
      .optional()
      .meta({ title: 'Time zone', description: "Of the schedule; the configuration's when absent" }),
    grace: span({ max: 30 * DAY })
      .prefault('5m')
      .meta({ title: 'Grace', description: 'It may be so much late' }),
    key: z
      .string()
      .regex(/^[\w-]{8,64}$/, 'is 8 to 64 letters, digits, - and _')
      .optional()
      .meta({ title: 'Key', description: 'Of its address /beat/<key>; derived when absent', secret: true }),
  })
  .refine((beat) => (beat.every === undefined) !== (beat.schedule === undefined), {
    message: 'write either every or schedule',
    path: ['every'],
  });

/** A job that reports by itself: `every` or `schedule` says when it is due, `grace` how late it may be. */
export const heartbeat = defineKind({
  kind: 'heartbeat',
  title: { en: 'Heartbeat', ru: 'Сигнал от задачи' },
  config,
  passive: true,
  defaults: { everyMs: MINUTE, timeoutMs: 5 * SECOND, pulse: false },
  target: ({ schedule }) => ({ label: schedule === undefined ? 'heartbeat' : `heartbeat ${schedule}` }),
});
