import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { processEnvironment } from '../../config/environment.ts';
import { AGENT_UNIT, AGENT_UNIT_FILE, agentPlaces, type AgentPlaces } from './layout.ts';

/** What a host is like, and what of an agent is there already. */
export interface AgentLook {
  readonly platform: string;
  readonly arch: string;
  /** The C library that programs for it are linked with. */
  readonly libc: string;
  readonly user: string;
  readonly isRoot: boolean;
  readonly home: string;
  /** PATH of its sessions: where pm2 and the apps' Node are found. */
  readonly path: string;
  readonly freeBytes: number;
  readonly runsSystemd: boolean;
  /** A Node there that would do for the agent, best first. */
  readonly ownNodes: readonly { readonly version: string; readonly folder: string }[];
  /** Brought before: names of Nodes and ids of releases. */
  readonly nodes: readonly string[];
  readonly releases: readonly string[];
  readonly current?: string;
  readonly isJoined: boolean;
  /** The text of its unit. */
  readonly unit?: string;
  readonly unitIsActive: boolean;
  readonly loopPid?: number;
}

/** The file in the agent's data folder that says that it has joined a brain. */
export const MEMBERSHIP_FILE = 'agent.json';

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

interface ReportHeader {
  readonly glibcVersionRuntime?: string;
}

/** glibc, musl, or nothing where neither is. */
export const libcOf = (platform: string): string => {
  if (platform !== 'linux') return 'none';
  const { header } = process.report.getReport() as { header: ReportHeader };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
};

/** The current release, when the link and what it leads to are there. */
export const currentRelease = (places: AgentPlaces): string | undefined => {
  const isThere = lstatSync(places.current, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isThere && existsSync(places.current) ? basename(readlinkSync(places.current)) : undefined;
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The process of the loop, when it lives. */
export const loopPid = (places: AgentPlaces): number | undefined => {
  const pid = existsSync(places.pid) ? Number(readFileSync(places.pid, 'utf8').trim()) : Number.NaN;
  return Number.isSafeInteger(pid) && pid > 1 && isRunning(pid) ? pid : undefined;
};

/** The Nodes there that an agent could run on: the one that runs this, and the one that a person brought as they were told to. */
const ownNodes = (places: AgentPlaces): AgentLook['ownNodes'] => {
  const brought = join(places.ownNode, 'node_modules/node');
  const manifest = join(brought, 'package.json');
  const version = existsSync(join(brought, 'bin/node'))
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
    : undefined;
  const running = realpathSync(process.execPath);
  return [
    ...(version === undefined ? [] : [{ version, folder: brought }]),
    // what this host's agent was given before counts by its own name
    ...(running.startsWith(realHome(places.nodes)) || !running.endsWith('/bin/node')
      ? []
      : [{ version: process.versions.node, folder: running.slice(0, -'/bin/node'.length) }]),
  ];
};

const realHome = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

const isActive = async (): Promise<boolean> =>
  new Promise((resolve) => {
    // without systemd there is no such program, and nothing is active
    execFile('systemctl', ['is-active', '--quiet', AGENT_UNIT], { timeout: 5_000 }, (error) => resolve(error === null));
  });

/** Looks at the machine that this runs on. Nothing is changed. */
export const lookAround = async (): Promise<AgentLook> => {
  const home = homedir();
  const places = agentPlaces(home);
  const { bavail, bsize } = await statfs(home);
  const current = currentRelease(places);
  const pid = loopPid(places);
  return {
    platform: process.platform,
    arch: process.arch,
    libc: libcOf(process.platform),
    user: userInfo().username,
    isRoot: process.getuid?.() === 0,
    home,
    path: processEnvironment()['PATH'] ?? '',
    freeBytes: bavail * bsize,
    runsSystemd: existsSync('/run/systemd/system'),
    ownNodes: ownNodes(places),
    nodes: namesIn(places.nodes),
    releases: namesIn(places.releases),
    ...(current === undefined ? {} : { current }),
    isJoined: existsSync(join(places.data, MEMBERSHIP_FILE)),
    ...(existsSync(AGENT_UNIT_FILE) ? { unit: readFileSync(AGENT_UNIT_FILE, 'utf8') } : {}),
    unitIsActive: await isActive(),
    ...(pid === undefined ? {} : { loopPid: pid }),
  };
};
