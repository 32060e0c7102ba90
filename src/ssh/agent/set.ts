import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../kernel/fault.ts';
import { SECOND, type Ms } from '../../kernel/time.ts';
import type { ErrandCall } from '../errand.ts';
import { AGENT_UNIT, AGENT_UNIT_FILE, agentPlaces, LOOP_SCRIPT, PROGRAM_SCRIPT, type AgentPlaces } from './layout.ts';
import { currentRelease, loopPid } from './look.ts';

/** Which release is to run, and by what it is started. */
export interface SetInput {
  readonly release: string;
  /** The text of the systemd unit; without it the loop starts the agent. */
  readonly unit?: string;
}

/** What is to go. */
export interface RemoveInput {
  /** Releases that stay; none: the whole folder goes, with unit, key and spool. */
  readonly keep: readonly string[];
}

const COMMAND_MS: Ms = 60 * SECOND;
const STOP_MS: Ms = 15 * SECOND;

const systemctl = async (...words: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    execFile('systemctl', words, { timeout: COMMAND_MS }, (error, _out, said) => {
      if (error === null) return resolve();
      const why = (said.trim() || error.message).slice(0, 300);
      reject(new Fault('MACHINE_LACKS', `On the host, systemctl ${words.join(' ')} failed: ${why}`));
    });
  });

/** Puts a file in place as a whole. @returns whether it was another one before */
const replaced = (path: string, text: string, mode: number): boolean => {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(draft, mode);
  renameSync(draft, path);
  return true;
};

const flip = (places: AgentPlaces, release: string): void => {
  const draft = `${places.current}.new`;
  rmSync(draft, { force: true });
  symlinkSync(join(basename(places.releases), release), draft);
  renameSync(draft, places.current);
};

/** Ends the loop and the agent that it runs. */
const stopLoop = async (places: AgentPlaces): Promise<void> => {
  const pid = loopPid(places);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; loopPid(places) !== undefined && waited < STOP_MS; waited += 50) await pause(50);
  if (loopPid(places) !== undefined) process.kill(pid, 'SIGKILL');
  rmSync(places.pid, { force: true });
};

/** Starts the loop as a session of its own, so that it outlives this connection. */
const startLoop = async (places: AgentPlaces): Promise<void> => {
  const log = openSync(places.log, 'a', 0o600);
  try {
    const child = spawn(places.loop, [], { detached: true, stdio: ['ignore', log, log], cwd: places.data });
    child.unref();
    for (let waited = 0; loopPid(places) === undefined && waited < STOP_MS; waited += 50) await pause(50);
  } finally {
    closeSync(log);
  }
};

const runByUnit = async (unit: string): Promise<void> => {
  if (replaced(AGENT_UNIT_FILE, unit, 0o644)) await systemctl('daemon-reload');
  await systemctl('enable', AGENT_UNIT);
  await systemctl('restart', AGENT_UNIT);
};

/**
 * Makes a release that was brought before the one that runs, and starts it. Nothing but the unit lies outside the agent's folder.
 * @returns the release that ran before
 * @throws Fault NOT_FOUND (no such release), MACHINE_LACKS (systemd refused)
 */
export const setRelease = async (call: ErrandCall): Promise<{ readonly previous?: string }> => {
  const { release, unit } = call.input as SetInput;
  const places = agentPlaces(homedir());
  if (!existsSync(join(places.releases, release, 'bin/dozor.js')))
    throw new Fault('NOT_FOUND', `The release ${release} was not brought to this host.`);
  const previous = currentRelease(places);
  mkdirSync(places.data, { recursive: true, mode: 0o700 });
  replaced(places.program, PROGRAM_SCRIPT, 0o755);
  replaced(places.loop, LOOP_SCRIPT, 0o755);
  flip(places, release);
  await stopLoop(places);
  if (unit === undefined) await startLoop(places);
  else await runByUnit(unit);
  return previous === undefined || previous === release ? {} : { previous };
};

const prune = (places: AgentPlaces, keep: readonly string[]): void => {
  for (const release of readdirSync(places.releases))
    if (!keep.includes(release)) rmSync(join(places.releases, release), { recursive: true, force: true });
  const used = readdirSync(places.releases).map((release) =>
    basename(readlinkSync(join(places.releases, release, 'node'))),
  );
  if (!existsSync(places.nodes)) return;
  for (const node of readdirSync(places.nodes))
    if (!used.includes(node)) rmSync(join(places.nodes, node), { recursive: true, force: true });
};

/**
 * Takes releases away that nobody needs any more, or the whole agent.
 * @throws Fault MACHINE_LACKS when systemd refuses to stop it: then all of it stays
 */
export const removeAgent = async (call: ErrandCall): Promise<void> => {
  const { keep } = call.input as RemoveInput;
  const places = agentPlaces(homedir());
  if (keep.length > 0) return prune(places, keep);
  await stopLoop(places);
  if (existsSync(AGENT_UNIT_FILE) && readFileSync(AGENT_UNIT_FILE, 'utf8').includes(dirname(places.program))) {
    await systemctl('stop', AGENT_UNIT);
    await systemctl('disable', AGENT_UNIT);
    rmSync(AGENT_UNIT_FILE);
    await systemctl('daemon-reload');
  }
  rmSync(places.folder, { recursive: true, force: true });
};
