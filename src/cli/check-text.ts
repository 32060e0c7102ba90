import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** One asking as a person reads it: what API and one-shot check have in common. */
export interface CheckShown {
  readonly tookMs: number;
  readonly reason?: { readonly text: string } | undefined;
  readonly warning?: { readonly text: string } | undefined;
  readonly phases: {
    readonly dns?: number | undefined;
    readonly tcp?: number | undefined;
    readonly tls?: number | undefined;
    readonly ttfb?: number | undefined;
    readonly body?: number | undefined;
  };
  readonly ip?: string | undefined;
  readonly status?: number | undefined;
  readonly certificate?: { readonly subject: string; readonly issuer: string; readonly validTo: string } | undefined;
  readonly detail?: string | undefined;
}

const PHASES = [
  ['dns', 'name (DNS)'],
  ['tcp', 'connection (TCP)'],
  ['tls', 'encryption (TLS)'],
  ['ttfb', 'first byte'],
  ['body', 'body'],
] as const;

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** What one asking says. */
export type Outcome = 'up' | 'down' | 'unknown';

/** The exit code of one asking: 0 up, 1 down, 2 can't tell. */
export const exitOf = (outcome: Outcome): number => ({ up: 0, down: 1, unknown: 2 })[outcome];

const WORDS = { up: ['● up', 'green'], down: ['✖ down', 'red'], unknown: ["? can't tell", 'yellow'] } as const;

/** The verdict with its reason, and each phase in an aligned table. */
export const checkText = (check: CheckShown, outcome: Outcome, terminal: Pick<Terminal, 'paint'>): string => {
  const [word, ink] = WORDS[outcome];
  const why = (check.reason ?? check.warning)?.text;
  const phases = PHASES.flatMap(([name, label]) => {
    const value = check.phases[name];
    // What has no connection has no first byte either: an echo is a reply.
    const shown = name === 'ttfb' && check.phases.tcp === undefined ? 'reply' : label;
    return value === undefined ? [] : [[`  ${shown}`, ms(value)]];
  });
  const facts = [
    ...(check.ip === undefined ? [] : [['  address', check.ip]]),
    ...(check.status === undefined ? [] : [['  status', String(check.status)]]),
    ...(check.certificate === undefined
      ? []
      : [['  certificate', `${check.certificate.subject}, ends ${check.certificate.validTo.slice(0, 10)}`]]),
  ];
  return [
    `${terminal.paint(ink, word)}${why === undefined ? '' : `: ${why}`}\n`,
    table([...phases, ['  in all', ms(check.tookMs)]], [1]),
    table(facts),
  ].join('');
};
