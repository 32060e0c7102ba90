import { defineManager } from '../manager.ts';
import { Pm2Watch } from './pm2/watch.ts';

/** PM2 5, 6 and 7, by an own client to the sockets of its daemon; never started by watching it. */
export const pm2 = defineManager({
  manager: 'pm2',
  title: { en: 'PM2', ru: 'PM2' },
  open: (setup) => new Pm2Watch(setup),
});
