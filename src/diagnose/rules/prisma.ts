import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'prisma-not-generated',
    sure: 0.96,
    match: words(
      /Cannot find (?:module|package) '(?<path>\.prisma\/client[^']{0,200}|[^']{0,200}node_modules\/\.prisma\/client[^']{0,200}|@prisma\/client\/(?:runtime|default|index|edge)[^']{0,100}|(?:[^']{0,200}\/)?generated\/(?:prisma|client)[^']{0,100})'/,
    ),
  },
  {
    cause: 'prisma-not-generated',
    sure: 0.97,
    match: words(/@prisma\/client did not initialize yet|Please run "?`?prisma generate/),
  },
  {
    cause: 'prisma-not-generated',
    sure: 0.9,
    match: words(
      /Prisma Client could not locate the Query Engine|Query engine library for current platform .{0,80} could not be found|Prisma Client was generated for/,
    ),
  },
  {
    cause: 'prisma-not-generated',
    sure: 0.9,
    match: words(
      /The requested module '@prisma\/client' does not provide an export named '(?<export>[^']{1,100})'|Named export 'PrismaClient' not found\. The requested module '@prisma\/client'/,
    ),
  },
];

/** The client that `prisma generate` writes is not there, or was made for another machine. */
export const prisma = defineRule({
  name: 'prisma',
  causes: ['prisma-not-generated'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
