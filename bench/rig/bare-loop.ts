/**
 * What HTTP checks cost at least in Node: `node:http` with a new connection each and nothing else, a process of its own. Asks
 * `http://127.0.0.1:PORT/health` RATE times a second at random moments (as many monitors do), or, with rate 0, as fast as 20 at once go.
 * Send `count`. Arguments: PORT RATE.
 */
import { get } from 'node:http';

const [port, rate] = process.argv.slice(2).map(Number);
let count = 0;

const ask = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        count += 1;
        resolve();
      });
    });
    request.once('error', reject);
  });

const lane = async (): Promise<void> => {
  for (;;) await ask();
};

/** Moments of a Poisson process; what has become due meanwhile goes at once, so that the rate holds. */
const pace = (perSecond: number): void => {
  let due = performance.now();
  const next = (): void => {
    while (due <= performance.now()) {
      void ask();
      due += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    setTimeout(next, Math.max(0, due - performance.now()));
  };
  next();
};

process.on('message', () => process.send?.(count));
process.once('disconnect', () => process.exit());
if (rate === undefined || rate === 0) for (let at = 0; at < 20; at += 1) void lane();
else pace(rate);
