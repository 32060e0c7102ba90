import type { Verdict } from '#monitor/verdict.ts';
import type { Ink } from './terminal.ts';

/** The sign that stands for a verdict in a line. */
export const SIGNS: Readonly<Record<Verdict, { readonly sign: string; readonly ink: Ink }>> = {
  pending: { sign: '…', ink: 'gray' },
  up: { sign: '●', ink: 'green' },
  suspect: { sign: '?', ink: 'yellow' },
  down: { sign: '✖', ink: 'red' },
  degraded: { sign: '▲', ink: 'yellow' },
  blind: { sign: '○', ink: 'gray' },
};
