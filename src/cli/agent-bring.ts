import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { libcOf } from '#ssh/agent/look.ts';
import type { PutInput, Sealed } from '#ssh/agent/put.ts';
import { parcel, parcelId } from '#ssh/parcel.ts';
import { runRemotely } from '#ssh/run.ts';
import type { SshTarget } from '#ssh/target.ts';
import type { AgentPlan, NodeHere } from './agent-plan.ts';

/** What this machine can bring to a host. */
export interface Luggage {
  readonly node: NodeHere;
  readonly nodePath: string;
  /** The parcel's id, and its text as it is sent. */
  readonly id: string;
  readonly text: Buffer;
  readonly sealed: Sealed;
}

/** Upload lines are often slower than this compresses, and Node shrinks to two fifths. */
const EFFORT = 4;

const sealOf = async (parts: AsyncIterable<Buffer> | Iterable<Buffer>, bytes: number): Promise<Sealed> => {
  const hash = createHash('sha256');
  for await (const part of parts) hash.update(part);
  return { bytes, sha256: hash.digest('hex') };
};

/**
 * Packs what a host may need: this Dozor, and the Node that it runs on.
 * @throws Fault MACHINE_LACKS in a checkout without its development packages
 */
export const packLuggage = async (): Promise<Luggage> => {
  const nodePath = realpathSync(process.execPath);
  const { size } = await stat(nodePath);
  const [made, node] = await Promise.all([parcel(), sealOf(createReadStream(nodePath), size)]);
  const text = Buffer.from(JSON.stringify(made));
  const { platform, arch, versions } = process;
  return {
    node: { ...node, platform, arch, libc: libcOf(platform), version: versions.node },
    nodePath,
    id: parcelId(made),
    text,
    sealed: await sealOf([text], text.length),
  };
};

async function* contents(luggage: Luggage, bringsNode: boolean): AsyncGenerator<Buffer> {
  if (bringsNode) yield* createReadStream(luggage.nodePath, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>;
  yield luggage.text;
}

/**
 * Brings a release to a host; what runs there is not touched.
 * @param onProgress is told how many bytes of Node have arrived, of how many
 * @throws Fault as `runRemotely`; SSH_BROKEN when something arrived damaged
 */
export const bring = async (
  target: SshTarget,
  luggage: Luggage,
  plan: AgentPlan,
  onProgress: (done: number, of: number) => void,
): Promise<void> => {
  const input: PutInput = { release: plan.release, parcel: luggage.sealed, node: plan.node };
  const packed = pipeline(
    Readable.from(contents(luggage, 'bring' in plan.node)),
    createGzip({ level: EFFORT }),
    // what breaks here breaks the reading of it
    () => undefined,
  );
  await runRemotely(target, 'agent-put', input as never, {
    attachment: packed,
    onProgress: (news) => {
      const { done, of } = news as { done: number; of: number };
      onProgress(done, of);
    },
  });
};
