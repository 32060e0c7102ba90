import type { Crash } from '../crash.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge } from '../judge.ts';
import type { Rule } from '../rule.ts';
import { configFile } from './config-file.ts';
import { database } from './database.ts';
import { dependency } from './dependency.ts';
import { dns } from './dns.ts';
import { env } from './env.ts';
import { esmCjs } from './esm-cjs.ts';
import { exit } from './exit.ts';
import { express } from './express.ts';
import { filesystem } from './filesystem.ts';
import { memory } from './memory.ts';
import { modules } from './modules.ts';
import { native } from './native.ts';
import { nodeOption } from './node-option.ts';
import { nodeVersion } from './node-version.ts';
import { port } from './port.ts';
import { prisma } from './prisma.ts';
import { signal } from './signal.ts';
import { staleArtifact } from './stale-artifact.ts';
import { syntax } from './syntax.ts';
import { tls } from './tls.ts';
import { typescript } from './typescript.ts';
import { uncaught } from './uncaught.ts';
import { diskRoom } from './disk-room.ts';
import { envNames } from './env-names.ts';
import { installation } from './installation.ts';
import { oomKill } from './oom-kill.ts';
import { portOwner } from './port-owner.ts';
import { rights } from './rights.ts';
import { serverAway } from './server-away.ts';
import { shadowingArtifact } from './shadowing-artifact.ts';
import { wantedNode } from './wanted-node.ts';

/** Every rule: a new one is a file and a line here. Their order means nothing. */
export const RULES: readonly Rule[] = [
  configFile,
  database,
  dependency,
  dns,
  env,
  esmCjs,
  exit,
  express,
  filesystem,
  memory,
  modules,
  native,
  nodeOption,
  nodeVersion,
  port,
  prisma,
  signal,
  staleArtifact,
  syntax,
  tls,
  typescript,
  uncaught,
  // By the facts that are collected on the host.
  diskRoom,
  envNames,
  installation,
  oomKill,
  portOwner,
  rights,
  serverAway,
  shadowingArtifact,
  wantedNode,
];

/** What may have ended a program, by all rules, best first. */
export const diagnose = (crash: Crash, facts?: Facts): readonly Finding[] => judge(crash, RULES, facts);
