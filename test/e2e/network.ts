import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGES = { ip: 'iproute2', nft: 'nftables' } as const;
/** Of 198.18.0.0/15, which belongs to nobody (RFC 2544): a /24 for each network. */
const BLOCKS = 512;

const program = (name: keyof typeof PACKAGES): string => {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
      continue;
    }
  }
  throw new Error(`this test needs "${name}": apt-get install ${PACKAGES[name]}`);
};

const run = promisify(execFile);

const ip = async (...args: readonly string[]): Promise<void> => {
  await run(program('ip'), args);
};

/**
 * A network namespace in which a brain runs, and a cable from it to a world that this process stands for: a gateway, neighbours on the link, and far
 * addresses beyond the gateway. A second cable, which leads nowhere else, is for the alert channels: they can be reached whatever happens to the first.
 */
export interface Network {
  /** Runs a program inside. */
  readonly wrap: readonly string[];
  /** Where alert channels listen. */
  readonly office: string;
  /** An address on the link, `place` 0 to 9. */
  neighbour(place: number): string;
  /** An address beyond the gateway, `place` 0 to 9. */
  far(place: number): string;
  /** Inside, the interface is switched off: its routes vanish. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** The gateway's end of the cable goes dead (the routes stay), or comes back. */
  gateway(state: 'up' | 'down'): Promise<void>;
  /** Rules of nft for what leaves (`out`) and what arrives (`in`), in place of those before. */
  filter(rules: { readonly out?: readonly string[]; readonly in?: readonly string[] }): Promise<void>;
  close(): Promise<void>;
}

const isGone = (error: unknown): void => {
  if (!String((error as { stderr?: string }).stderr).includes('Cannot find device')) throw error;
};

const claim = async (): Promise<number> => {
  const first = process.pid % BLOCKS;
  for (let step = 0; step < BLOCKS; step += 1) {
    const block = (first + step) % BLOCKS;
    try {
      await ip('netns', 'add', nameOf(block));
      return block;
    } catch (error) {
      // Taken by another test that runs now; anything else fails for all of them.
      if (!String((error as { stderr?: string }).stderr).includes('File exists')) throw error;
    }
  }
  throw new Error('every network for tests is taken: look at `ip netns list` for what was left behind');
};

const nameOf = (block: number): string => `dozor-${block}`;

const open = new Set<number>();
process.once('exit', () => {
  for (const block of open) execFileSync(program('ip'), ['netns', 'del', nameOf(block)], { stdio: 'ignore' });
});

const lay = async (block: number, prefix: string, hasGateway: boolean): Promise<void> => {
  const [name, up, office] = [nameOf(block), `dz${block}u`, `dz${block}o`];
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  await ip('link', 'add', up, 'type', 'veth', 'peer', 'name', 'up0', 'netns', name);
  await ip('link', 'add', office, 'type', 'veth', 'peer', 'name', 'office0', 'netns', name);
  const places = [...Array(10).keys()];
  const world = [`${prefix}.1/26`, ...places.flatMap((n) => [`${prefix}.${10 + n}/32`, `${prefix}.${130 + n}/32`])];
  for (const address of world) await ip('addr', 'add', address, 'dev', up);
  await ip('addr', 'add', `${prefix}.193/30`, 'dev', office);
  await ip('-n', name, 'addr', 'add', `${prefix}.2/26`, 'dev', 'up0');
  await ip('-n', name, 'addr', 'add', `${prefix}.194/30`, 'dev', 'office0');
  for (const outer of [up, office]) await ip('link', 'set', outer, 'up');
  for (const inner of ['up0', 'office0']) await ip('-n', name, 'link', 'set', inner, 'up');
  if (hasGateway) await ip('-n', name, 'route', 'add', 'default', 'via', `${prefix}.1`);
};

const chain = (hook: 'output' | 'input', rules: readonly string[] = []): string =>
  [`chain ${hook} {`, `type filter hook ${hook} priority 0;`, ...rules, '}'].join('\n');

/** Opens a network; `hasGateway: false` leaves out the way to the world. It needs root, `ip` and `nft`. */
export const openNetwork = async ({ hasGateway = true }: { readonly hasGateway?: boolean } = {}): Promise<Network> => {
  const nft = program('nft');
  const block = await claim();
  open.add(block);
  const name = nameOf(block);
  const prefix = `198.${18 + (block >> 8)}.${block & 255}`;
  const close = async (): Promise<void> => {
    if (!open.delete(block)) return;
    // The kernel takes a namespace's cables away some time after the last process in it has ended; the next network may come sooner.
    for (const outer of [`dz${block}u`, `dz${block}o`]) await ip('link', 'del', outer).catch(isGone);
    await ip('netns', 'del', name);
  };
  try {
    await lay(block, prefix, hasGateway);
  } catch (error) {
    await close();
    throw error;
  }
  const exec = ['netns', 'exec', name];
  return {
    wrap: [program('ip'), ...exec],
    office: `${prefix}.193`,
    neighbour: (place) => `${prefix}.${10 + place}`,
    far: (place) => `${prefix}.${130 + place}`,
    unplug: async () => ip('-n', name, 'link', 'set', 'up0', 'down'),
    plugIn: async () => {
      await ip('-n', name, 'link', 'set', 'up0', 'up');
      if (hasGateway) await ip('-n', name, 'route', 'add', 'default', 'via', `${prefix}.1`);
    },
    gateway: async (state) => ip('link', 'set', `dz${block}u`, state),
    filter: async (rules) => {
      const child = run(program('ip'), [...exec, nft, '-f', '-']);
      const chains = [chain('output', rules.out), chain('input', rules.in)];
      child.child.stdin?.end(['flush ruleset', 'table inet test {', ...chains, '}', ''].join('\n'));
      await child;
    },
    close,
  };
};
