/** English texts: what `dozor up` prints. */
export const cli = {
  verdict: {
    pending: 'not asked yet',
    up: 'up',
    suspect: 'in doubt',
    down: 'down',
    degraded: 'degraded',
    blind: 'cannot see',
  },
  watching: (monitors: number, services: number): string =>
    `Watching ${monitors} ${monitors === 1 ? 'monitor' : 'monitors'} of ${services} ${services === 1 ? 'service' : 'services'}`,
  watchingNothing:
    'Nothing is watched yet. Name a URL (dozor https://…), write dozor.yaml, or add a service through the API.',
  every: (span: string, pulse: string | undefined): string =>
    pulse === undefined ? `every ${span}` : `every ${span}, pulse ${pulse}`,
  passive: 'waits for its heartbeat',
  listening: (url: string): string => `Listening on ${url}`,
  signIn: (link: string): string => `Sign in (once, 15 minutes): ${link}`,
  told: (channels: string): string => `Tells by: ${channels}`,
  toldNobody:
    'Tells nobody: there is no channel yet. Set TELEGRAM_BOT_TOKEN and start again, or write contacts into dozor.yaml.',
  watched: (watchers: string): string => `The watch is watched by: ${watchers}`,
  notYetWatched: (watchers: string): string => `Nobody watches the watch yet: ${watchers}`,
  notWatching: (watchers: string): string => `Does not watch: ${watchers}`,
  unwatched: 'Nobody watches the watch: if this machine dies, nobody will tell you.',
  unwatchedFix:
    "Fix in two minutes: a dead-man's URL under `watchers:` in dozor.yaml, or `dozor watchers code NAME` here and `dozor join CODE` on another machine.",
  watcherState: {
    waiting: 'not heard of yet',
    answers: 'answers',
    silent: 'silent',
    failing: 'failing',
  },
  pair: (bot: string, url: string): string => `Telegram: write /start to ${bot} to be told there: ${url}`,
  cannotPair: (channel: string, why: string): string => `Channel ${channel} tells nobody yet: ${why}`,
  stopping: 'Stopping: what was begun is saved first. Once more to stop at once.',
  stopped: 'Stopped. While Dozor is off, nobody watches.',
  notActedOn: (sections: string): string => `In the file, but not acted on yet: ${sections}`,
  reloaded: (count: number): string =>
    `The configuration was read again: ${count} ${count === 1 ? 'change' : 'changes'}.`,
  reloadedSame: 'The configuration was read again: nothing that is watched or told has changed.',
  reloadRefused: 'The changed configuration is not taken; everything stays as it was.',
};
