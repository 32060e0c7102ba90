import { join } from 'node:path';
import type { Plan } from '#protect/action.ts';
import { asRecord, readJson } from '../collect/files.ts';
import type { Scene } from './scene.ts';

/** Packages whose work is done twice while an app runs twice: schedules, queues, bots that fetch their messages. */
const WORKING =
  /^(node-)?cron$|^croner$|^node-schedule$|^bull(mq)?$|^agenda$|^bree$|^bee-queue$|^graphile-worker$|^pg-boss$|^amqplib$|^kafkajs$|^@nestjs\/(schedule|bull(mq)?)$|^telegraf$|^grammy$|^node-telegram-bot-api$|^discord\.js$/;

/** Says beforehand that a trial boot starts jobs and bots a second time for some seconds. */
export const warned = async (plan: Plan, { app }: Scene): Promise<Plan> => {
  if (!plan.needsTrial) return plan;
  const manifest = asRecord(await readJson(join(app.dir, 'package.json')));
  const names = Object.keys(asRecord(manifest?.['dependencies']) ?? {}).filter((name) => WORKING.test(name));
  if (names.length === 0) return plan;
  return { ...plan, notes: [...plan.notes, { says: 'trial.work', params: { names: names.slice(0, 5).join(', ') } }] };
};
