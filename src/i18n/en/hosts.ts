const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const brackets = (parts: readonly string[]): string => {
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
};

const more = (text: string): string => (text === '' ? '' : `: ${text}`);

/** English texts: what agents know of hosts and apps, and what is done about it. */
export const hosts = {
  /** What the process managers are called. */
  manager: { pm2: 'PM2', systemd: 'systemd', gate: 'the gate' },
  message: {
    cause: (what: string, exit: string): string => `Cause: ${what}${exit}`,
    perhaps: (what: string, exit: string): string => `Perhaps: ${what}${exit}`,
    unknownCause: (lastLine: string): string => `Cause not recognised${more(lastLine)}`,
    exit: (seen: { code: number | undefined; signal: string | undefined; count: number }): string =>
      brackets([
        seen.signal === undefined ? (seen.code === undefined ? '' : `exit code ${seen.code}`) : `signal ${seen.signal}`,
        seen.count === 1 ? 'first exit' : `${seen.count} exits`,
      ]),
    changed: {
      'artifact-appeared': (path: string, at: string): string => `${path} appeared ${at}`,
      'artifact-gone': (path: string, at: string): string => `${path} vanished ${at}`,
      'lock-file': (path: string, at: string): string => `${path} changed ${at}`,
      'env-names': (path: string, at: string): string => `Names in ${path} changed ${at}`,
      'git-head': (path: string, at: string): string => `Code changed ${at}${brackets([path])}`,
      entry: (path: string, at: string): string => `${path} changed ${at}`,
      ecosystem: (path: string, at: string): string => `${path} changed ${at}`,
    },
    beforeFirstExit: (span: string): string => `, ${span} before the first exit`,
    managerShows: (manager: string, word: string): string => `${manager} shows ${word}`,
    port: (port: number, open: boolean): string => `port ${port} is ${open ? 'open' : 'closed'}`,
    repair: {
      proposed: (action: string): string => `A trial of the repair (${action}) worked: it waits for a yes`,
      soon: (action: string, span: string): string =>
        `A trial of the repair (${action}) worked: fixing it myself in ${span}`,
      starting: (action: string, by: string): string => `Repair under way: ${action}${brackets([by])}`,
      applied: (action: string, by: string): string =>
        `Repaired: ${action}${brackets([by])}; checking whether it holds`,
      verified: (action: string, by: string): string => `Repaired: ${action}${brackets([by])}; it holds`,
      failed: (action: string, why: string): string => `The repair (${action}) failed${more(why)}`,
      undone: (action: string): string => `The repair (${action}) was taken back`,
      left: (action: string): string => `Left as it is: no repair (${action})`,
      'given-up': (action: string, why: string): string =>
        `The repair (${action}) does not hold${more(why)}: a person is needed`,
    },
    trial: {
      'stale-artifacts': (path: string): string => `Trial without ${path} worked`,
    },
    fixesItself: (trial: string, span: string): string => `${trial}: fixing it myself in ${span}`,
    waitsForYes: (trial: string): string => `${trial}: it waits for a yes`,
    startedBy: (who: string): string => `started by ${who}`,
    automatic: 'by itself',
    agentSilent: (host: string, since: string): string => `No agent on ${host} since ${since}: nobody looks inside`,
    trouble: (host: string, what: string): string => `${host}: ${what}`,
    help: {
      automatic: (action: string): string => `automatic repair${brackets([action])}`,
      order: (what: string, how: string): string => `${what}, started ${how}`,
    },
    via: {
      telegram: 'from Telegram',
      link: 'from a link',
      cli: 'from the command line',
      api: 'by API',
      screen: 'from the page',
      self: 'by itself',
    },
    short: (manager: string, what: string, cause: string): string =>
      `. ${[[manager, what].filter((part) => part !== '').join(' '), cause].filter((part) => part !== '').join(': ')}`,
    troubleOver: (name: string): string => `${name}: all well again`,
    lasted: (span: string): string => `lasted ${span}`,
    agentGone: (host: string, since: string): string => `No agent on ${host} since ${since}.`,
    agentGoneMore: 'Its processes are not seen, and nothing is repaired there. The checks from outside go on.',
    agentBack: (host: string): string => `The agent on ${host} is back`,
  },
  button: { repair: 'Fix now', leave: 'Leave it' },
  answer: {
    repairing: (app: string): string => `${app} is being fixed. The message tells how it goes.`,
    left: (app: string): string => `${app} stays as it is.`,
    notProposed: 'This repair is not proposed (any more).',
    agentAway: (host: string): string => `The agent on ${host} does not answer now: nothing was done.`,
  },
  timeline: {
    process: {
      exit: (app: string, more: string): string => `${app} exited${more}`,
      start: (app: string, more: string): string => `${app} started${more}`,
      'gave-up': (app: string, more: string): string => `the process manager has given up on ${app}${more}`,
      'restart-by-hand': (app: string, more: string): string => `${app} was restarted by hand${more}`,
      'memory-restart': (app: string, more: string): string => `${app} was restarted at its memory limit${more}`,
      'oom-kill': (app: string, more: string): string => `${app} was killed for want of memory${more}`,
      'manager-gone': (app: string, more: string): string => `the process manager of ${app} is gone${more}`,
      'manager-back': (app: string, more: string): string => `the process manager of ${app} is back${more}`,
    },
    exit: (seen: { code: number | undefined; signal: string | undefined; uptime: string }): string =>
      brackets([
        seen.signal === undefined ? (seen.code === undefined ? '' : `exit code ${seen.code}`) : `signal ${seen.signal}`,
        seen.uptime === '' ? '' : `after ${seen.uptime}`,
      ]),
    change: {
      'artifact-appeared': (app: string, path: string): string => `${app}: ${path} appeared`,
      'artifact-gone': (app: string, path: string): string => `${app}: ${path} vanished`,
      'lock-file': (app: string, path: string): string => `${app}: ${path} changed`,
      'env-names': (app: string, path: string): string => `${app}: names in ${path} changed`,
      'git-head': (app: string, path: string): string => `${app}: the code changed${brackets([path])}`,
      entry: (app: string, path: string): string => `${app}: ${path} changed`,
      ecosystem: (app: string, path: string): string => `${app}: ${path} changed`,
    },
    detail: (text: string): string => brackets([text]),
    repair: {
      proposed: (app: string, action: string): string => `${app}: repair proposed: ${action}`,
      starting: (app: string, action: string): string => `${app}: repair begins: ${action}`,
      applied: (app: string, action: string): string => `${app}: repair applied: ${action}`,
      verified: (app: string, action: string): string => `${app}: repair holds: ${action}`,
      failed: (app: string, action: string): string => `${app}: repair failed: ${action}`,
      undone: (app: string, action: string): string => `${app}: repair taken back: ${action}`,
      left: (app: string, action: string): string => `${app}: repair not wanted: ${action}`,
      'given-up': (app: string, action: string): string => `${app}: repair given up: ${action}`,
    },
    finding: (app: string, what: string): string => `${app}: ${what}`,
    order: (app: string, what: string, who: string): string => `${who} asked for ${what} of ${app}`,
    orderEnded: {
      done: (app: string, what: string): string => `${what} of ${app} is done`,
      failed: (app: string, what: string): string => `${what} of ${app} failed`,
      refused: (app: string, what: string): string => `${what} of ${app} was refused by the agent`,
      expired: (app: string, what: string): string => `${what} of ${app}: the agent did not come for it in time`,
    },
    agent: (host: string, gone: boolean): string =>
      gone ? `no agent on ${host}: nobody looks inside` : `the agent on ${host} is back`,
  },
  order: {
    repair: 'repair',
    leave: 'leaving it',
    undo: 'undo',
    recover: 'recover',
    rollback: 'rollback',
    protect: 'protect',
    diagnose: 'diagnose',
  },
  agent: { waiting: 'no agent yet', connected: 'agent connected', gone: 'no agent' },
  page: {
    title: 'Hosts and apps',
    apps: (count: number): string => (count === 1 ? '1 app' : `${count} apps`),
    on: (host: string): string => `on ${host}`,
    lastSeen: 'last seen',
    restarts: (count: number): string => `restarted ${times(count)}`,
    memory: 'memory',
    load: 'load',
    disk: (mount: string, free: string): string => `${mount}: ${free} free`,
    findings: 'Findings',
    repair: 'Repair',
    fix: 'Fix now',
    leave: 'Leave it',
  },
};
