import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { startTarget } from '../fakes/target.ts';
import { startFakeWebhook, type FakeWebhook } from '../fakes/webhook.ts';
import type { Stage, RunningBrain } from './harness.ts';
import { judge, type Arrival, type KillFigures, type StoredIncident } from './kill-judge.ts';
import { fallAndRise } from './outage-schedule.ts';
import { startProgram, type Program } from './program.ts';
import { dice, type Dice } from './seeded.ts';
import { configuration, hook, service } from './settings.ts';

/** When a brain is killed: while it starts, after a while, right after a verdict, as its message arrives, or while the channel does not answer it. */
type Moment = 'birth' | 'whenever' | 'verdict' | 'arrival' | 'hang';

const MOMENTS: readonly Moment[] = ['birth', 'whenever', 'whenever', 'verdict', 'arrival', 'hang'];
const BIRTH_MS = 800;
/** A life in which the awaited moment does not come ends after so long. */
const LIFE_MS = 2_600;
/** How long nobody starts it again: mostly at once, at times long enough for an outage to end meanwhile. */
const DEAD_MS = [0, 0, 0, 3_000] as const;

/** Waits for what may come, and a little longer; no longer than a life lasts when it does not come. */
const atMost = async (coming: Promise<unknown>, restMs: number): Promise<void> =>
  coming.then(
    async () => pause(restMs),
    () => undefined,
  );

const moment = async (what: Moment, program: Program, channel: FakeWebhook, luck: Dice): Promise<void> => {
  if (what === 'birth') return pause(luck.between(50, BIRTH_MS));
  await program.lines.next((line) => line.startsWith('Listening'), { withinMs: 60_000, what: 'the brain to listen' });
  if (what === 'whenever') return pause(luck.between(0, LIFE_MS));
  const within = { withinMs: LIFE_MS };
  if (what === 'verdict')
    return atMost(
      program.lines.next((line) => / down /.test(line), within),
      luck.between(0, 20),
    );
  if (what === 'hang') channel.misbehave({ do: 'hang' }, { times: 1 });
  const before = channel.requests.items.length;
  const arrival = channel.requests.next((one) => channel.requests.items.indexOf(one) >= before, within);
  await atMost(arrival, luck.between(0, what === 'hang' ? 400 : 20));
  channel.behave();
};

const all = async (brain: RunningBrain, path: string): Promise<readonly Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await brain.api('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200${more}`);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    items.push(...body.items);
    cursor = body.next ?? undefined;
  }
  return items;
};

const integrity = (data: string): string => {
  const database = new DatabaseSync(join(data, 'dozor.db'), { readOnly: true });
  try {
    return String(database.prepare('PRAGMA integrity_check').get()?.['integrity_check']);
  } finally {
    database.close();
  }
};

interface AlertRow {
  readonly kind: string;
  readonly deliveries: readonly { readonly status: string }[];
}

const isWaiting = ({ deliveries }: AlertRow): boolean =>
  deliveries.some(({ status }) => status === 'waiting' || status === 'sending');

const settled = async (brain: RunningBrain): Promise<void> => {
  let rest: unknown;
  const look = async (): Promise<boolean> => {
    const { body: monitors } = await brain.api('GET', '/monitors');
    const { body: alerts } = await brain.api('GET', '/alerts?limit=50');
    const { body: open } = await brain.api('GET', '/incidents?state=open');
    const waiting = alerts.items.filter(isWaiting);
    rest = { verdict: monitors.items[0].verdict, open: open.items, waiting };
    return open.items.length === 0 && waiting.length === 0 && monitors.items[0].verdict === 'up';
  };
  await brain.until('the last outage to end and the outbox to be empty', look, 30_000).catch((error: unknown) => {
    throw new Error(`it did not settle: ${JSON.stringify(rest)}`, { cause: error });
  });
};

/** Each outage is an incident of its own, and one that kills cut to pieces is not taken for many small ones. */
const WHOLE_OUTAGES = { relapse: '1ms', stable: '400ms', partial: { threshold: 1_000 } };

/** Kills a brain so many times at seeded moments while its target falls and rises, then asks the store and the channel what became of it. */
export const killRun = async (
  stage: Stage,
  { kills, seed, say }: { readonly kills: number; readonly seed: number; readonly say?: (line: string) => void },
): Promise<KillFigures> => {
  const luck = dice(seed);
  const target = await stage.keep(startTarget());
  const channel = await stage.keep(startFakeWebhook());
  const config = configuration({
    services: [service('API', target.url)],
    channels: [hook('hook', `${channel.url}/hook`)],
    detection: WHOLE_OUTAGES,
  });
  const [file, data] = [join(stage.dir, `kills-${seed}.yaml`), join(stage.dir, `kills-${seed}`)];
  await writeFile(file, stringify(config));
  const over = new AbortController();
  const schedule = fallAndRise(target, dice(seed + 1), over.signal);
  const killedAt: number[] = [];
  try {
    while (killedAt.length < kills) {
      const program = startProgram(['up', '--config', file, '--data', data, '--listen', '127.0.0.1:0']);
      await Promise.race([moment(luck.pick(MOMENTS), program, channel, luck), endedEarly(program)]);
      program.signal('SIGKILL');
      killedAt.push(Date.now());
      await program.ended;
      await pause(luck.between(0, luck.pick(DEAD_MS)));
      if (killedAt.length % 50 === 0) say?.(`${killedAt.length} of ${kills} kills`);
    }
  } finally {
    over.abort();
  }
  const outages = await schedule;
  const brain = await stage.brain({ config, data });
  await settled(brain);
  const monitor = (await all(brain, '/monitors'))[0];
  const bad = await all(brain, `/monitors/${String(monitor?.['id'])}/checks?onlyBad=true`);
  const incidents = (await all(brain, '/incidents')) as unknown as readonly StoredIncident[];
  await brain.stop();
  return judge({
    outages,
    killedAt,
    incidents,
    badAt: bad.map((check) => Date.parse(String(check['startedAt'] ?? check['at']))),
    arrivals: channel.requests.items.map(({ at, body }): Arrival => ({ at, body: JSON.parse(body) })),
    integrity: integrity(data),
  });
};

const endedEarly = async (program: Program): Promise<void> => {
  const { code } = await program.ended;
  if (code !== null) throw new Error(`the brain ended by itself with exit code ${code}:\n${program.output()}`);
};
