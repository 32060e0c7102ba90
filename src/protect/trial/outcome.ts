import type { Ms } from '../../kernel/time.ts';

/** Why an app could not be tried; that says nothing about whether it would start. */
export type NotTriable =
  | 'no-start-command'
  | 'too-large'
  | 'no-space'
  | 'no-place'
  | 'another-port'
  | 'never-two-at-once'
  | 'too-much-memory'
  | 'stopped'
  | 'not-started';

/** What a trial boot showed. */
export type TrialOutcome =
  | {
      readonly outcome: 'booted';
      /** The port that the app asked for; absent when it listens nowhere. */
      readonly askedPort?: number;
      readonly status?: number;
      readonly tookMs: Ms;
    }
  | {
      readonly outcome: 'failed';
      /** It ended; it ran without listening; it listens, but its health is bad. */
      readonly how: 'ended' | 'silent' | 'unhealthy';
      readonly code?: number;
      readonly signal?: string;
      readonly status?: number;
      /** The last that it said, both outputs, redacted. */
      readonly output: string;
      readonly tookMs: Ms;
    }
  | { readonly outcome: 'not-triable'; readonly why: NotTriable; readonly detail: string };

/** The app could not be tried. */
export const notTriable = (why: NotTriable, detail = ''): TrialOutcome => ({ outcome: 'not-triable', why, detail });
