const services = (count: number): string => `${count} ${count === 1 ? 'service' : 'services'}`;

const within = (text: string | undefined): string => (text === undefined ? '' : ` (${text})`);

const onHost = (host: string | undefined): string => (host === undefined ? '' : ` on ${host}`);

const ofAll = (count: number, of: number | undefined): string =>
  of === undefined ? services(count) : `${count} of ${services(of)}`;

const are = (count: number): string => (count === 1 ? 'is' : 'are');

/** English texts: what alerts say. Times, spans and numbers come in as texts of `format.ts`; signs such as 🔴 stand before the titles. */
export const messages = {
  title: {
    down: (name: string): string => `${name} is down`,
    stillDown: (name: string): string => `${name} is still down`,
    degraded: (name: string): string => `${name} is degraded`,
    stillDegraded: (name: string): string => `${name} is still degraded`,
    works: (name: string): string => `${name} works again`,
    closed: (name: string): string => `${name}: incident closed`,
    withdrawn: (name: string): string => `${name}: what failed is not watched any more`,
    flapping: (name: string): string => `${name} goes down and comes back again and again`,
    about: (name: string, what: string): string => `${name}: ${what}`,
    missed: (name: string, jobs: string, count: number): string =>
      `${name}: ${jobs} ${count === 1 ? 'has' : 'have'} not reported`,
    failed: (name: string, jobs: string): string => `${name}: ${jobs} failed`,
    overrun: (name: string, jobs: string, count: number): string =>
      `${name}: ${jobs} ${count === 1 ? 'has' : 'have'} not finished`,
    reports: (name: string, jobs: string, count: number): string =>
      `${name}: ${jobs} ${count === 1 ? 'reports' : 'report'} again`,
    storm: (s: { count: number; of: number | undefined; host: string | undefined; still: boolean }): string =>
      `${ofAll(s.count, s.of)}${onHost(s.host)} ${are(s.count)} ${s.still ? 'still ' : ''}down`,
    stormOver: (s: { count: number; host: string | undefined }): string =>
      `${services(s.count)}${onHost(s.host)} ${s.count === 1 ? 'works' : 'work'} again`,
    unseen: (name: string, span: string, told: string): string => `${name} was down ${span}, told late${told}.`,
    unseenDegraded: (name: string, span: string, told: string): string =>
      `${name} was degraded ${span}, told late${told}.`,
    blind: (span: string, cause: string | undefined): string => `Dozor could not see out ${span}${within(cause)}.`,
    gap: (span: string, duration: string): string => `Dozor itself was not running ${span} (${duration}).`,
    unwatched: 'Dozor runs on the machine that it watches.',
    watcherSilent: (name: string, since: string): string =>
      `${name} does not watch Dozor any more: silent since ${since}.`,
    watcherBack: (name: string): string => `${name} watches Dozor again`,
    brainSilent: (name: string, since: string, span: string): string =>
      `Dozor on ${name} has been silent since ${since} (${span}).`,
    brainUnwell: (name: string, since: string): string => `Dozor on ${name} answers, but is not well since ${since}.`,
    brainBack: (name: string): string => `Dozor on ${name} answers again`,
    test: (channel: string | undefined): string =>
      channel === undefined ? 'Test message from Dozor' : `Test message from Dozor to ${channel}`,
    digest: (messages: number): string => `${messages} messages in one`,
  },
  line: {
    since: (span: string): string => `Since ${span}`,
    sinceInside: (span: string): string => `since ${span}`,
    seenAfter: (span: string): string => `seen after ${span}`,
    lasting: (span: string): string => `${span} so far`,
    from: (span: string): string => `From ${span}`,
    until: (moment: string): string => `works again ${moment}`,
    downFor: (span: string): string => `down ${span}`,
    degradedFor: (span: string): string => `degraded ${span}`,
    silentFor: (span: string): string => `silent ${span}`,
    overdueFor: (span: string): string => `overdue ${span}`,
    expectedBy: (moment: string): string => `expected by ${moment}`,
    by: (who: string): string => `by: ${who}`,
    checks: (bad: number, asked: number): string => `${bad} of ${asked} ${asked === 1 ? 'check' : 'checks'}`,
    last: (moment: string): string => `last ${moment}`,
    fails: 'fails',
    more: (count: number): string => `and ${count} more`,
    networkFine: (ok: number, total: number): string => `Own network fine (${ok} of ${total} controls)`,
    networkPoor: (ok: number, total: number): string => `Own network poor (${ok} of ${total} controls)`,
    lastChange: (what: string, moment: string): string => `Last change: ${what} · ${moment}`,
    commonCause: (what: string): string => `common cause: ${what}`,
    listFollows: 'The list follows in the details.',
    acknowledged: (who: string, moment: string | undefined): string =>
      `Acknowledged by ${who}${moment === undefined ? '' : ` · ${moment}`}`,
    nobody: (reminder: number): string => `Nobody has acknowledged it · reminder ${reminder}`,
    reminder: (reminder: number): string => `Reminder ${reminder}`,
    fromMemory: (why: string): string => `Told from memory: Dozor cannot save (${why})`,
    toldLate: (moment: string): string => `Told late: known since ${moment}`,
    because: {
      'not-running': (span: string): string => `: Dozor itself was not running ${span}`,
      channel: (channel: string, span: string): string => `: ${channel} could not be reached ${span}`,
    },
    nothingKnown: (count: number): string => `Nothing known about ${services(count)} in that time.`,
    deadToo: (names: string, count: number): string =>
      `${names} ${count === 1 ? 'does' : 'do'} not answer from here either: the machine is probably down.`,
    aliveHere: (names: string, count: number): string =>
      `${names} ${count === 1 ? 'answers' : 'answer'} from here: probably only Dozor is down.`,
    unwatched: 'If that machine dies, nobody will tell you.',
    unwatchedFix:
      "Fix in two minutes: `dozor watchers code NAME` here and `dozor join CODE` on another machine, or a dead-man's URL under `watchers:`.",
    wholePath: 'It went the whole way of an alert; nothing is wrong.',
  },
  digest: {
    down: (name: string, since: string): string => `${name} is down since ${since}`,
    degraded: (name: string, since: string): string => `${name} is degraded since ${since}`,
    recovered: (name: string, at: string): string => `${name} works again ${at}`,
    other: (name: string): string => name,
  },
  /** Why the store cannot save; other texts are shown as they are. */
  storeFailure: { full: 'disk full', io: 'I/O error' },
  /** Why Dozor could not see out, by the key of the control that failed. */
  blindness: {
    gateway: 'gateway unreachable',
    resolvers: 'name servers unreachable',
    anchors: 'internet unreachable',
    all: 'own network unreachable',
  },
  short: {
    down: (name: string): string => `${name} DOWN`,
    stillDown: (name: string): string => `${name} STILL DOWN`,
    degraded: (name: string): string => `${name} degraded`,
    works: (name: string, at: string): string => `${name} works again ${at}`,
    storm: (s: { count: number; of: number | undefined; host: string | undefined }): string =>
      `${ofAll(s.count, s.of)}${onHost(s.host)} DOWN`,
    since: (moment: string): string => ` since ${moment}`,
    downFor: (span: string): string => `, down ${span}`,
    unseen: (name: string, from: string, to: string): string => `${name} was down ${from}-${to}, told late`,
    brainSilent: (name: string, since: string): string => `Dozor on ${name} silent since ${since}`,
    blind: (from: string, to: string): string => `Dozor could not see out ${from}-${to}`,
    gap: (from: string, to: string): string => `Dozor was not running ${from}-${to}`,
    unwatched: 'Nobody watches Dozor: if its machine dies, nobody will tell you',
  },
  spoken: {
    since: (moment: string): string => ` since ${moment}`,
    because: (why: string): string => `: ${why}`,
  },
  button: { acknowledge: 'Acknowledge', mute: 'Mute 1 h', details: 'Details' },
};
