import { Fault } from '../kernel/fault.ts';
import type { Secrets } from '../auth/secrets.ts';
import { SCHEMAS } from '../config/load.ts';
import type { Resource, Write } from '../store/contract.ts';

/** A resource's row: its secrets are encrypted, wherever they were written (DESIGN § 7). In memory they are in the clear. */
export const sealedRow = (secrets: Secrets, resource: Resource): Extract<Write, { readonly put: 'resource' }> => ({
  put: 'resource',
  resource: { ...resource, spec: secrets.encrypt(resource.spec, SCHEMAS.specs[resource.kind]) },
});

/**
 * The resource as it was written. What the file or the command line defines is read from there anyway, so a row that cannot be opened (the key is
 * another one, after a restore without it) counts as unknown. One that was made here is told of and left out; its row stays as it is.
 */
export const openedResource = (secrets: Secrets, resource: Resource, onBroken: (text: string) => void): Resource => {
  try {
    return { ...resource, spec: secrets.decrypt(resource.spec, SCHEMAS.specs[resource.kind]) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (resource.origin === 'stored' && resource.retiredAt === undefined)
      onBroken(`The secrets of ${resource.kind} "${resource.name}" cannot be read: ${error.message} ${error.hint}`);
    return { ...resource, spec: {} };
  }
};
