import { processEnvironment, secretsFrom } from '../config/environment.ts';
import { systemClock } from '../engine/system-clock.ts';
import { createResolver } from '../network/resolver.ts';
import type { Task } from './child-helper.ts';
import { helperHere } from './helper.ts';
import { readPeopleStill } from './people.ts';

/**
 * The short-lived half of a witness: does one task, prints its outcome as JSON, ends. It holds all that is heavy (schemas, channels, kinds), so
 * that the process that watches for years stays tiny.
 */
const run = async ({ task, input, dir, file, rules }: Task): Promise<unknown> => {
  const secrets = secretsFrom(processEnvironment());
  const people = readPeopleStill(file, secrets, dir);
  const { settings } = await people;
  const resolver = createResolver({ clock: systemClock, servers: settings.network.resolvers });
  const helper = helperHere({ dir, clock: systemClock, resolver, rules, people: () => people });
  return helper[task](input as never);
};

// Who asked is gone: its successor will ask again, and two must not tell at once.
process.stdin.on('end', () => process.exit(1));
process.stdin.resume();

const outcome = await run(JSON.parse(process.argv[2] ?? '{}') as Task);
process.stdout.write(JSON.stringify({ outcome: outcome ?? null }), () => process.exit(0));
