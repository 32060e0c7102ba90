import type { Resource } from '#store/contract.ts';
import type { Mistake } from './document.ts';
import { mapLeaves, type Path } from './path.ts';
import { referencesIn } from './reference.ts';

/** Fields of monitors that take PEM text or the path of a file that holds it. */
const isPemOrPath = (path: Path): boolean =>
  (path.length === 1 && path[0] === 'ca') ||
  (path.length === 2 && path[0] === 'clientCertificate' && (path[1] === 'cert' || path[1] === 'key'));

/**
 * What a definition made through API or screens may not hold: `${…}`, and, unless it came over the Unix socket, the path of a file. Either would
 * let an API token read the machine's environment and files.
 */
export const mistakesFromOutside = ({ origin, kind, spec, trusted }: Resource): readonly Mistake[] => {
  if (origin !== 'stored') return [];
  const found: Mistake[] = [];
  mapLeaves(spec, (leaf, path) => {
    if (typeof leaf !== 'string') return leaf;
    if (referencesIn(leaf).length > 0)
      found.push({
        path,
        at: 'value',
        message: 'references to the environment or to files are read in the configuration file only',
        hint: 'give the value itself: it is stored encrypted ($${ stands for the signs)',
      });
    else if (kind === 'monitor' && trusted !== true && isPemOrPath(path) && !leaf.includes('-----BEGIN '))
      found.push({
        path,
        at: 'value',
        message: 'the path of a file may be named in the configuration file only',
        hint: 'give the PEM text itself (-----BEGIN …)',
      });
    return leaf;
  });
  return found;
};
