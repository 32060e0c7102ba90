import { runInNewContext } from 'node:vm';

type Collect = (options: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

/**
 * Gives back what reading a configuration left behind: it takes many times what is kept of it, and what survived once would stay for hours. Takes some
 * 30 ms. Does nothing where V8's collector is not exposed (bin/dozor.js does).
 */
export const collectGarbage = (): void => {
  const collect = runInNewContext('globalThis.gc') as Collect | undefined;
  collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
};
