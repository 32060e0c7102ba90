import type { CauseWords, FindingParams } from '../finding-words.ts';
import { part } from '../finding-words.ts';

const place = (seen: FindingParams): string => {
  const address = part(seen, 'address', (value) => value);
  const port = part(seen, 'port', (value) => value);
  const known = part(seen, 'known', (name) => ` (${name})`);
  if (address === '' && port === '') return '';
  return ` at ${address}${address !== '' && port !== '' ? ':' : ''}${address === '' ? `port ${port}` : port}${known}`;
};

const path = (seen: FindingParams): string => part(seen, 'path', (value) => `: ${value}`);

/** Causes that lie around the code: machine, files, network, databases, configuration; and ends without a cause. */
export const worldCauses = {
  'address-not-available': {
    title: (seen) =>
      `the address to listen on is not this machine's${part(seen, 'address', (address) => `: ${address}`)}`,
    remedy: () => 'Set HOST to an address of this machine (ip addr), or to 0.0.0.0 or 127.0.0.1.',
  },
  'clean-exit': {
    title: () => 'it ended by itself, without an error (exit code 0)',
    remedy: () =>
      'A server that ends has nothing left to do: it does not listen, or a script was started in place of the server. Look at what is started; for a job set autorestart: false.',
  },
  'config-file-invalid': {
    title: (seen) => `a configuration file cannot be read${path(seen) || part(seen, 'file', (file) => `: ${file}`)}`,
    remedy: () =>
      'Mend the file at the place that the message names (a comma, a quote, an indentation), or take the version before from git.',
  },
  'database-auth': {
    title: (seen) =>
      `the database refuses the credentials${part(seen, 'user', (user) => ` of ${user}`)}${part(seen, 'role', (role) => ` of ${role}`)}`,
    remedy: () =>
      'Compare user, password and database of the env file with the database; was a password changed, or the env file replaced?',
  },
  'database-schema-missing': {
    title: (seen) =>
      `the database lacks ${part(seen, 'table', (name) => `the table ${name}`) || part(seen, 'column', (name) => `the column ${name}`) || part(seen, 'database', (name) => `the database ${name}`) || 'what the code expects'}`,
    remedy: () =>
      'Run the migrations of this release, and check that it is the right database (name and host in the env file).',
  },
  'dependency-timeout': {
    title: (seen) => `what the app depends on does not answer in time${place(seen)}`,
    remedy: () =>
      'Look whether it is overloaded, hung or behind a firewall that drops packets; the app needs no restart once it answers.',
  },
  'dependency-unreachable': {
    title: (seen) => `what the app depends on cannot be reached${place(seen)}`,
    remedy: () =>
      'Look whether it runs and listens there (systemctl status, ss -ltn), and whether host and port of the env file are right.',
  },
  'disk-full': {
    title: (seen) => `the disk is full${part(seen, 'path', (value) => ` (${value})`)}`,
    remedy: () =>
      'df -h and df -i say which one; logs and old releases are the usual reason. dozor protect --only free-space names what can go.',
  },
  'dns-failure': {
    title: (seen) => `a name cannot be resolved${part(seen, 'host', (host) => `: ${host}`)}`,
    remedy: () =>
      'Check the name for a slip, and the resolver of this machine (resolvectl query NAME); in containers the name of the service and its network.',
  },
  'env-file-missing': {
    title: (seen) => `the environment file is missing${path(seen)}`,
    remedy: () =>
      'Put it back (a deploy may have left it out) or correct its path; the path counts from the folder the app is started in.',
  },
  'env-missing': {
    title: (seen) => {
      const names = part(seen, 'names', (value) => value);
      return names === '' ? 'an environment variable is not set' : `not set in the environment: ${names}`;
    },
    remedy: () =>
      'Add it to the env file, then restart with --update-env; check that the app loads that file at all, and from which folder.',
  },
  'file-descriptor-limit': {
    title: () => 'too many open files or connections',
    remedy: () =>
      'Raise the limit (LimitNOFILE, ulimit -n) to get it back, then look for what is opened and never closed (lsof -p PID).',
  },
  'file-missing': {
    title: (seen) =>
      seen['program'] === true ? `a program is not installed${path(seen)}` : `a file is missing${path(seen)}`,
    remedy: () =>
      'Put it back or correct its path; a relative path counts from the folder the app is started in, not from its source.',
  },
  'heap-out-of-memory': {
    title: (seen) =>
      `out of memory: the JavaScript heap reached its limit${part(seen, 'mb', (mb) => ` (${mb} MB in use)`)}`,
    remedy: () =>
      'Raise --max-old-space-size if the machine has memory left, and look for what grows (a cache without an end, a whole table in memory).',
  },
  'kernel-out-of-memory': {
    title: () => 'the kernel killed it: the machine or its group had no memory left',
    remedy: () =>
      'journalctl -k | grep -i oom shows it. Lower what runs beside it, limit the heap below the memory there is, or add memory.',
  },
  'killed-by-signal': {
    title: (seen) => `it was ended from outside${part(seen, 'signal', (signal) => ` by ${signal}`)}`,
    remedy: () =>
      "A person, a deploy, the process manager or the kernel (out of memory) did it: journalctl -k and the manager's log tell who.",
  },
  'permission-denied': {
    title: (seen) => `no permission${path(seen)}${part(seen, 'syscall', (call) => ` (${call})`)}`,
    remedy: () =>
      'Compare the owner (ls -l, and of the folders above) with the user that the app runs as; a deploy as root is the usual reason.',
  },
  'port-forbidden': {
    title: (seen) => `the port may not be opened by this user${part(seen, 'port', (port) => `: ${port}`)}`,
    remedy: () =>
      'Ports below 1024 are for root: use a higher one behind nginx, or give the right (setcap cap_net_bind_service).',
  },
  'port-in-use': {
    title: (seen) =>
      `the port is taken${part(seen, 'port', (port) => `: ${port}`)}${part(seen, 'path', (value) => `: ${value}`)}${part(seen, 'owner', (owner) => ` (by ${owner})`)}`,
    remedy: (seen) =>
      `ss -ltnp | grep ${part(seen, 'port', (port) => `:${port}`) || 'PORT'} says who holds it: often an older copy of the app, or the same app under another manager. End that one.`,
  },
  'read-only-filesystem': {
    title: (seen) => `the file system is read-only${path(seen)}`,
    remedy: () =>
      'dmesg tells whether a disk error made it so; in containers and units (ProtectSystem) write to a folder that is meant for it.',
  },
  'silent-exit': {
    title: (seen) => `it ended without a word (exit code ${part(seen, 'code', (code) => code) || 'unknown'})`,
    remedy: () =>
      'Somewhere process.exit is called without a message: start it by hand in its folder with its env file, and search the code for process.exit.',
  },
  'tls-material-invalid': {
    title: (seen) =>
      seen['peer'] === true
        ? `the other side's certificate is not accepted${part(seen, 'code', (code) => ` (${code})`)}`
        : 'a key or certificate cannot be used',
    remedy: (seen) =>
      seen['peer'] === true
        ? 'Look at its dates and issuer (openssl s_client -connect HOST:PORT); give a private authority by NODE_EXTRA_CA_CERTS.'
        : 'Check that key and certificate are whole, in PEM, and belong together (openssl x509 -noout -text -in FILE); was one renewed without the other?',
  },
  'uncaught-exception': {
    title: (seen) => `the program threw an error that nobody caught${part(seen, 'error', (error) => `: ${error}`)}`,
    remedy: (seen) => {
      if (seen['hint'] === 'injection')
        return 'The module must provide or import what the class asks for; look at the name in the message.';
      if (seen['hint'] === 'route-pattern')
        return 'The path pattern is of an older router: with Express 5 write /*name in place of *, and {/:id} in place of /:id?.';
      if (seen['hint'] === 'import-circle') return 'Two files import each other: move what both need into a third one.';
      return 'Look at the line named below; when it came with the last deploy, go back to the release before.';
    },
  },
  'unhandled-rejection': {
    title: (seen) => `a promise was rejected and nobody handled it${part(seen, 'error', (error) => `: ${error}`)}`,
    remedy: () =>
      'Look at the place named below and handle it there. Under PM2 such a process may stay "online" and do nothing.',
  },
  'unsettled-await': {
    title: (seen) => `it waits at its top level for what never comes${part(seen, 'place', (value) => `: ${value}`)}`,
    remedy: () => 'The awaited promise is never settled: most often a connection without a time-out. Give it one.',
  },
  'watcher-limit': {
    title: () => 'the limit of watched files is reached (the disk is not full)',
    remedy: () =>
      'Raise fs.inotify.max_user_watches by sysctl, or watch nothing in production (watch: false, no nodemon).',
  },
  unknown: {
    title: () => 'the cause is unknown',
    remedy: () => 'The last lines are below. Start it by hand in its folder with its env file to see more.',
  },
} as const satisfies Record<string, CauseWords>;
