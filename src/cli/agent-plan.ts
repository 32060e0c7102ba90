import { Fault } from '#kernel/fault.ts';
import { agentPlaces, AGENT_UNIT_FILE, nodeName } from '#ssh/agent/layout.ts';
import type { AgentLook } from '#ssh/agent/look.ts';
import type { PutInput, Sealed } from '#ssh/agent/put.ts';

/** The oldest Node that an agent runs on. */
const NEEDED = [24, 15] as const;

/** The Node that runs this command line, and could be brought. */
export interface NodeHere extends Sealed {
  readonly platform: string;
  readonly arch: string;
  readonly libc: string;
  readonly version: string;
}

/** What an installation would do, as data: shown before it is done. */
export interface AgentPlan {
  readonly release: string;
  readonly node: PutInput['node'];
  /** `24.21.0`, for people. */
  readonly nodeVersion: string;
  readonly puts: boolean;
  readonly joins: boolean;
  readonly sets: boolean;
  /** The unit's text, where systemd will start it. */
  readonly unit?: string;
  readonly isUpgrade: boolean;
}

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
};

const machineOf = ({ platform, arch, libc }: Pick<AgentLook, 'platform' | 'arch' | 'libc'>): string =>
  [platform, arch, ...(libc === 'none' ? [] : [libc])].join(' ');

interface ChosenNode {
  readonly node: PutInput['node'];
  readonly version: string;
  readonly tag: string;
}

const chosenNode = (look: AgentLook, here: NodeHere): ChosenNode => {
  if (machineOf(look) === machineOf(here)) {
    const name = nodeName(here.sha256);
    const { bytes, sha256, version } = here;
    const node = look.nodes.includes(name) ? { before: name } : { bring: { bytes, sha256 } };
    return { node, version, tag: name };
  }
  const own = look.ownNodes.find(({ version }) => isNewEnough(version));
  if (own !== undefined) return { node: { own: own.folder }, version: own.version, tag: `own-${own.version}` };
  throw new Fault(
    'MACHINE_LACKS',
    `The host is ${machineOf(look)}, this machine ${machineOf(here)}: its Node cannot be brought, and the host has none of ${NEEDED.join('.')} or newer.`,
    `On the host: npm install --prefix ~/.dozor-agent/own-node node@24      then call this again.`,
  );
};

const checkRoom = (look: AgentLook, node: PutInput['node']): void => {
  const needed = ('bring' in node ? node.bring.bytes : 0) + 100_000_000;
  if (look.freeBytes < needed)
    throw new Fault(
      'MACHINE_LACKS',
      `The disk of the host's home folder has ${Math.floor(look.freeBytes / 1e6)} MB free; ${Math.ceil(needed / 1e6)} MB are needed.`,
      'Free some space there (dozor diagnose --ssh … names the largest folders), then call this again.',
    );
};

/**
 * What there is to do on a host. Pure: from what is there and what is wanted.
 * @param unit the text of the unit, where systemd runs and the user may write it
 * @throws Fault MACHINE_LACKS (no Node that fits, no room)
 */
export const agentPlan = (
  look: AgentLook,
  wanted: {
    readonly parcel: string;
    readonly node: NodeHere;
    readonly unit: string | undefined;
    readonly isKnownToBrain: boolean;
  },
): AgentPlan => {
  const { node, version, tag } = chosenNode(look, wanted.node);
  const release = `${wanted.parcel}-node-${tag}`;
  const puts = !look.releases.includes(release);
  if (puts) checkRoom(look, node);
  const isStarted = wanted.unit === undefined ? look.loopPid !== undefined : look.unitIsActive;
  return {
    release,
    node,
    nodeVersion: version,
    puts,
    joins: !look.isJoined || !wanted.isKnownToBrain,
    sets: look.current !== release || look.unit !== wanted.unit || !isStarted,
    isUpgrade: look.current !== undefined && look.current !== release,
    ...(wanted.unit === undefined ? {} : { unit: wanted.unit }),
  };
};

/** Is there anything to do? */
export const isIdle = ({ puts, joins, sets }: AgentPlan): boolean => !puts && !joins && !sets;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const nodeLine = ({ node, nodeVersion }: AgentPlan): string => {
  if ('bring' in node) return `bring Node ${nodeVersion} (${megabytes(node.bring.bytes)}, compressed on its way)`;
  if ('own' in node) return `use the host's own Node ${nodeVersion} (${node.own})`;
  return `use the Node ${nodeVersion} that was brought before`;
};

/** The plan as people read it, a line a step. */
export const planLines = (plan: AgentPlan, look: AgentLook, host: string): readonly string[] => {
  const places = agentPlaces(look.home);
  const starts =
    plan.unit === undefined
      ? `start it by ${places.loop} (no systemd for this user here: not at boot, see below)`
      : `write ${AGENT_UNIT_FILE}, enable it at boot and start it`;
  return [
    ...(plan.puts ? [`${nodeLine(plan)} and Dozor to ${places.folder}`] : []),
    ...(plan.joins ? [`join it to the brain as the agent of ${host}`] : []),
    ...(plan.sets && plan.isUpgrade
      ? [`replace ${look.current ?? ''}, which is kept until the new one has reported`]
      : []),
    ...(plan.sets ? [starts] : []),
  ];
};

/** How it starts at boot where systemd does not start it. */
export const bootLines = (look: AgentLook): string => {
  const { loop, log } = agentPlaces(look.home);
  const line = `@reboot ${loop}`;
  return (
    `It does not start at boot yet. On the host, once:\n  (crontab -l 2>/dev/null; echo '${line}') | crontab -\n` +
    (look.runsSystemd ? 'Or call this again as root (--ssh root@HOST): then systemd starts it.\n' : '') +
    `Its log: ${log}\n`
  );
};
