import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** One asking as a person reads it: what API and one-shot check have in common. */
export interface CheckShown {
  readonly tookMs: number;
  readonly class: 'ok' | 'hard' | 'soft';
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

/**
 * The exit code of one asking: 0 up, 1 down, 2 can't tell. Only hard evidence says down for sure; silence may as well be the way to
 * the target.
 */
export const exitOf = (check: Pick<CheckShown, 'class'>): number => ({ ok: 0, hard: 1, soft: 2 })[check.class];

const WORDS = { ok: ['● up', 'green'], hard: ['✖ down', 'red'], soft: ["? can't tell", 'yellow'] } as const;

/** The verdict with its reason, and each phase in an aligned table. */
export const checkText = (check: CheckShown, terminal: Pick<Terminal, 'paint'>): string => {
  const [word, ink] = WORDS[check.class];
  const why = (check.reason ?? check.warning)?.text;
  const phases = PHASES.flatMap(([name, label]) => {
    const value = check.phases[name];
    return value === undefined ? [] : [[`  ${label}`, ms(value)]];
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
