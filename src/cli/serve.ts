import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createApi } from '#api/server.ts';
import { createAuth } from '#auth/auth.ts';
import { openCertificate } from '#auth/certificate.ts';
import type { Running } from '#engine/start.ts';
import type { Log } from '#engine/log.ts';
import { systemClock } from '#engine/system-clock.ts';
import { watchOwn } from './inner-agent.ts';
import { watchOther } from './inner-witness.ts';
import { SECOND, type Ms } from '#kernel/time.ts';
import { VERSION } from './version-number.ts';

/** Closing waits at most so long: systemd kills after 30 s, and saving comes after it. */
const CLOSE_LIMIT: Ms = 3 * SECOND;

/** Page, API and socket of a running brain. */
export interface Serving {
  /** Where the page is, for people: the public URL, else the address that it listens on. */
  readonly url: string;
  /** Good once, for 15 minutes. */
  readonly signInLink: string;
  close(): Promise<void>;
}

const hostText = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

/** Whatever this machine is called: browsers compare it; witnesses pin the certificate itself. */
const ownNames = (): readonly string[] => [
  'localhost',
  ...(/^[A-Za-z0-9.-]+$/.test(hostname()) ? [hostname()] : []),
  ...Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
];

/** Gives a running brain its faces. @throws Fault PORT_IN_USE, LISTEN_REFUSED, DATA_IN_USE */
export const serve = async (running: Running, dataDir: string, log: Log): Promise<Serving> => {
  const { brain } = running;
  const auth = createAuth({ store: brain.store, clock: brain.clock });
  const certificate = openCertificate(dataDir, ownNames(), systemClock.now());
  const api = createApi({
    brain,
    auth,
    clock: systemClock,
    version: VERSION,
    certificate: () => certificate,
    log: (level, text, more) => (level === 'error' ? log.bug(text, more) : log[level](text, more)),
  });
  const listening = await api.listen({ ...running.listen, socketPath: join(dataDir, 'dozor.sock') });
  const own = `http://${hostText(listening.host)}:${listening.port}`;
  running.listening(own);
  const url = brain.settings().publicUrl ?? own;
  const { path } = await auth.signIn.link('admin', 'admin');
  const over = new AbortController();
  const witness = watchOther(running, dataDir, log);
  const agent = watchOwn(running, dataDir, log);
  return {
    url: own,
    signInLink: `${url.replace(/\/$/, '')}${path}`,
    close: async () => {
      const closed = Promise.all([agent.stop(), witness.stop(), listening.close()]);
      const waited = setTimeout(CLOSE_LIMIT, 'late', { ref: true, signal: over.signal }).catch(() => undefined);
      if ((await Promise.race([closed, waited])) === 'late')
        log.warn('closing goes on without what did not end in time');
      over.abort();
    },
  };
};
