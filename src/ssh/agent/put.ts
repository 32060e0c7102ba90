import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../kernel/fault.ts';
import type { ErrandCall } from '../errand.ts';
import { incoming, type Incoming } from '../incoming.ts';
import type { Parcel } from '../parcel.ts';
import { agentPlaces, nodeName, type AgentPlaces } from './layout.ts';

/** A run of bytes, and what proves that they came whole. */
export interface Sealed {
  readonly bytes: number;
  readonly sha256: string;
}

/** What is brought: the attachment is the gzip of Node's binary (when it is brought) and the parcel's JSON, one behind the other. */
export interface PutInput {
  readonly release: string;
  readonly parcel: Sealed;
  /** The binary that is brought; or a Node of the host itself, as the folder that has bin/node; or one brought before, by its name. */
  readonly node: { readonly bring: Sealed } | { readonly own: string } | { readonly before: string };
}

const DRAFT = 'incoming-';
const TRIAL_MS = 20_000;

const writeDurably = (path: string, text: string, mode: number): void => {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'wx', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const damaged = (what: string): Fault =>
  new Fault('SSH_BROKEN', `${what} did not arrive as it was sent: its SHA-256 is another one.`, 'Call it again.');

/** Takes the next bytes into a file, and checks them. */
const takeFile = async (
  source: Incoming,
  sealed: Sealed,
  path: string,
  tell: (bytes: number) => void,
): Promise<void> => {
  mkdirSync(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  const file = openSync(path, 'wx', 0o755);
  let told = 0;
  let taken = 0;
  try {
    for await (const part of source.bytes(sealed.bytes)) {
      hash.update(part);
      writeSync(file, part);
      taken += part.length;
      if (taken - told < sealed.bytes / 20) continue;
      told = taken;
      tell(taken);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (hash.digest('hex') !== sealed.sha256) throw damaged('Node');
};

const takeText = async (source: Incoming, sealed: Sealed): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of source.bytes(sealed.bytes)) parts.push(part);
  const whole = Buffer.concat(parts);
  if (createHash('sha256').update(whole).digest('hex') !== sealed.sha256) throw damaged('Dozor');
  return whole.toString('utf8');
};

/** Node has to start here (its C library, a folder that may not execute) and to have what the agent needs, before anything relies on it. */
const tryNode = async (program: string): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile(program, ['-e', 'require("node:sqlite")'], { timeout: TRIAL_MS, env: {} }, (error, _out, said) => {
      if (error === null) return resolve();
      const why = said.trim().split('\n')[0] ?? '';
      reject(
        new Fault(
          'MACHINE_LACKS',
          `The Node for the agent does not run on this host: ${(why === '' ? error.message : why).slice(0, 200)}`,
          'Is the home folder mounted noexec, or is its C library older than glibc 2.28?',
        ),
      );
    });
  });

const isInside = (path: string): boolean => !path.startsWith('/') && !path.split('/').includes('..');

const unpack = (text: string, folder: string): void => {
  for (const [path, content] of Object.entries((JSON.parse(text) as Parcel).files)) {
    if (!isInside(path)) throw new Error(`a file of the parcel would lie outside: ${path}`);
    writeDurably(join(folder, path), content, 0o644);
  }
};

/** Drafts of those that were cut off: only one brings something at a time, and that is us. */
const sweep = ({ folder }: AgentPlaces): void => {
  for (const name of readdirSync(folder))
    if (name.startsWith(DRAFT) && !existsSync(`/proc/${name.split('-')[1]}`))
      rmSync(join(folder, name), { recursive: true, force: true });
};

/** The folder that has bin/node for the new release, as its link says it. */
const nodeFolder = (input: PutInput, places: AgentPlaces): string => {
  if ('own' in input.node) return input.node.own;
  const name = 'before' in input.node ? input.node.before : nodeName(input.node.bring.sha256);
  return join(places.nodes, name);
};

const settle = (draft: string, target: string): void => {
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) rmSync(draft, { recursive: true, force: true });
  else renameSync(draft, target);
};

/** A broken attachment breaks what is read from it, and that is where it is heard. */
const unpressed = (attachment: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  pipeline(Readable.from(attachment), createGunzip(), () => undefined);

const bring = async (input: PutInput, call: ErrandCall, draft: string, places: AgentPlaces): Promise<void> => {
  const source = incoming(unpressed(call.attachment()));
  const folder = nodeFolder(input, places);
  if ('bring' in input.node) {
    const { bring: sealed } = input.node;
    await takeFile(source, sealed, join(draft, 'node/bin/node'), (done) => call.progress({ done, of: sealed.bytes }));
    await tryNode(join(draft, 'node/bin/node'));
  } else await tryNode(join(folder, 'bin/node'));
  const release = join(draft, 'release');
  unpack(await takeText(source, input.parcel), release);
  const target = join(places.releases, input.release);
  symlinkSync('own' in input.node ? folder : relative(target, folder), join(release, 'node'));
  if (call.signal.aborted) throw new Error('the caller is gone');
  if ('bring' in input.node) settle(join(draft, 'node'), folder);
  settle(release, target);
};

/**
 * Takes what is brought into its places, whole or not at all; what runs there is not touched.
 * @throws Fault SSH_BROKEN (damaged on its way), MACHINE_LACKS (that Node does not run here)
 */
export const putRelease = async (call: ErrandCall): Promise<void> => {
  const input = call.input as PutInput;
  const places = agentPlaces(homedir());
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  sweep(places);
  const draft = join(places.folder, `${DRAFT}${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await bring(input, call, draft, places);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};
