import type { Pm2Access, Pm2Record } from '#protect/define.ts';

/** A PM2 that holds these processes of `api`, without a daemon behind it. */
export const pm2Of = (
  home: string,
  records: readonly Partial<Pm2Record>[],
  command: readonly string[] | undefined = ['/usr/bin/pm2'],
): Pm2Access => ({
  home,
  ...(command === undefined ? {} : { command }),
  records: async () =>
    records.map((record, id) => ({
      id,
      name: 'api',
      status: 'online',
      mode: 'fork',
      cwd: '/srv/app',
      script: '/srv/app/server.js',
      args: [],
      nodeArgs: [],
      ...record,
    })),
});
