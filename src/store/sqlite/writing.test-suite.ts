import { DAY_0, checkAt, incidentAt, putCheck } from '../contract-samples.test-suite.ts';
import { openStore } from './open.ts';
import { settingsFor } from './opened.test-suite.ts';

/**
 * A program that writes until it is killed: each write has a check, a state and an incident of the same number, and is printed when it was
 * acknowledged. Tends every so often, so that a kill can fall into it.
 */
const [, , dir = ''] = process.argv;
const store = await openStore(settingsFor(dir));
const known = (await store.load(0, DAY_0)).states.get('last');
let number = typeof known === 'number' ? known : 0;
process.stdout.write(`open ${number}\n`);

const writeNext = async (): Promise<void> => {
  number += 1;
  const own = number;
  await store.write(
    [
      putCheck(checkAt(DAY_0 + own * 1_000, { monitor: 1 + (own % 3), tookMs: own })),
      { put: 'state', subject: 'last', state: own },
      { put: 'incident', incident: incidentAt(`i${own}`, DAY_0 + own) },
    ],
    { urgent: own % 4 === 0 },
  );
  process.stdout.write(`saved ${own}\n`);
};

for (let round = 1; ; round += 1) {
  await Promise.all([writeNext(), writeNext(), writeNext(), writeNext()]);
  if (round % 10 === 0) await store.tend(DAY_0 + round * 600_000);
}
