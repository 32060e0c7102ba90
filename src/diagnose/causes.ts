/**
 * How a cause behaves: `lasting` will not heal by itself (the next start fails as well: alert loudly, repair or roll back); `passing` heals when
 * something else does (a database, a name server: keep trying); `strained` is a resource at its end (memory, disk: tell with evidence); `open` is
 * whatever the program itself threw.
 */
export type CauseNature = 'lasting' | 'passing' | 'strained' | 'open';

/** Every cause that can be named. */
export const CAUSES = {
  'address-not-available': { nature: 'lasting' },
  'clean-exit': { nature: 'lasting' },
  'config-file-invalid': { nature: 'lasting' },
  'database-auth': { nature: 'lasting' },
  'database-schema-missing': { nature: 'lasting' },
  'dependency-timeout': { nature: 'passing' },
  'dependency-unreachable': { nature: 'passing' },
  'disk-full': { nature: 'strained' },
  'dns-failure': { nature: 'passing' },
  'entry-missing': { nature: 'lasting' },
  'env-file-missing': { nature: 'lasting' },
  'env-missing': { nature: 'lasting' },
  'esm-cjs-mismatch': { nature: 'lasting' },
  'export-missing': { nature: 'lasting' },
  'express-handler-undefined': { nature: 'lasting' },
  'file-descriptor-limit': { nature: 'strained' },
  'file-missing': { nature: 'lasting' },
  'heap-out-of-memory': { nature: 'strained' },
  'kernel-out-of-memory': { nature: 'strained' },
  'killed-by-signal': { nature: 'open' },
  'merge-conflict-markers': { nature: 'lasting' },
  'module-file-missing': { nature: 'lasting' },
  'native-crash': { nature: 'open' },
  'native-library-missing': { nature: 'lasting' },
  'native-module-abi': { nature: 'lasting' },
  'native-module-wrong-platform': { nature: 'lasting' },
  'node-option-invalid': { nature: 'lasting' },
  'node-too-old': { nature: 'lasting' },
  'package-missing': { nature: 'lasting' },
  'package-path-not-exported': { nature: 'lasting' },
  'permission-denied': { nature: 'lasting' },
  'port-forbidden': { nature: 'lasting' },
  'port-in-use': { nature: 'lasting' },
  'prisma-not-generated': { nature: 'lasting' },
  'read-only-filesystem': { nature: 'lasting' },
  'silent-exit': { nature: 'open' },
  'stack-overflow': { nature: 'open' },
  'stale-artifact': { nature: 'lasting' },
  'syntax-error': { nature: 'lasting' },
  'tls-material-invalid': { nature: 'lasting' },
  'typescript-not-supported': { nature: 'lasting' },
  'uncaught-exception': { nature: 'open' },
  'unhandled-rejection': { nature: 'open' },
  'unsettled-await': { nature: 'lasting' },
  'watcher-limit': { nature: 'strained' },
  unknown: { nature: 'open' },
} as const satisfies Record<string, { readonly nature: CauseNature }>;

/** A cause's stable name. */
export type CauseId = keyof typeof CAUSES;

/** Will the next start fail in the same way? */
export const isLastingCause = (cause: CauseId): boolean => CAUSES[cause].nature === 'lasting';
