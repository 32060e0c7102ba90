import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Fault, type FaultCode } from '#kernel/fault.ts';
import type { Json } from '#kernel/json.ts';
import { bundleModule } from '#ssh/bundling.ts';
import { pressed } from '#ssh/parcel.ts';
import { runRemotely, type RemoteOptions } from '#ssh/run.ts';
import { startSshd, type Sshd, type SshdOptions } from './sshd.ts';

const ROOT = join(import.meta.dirname, '../..');
let made: Promise<Buffer> | undefined;

/** Runs one of the errands of ssh-errands.ts on a test's sshd. */
export const callFor = async (
  { target }: Pick<Sshd, 'target'>,
  errand: string,
  input: Json = {},
  options: RemoteOptions = {},
): Promise<unknown> => {
  made ??= bundleModule(ROOT, 'test/fakes/ssh-errands.ts').then(async (text) => pressed(text, 1));
  return runRemotely(target, errand, input, { code: await made, ...options });
};

/** The Fault that a call must end with. */
export const refusedWith = async (calling: Promise<unknown>, code: FaultCode): Promise<Fault> => {
  const error = await calling.then(
    (value) => assert.fail(`it went well: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Fault, String(error));
  assert.equal(error.code, code, error.message);
  return error;
};

/** A sshd for as long as it is used. */
export const withSshd = async (options: SshdOptions, use: (sshd: Sshd) => Promise<void>): Promise<void> => {
  const sshd = await startSshd(options);
  try {
    await use(sshd);
  } finally {
    await sshd.close();
  }
};
