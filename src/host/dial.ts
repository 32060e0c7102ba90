import { connect, type TLSSocket } from 'node:tls';
import type { Ms } from '../kernel/time.ts';
import type { Pinned } from '../witness/link.ts';

/** So long an address is tried alone before the next one is tried beside it. */
const ALONE_MS: Ms = 1_000;

/** The far side has another certificate than the pinned one: the brain lost its data folder, or somebody stands in between. */
export class WrongCertificate extends Error {}

const split = (address: string): { readonly host: string; readonly port: number } => {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address);
  return { host: found?.[1] ?? found?.[2] ?? address, port: Number(found?.[3] ?? 0) };
};

const dialOne = (address: string, fingerprint: string, signal: AbortSignal): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    // The pin says more than any authority or name.
    const socket = connect({ ...split(address), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const cut = (): void => fail(new Error(`${address}: no answer in time`));
    signal.addEventListener('abort', cut);
    const lost = (error: NodeJS.ErrnoException): void => fail(new Error(`${address}: ${error.code ?? error.message}`));
    socket.once('error', lost);
    socket.once('close', () => signal.removeEventListener('abort', cut));
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', cut);
      const seen = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
      if (seen !== fingerprint)
        return fail(new WrongCertificate(`${address} has another certificate than the one pinned`));
      socket.off('error', lost);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });

const gravest = (errors: readonly unknown[]): Error => {
  const found = errors.find((error) => error instanceof WrongCertificate) ?? errors[0];
  return found instanceof Error ? found : new Error('no address answered');
};

/**
 * Opens a TLS connection to a brain: its first address, and the others beside it when that fails or hesitates. Nothing is sent before the certificate has
 * proved to be the pinned one. Rejects with WrongCertificate before any other failure, else with an Error that names the address and what is wrong.
 */
export const dialPinned = ({ addresses, fingerprint }: Pinned, timeoutMs: Ms): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const over = new AbortController();
    const errors: unknown[] = [];
    let begun = 0;
    let isOver = false;
    let hesitation: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => over.abort(), timeoutMs);
    const finish = (): void => {
      isOver = true;
      clearTimeout(deadline);
      clearTimeout(hesitation);
      over.abort();
    };
    const succeed = (socket: TLSSocket): void => {
      if (isOver) return void socket.destroy();
      finish();
      resolve(socket);
    };
    const fail = (error: unknown): void => {
      errors.push(error);
      if (isOver) return;
      if (errors.length < addresses.length && !over.signal.aborted) return advance();
      finish();
      reject(gravest(errors));
    };
    const advance = (): void => {
      clearTimeout(hesitation);
      const address = addresses[begun];
      if (address === undefined) return;
      begun += 1;
      hesitation = setTimeout(advance, ALONE_MS);
      dialOne(address, fingerprint, over.signal).then(succeed, fail);
    };
    advance();
  });
