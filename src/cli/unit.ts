/** What a systemd unit for Dozor is written from. All paths are absolute. */
export interface UnitPlan {
  readonly role: 'brain' | 'witness';
  readonly user: string;
  readonly node: string;
  readonly program: string;
  /** The command's words after the program: `['up', '--config', …]`. */
  readonly words: readonly string[];
  readonly dataDir: string;
  /** Secrets as NAME="value" lines; readable by root only. */
  readonly environmentFile: string;
  /** The program, the node or the configuration lies under a home folder. */
  readonly readsHome: boolean;
  /** The kernel lets ordinary processes ping only with this capability (net.ipv4.ping_group_range is closed). */
  readonly pingNeedsCapability: boolean;
}

/** The unit's name: `dozor.service` or `dozor-witness.service`. */
export const unitName = (role: UnitPlan['role']): string =>
  role === 'brain' ? 'dozor.service' : 'dozor-witness.service';

const specifiers = (text: string): string => text.replaceAll('%', '%%');

/** A word of ExecStart: quoted when it has to be; `%` and `$` would be expanded (systemd.service(5), systemd.unit(5)). */
export const execWord = (text: string): string => {
  const escaped = specifiers(text)
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('$', () => '$$');
  return /^[\w./:=@,+%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
};

/** A path in a list of paths (ReadWritePaths): like a word, but `$` means nothing there. */
export const pathWord = (path: string): string => {
  const escaped = specifiers(path)
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`);
  return /^[\w./:=@,+%-]+$/.test(escaped) ? escaped : `"${escaped}"`;
};

const CONFINEMENT = [
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  'UMask=0077',
];

/**
 * Three times what the brain is meant to take (DESIGN § 8), so that a leak ends it and not the machine. The witness takes 60 MiB for years and for seconds
 * twice as much more, when it judges and tells.
 */
const MEMORY_MAX = { brain: '512M', witness: '256M' } as const;

/** The text of a hardened unit that starts at boot and is started again whatever it ends with. */
export const unitFile = (plan: UnitPlan): string => {
  // The program that is executed is no place for variables, so `$` stays single there.
  const command = [pathWord(plan.node), ...[plan.program, ...plan.words].map(execWord)].join(' ');
  const capability = plan.pingNeedsCapability ? 'CAP_NET_RAW' : '';
  return [
    '[Unit]',
    plan.role === 'brain' ? 'Description=Dozor, the watch' : 'Description=Dozor witness, watches the watch',
    'Wants=network-online.target',
    'After=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `User=${plan.user}`,
    `ExecStart=${command}`,
    `WorkingDirectory=${specifiers(plan.dataDir)}`,
    `EnvironmentFile=-${specifiers(plan.environmentFile)}`,
    'Environment=NODE_ENV=production',
    // glibc gives each thread its own arena and returns little of them: 14 MB more with the same work.
    'Environment=MALLOC_ARENA_MAX=2',
    'Restart=always',
    'RestartSec=5',
    'TimeoutStopSec=30',
    `MemoryMax=${MEMORY_MAX[plan.role]}`,
    // Production lives longer than its watch: the kernel takes Dozor first, and the witness tells.
    'OOMScoreAdjust=300',
    `ReadWritePaths=${pathWord(plan.dataDir)}`,
    `ProtectHome=${plan.readsHome ? 'read-only' : 'yes'}`,
    `CapabilityBoundingSet=${capability}`,
    `AmbientCapabilities=${capability}`,
    ...CONFINEMENT,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
};

/** The lines of an environment file (systemd.exec(5), EnvironmentFile=). Values with line breaks cannot be written: they are left out. */
export const environmentLines = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .filter(([, value]) => !/[\r\n]/.test(value))
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\`$]/g, String.raw`\$&`)}"\n`)
    .join('');
