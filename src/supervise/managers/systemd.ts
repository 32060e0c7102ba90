import { defineManager } from '../manager.ts';
import { SystemdWatch } from './systemd/watch.ts';

/** Units of systemd, by `systemctl show` and the journal. */
export const systemd = defineManager({
  manager: 'systemd',
  title: { en: 'systemd', ru: 'systemd' },
  open: (setup) => new SystemdWatch(setup),
});
