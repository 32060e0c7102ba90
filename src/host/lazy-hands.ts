import type { Hands } from './hands.ts';
import type { HandsOptions } from './mend/hands.ts';

/** Hands that are loaded when they are first needed: parsers and printers take memory that an agent at rest has no use for. */
export const lazyHands = (options: HandsOptions): Hands => {
  let made: Promise<Hands> | undefined;
  const hands = async (): Promise<Hands> => {
    made ??= import('./mend/hands.ts').then(({ createHands }) => createHands(options));
    return made;
  };
  return {
    plan: async (...words) => (await hands()).plan(...words),
    apply: async (...words) => (await hands()).apply(...words),
    undo: async (...words) => (await hands()).undo(...words),
    resume: async (...words) => (await hands()).resume(...words),
    start: async (...words) => (await hands()).start(...words),
    recover: async (...words) => (await hands()).recover(...words),
    rollback: async (...words) => (await hands()).rollback(...words),
    protect: async (...words) => (await hands()).protect(...words),
    keepHealthy: async (...words) => (await hands()).keepHealthy(...words),
  };
};
